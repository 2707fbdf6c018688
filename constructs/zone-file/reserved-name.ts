import type { ZoneDocument } from '../model/resolve.js';
import { volumeGroups } from '../model/artifacts.js';
import type { Path, Problem } from '../../src/api/problem.js';

/** cdk8s keeps children and renders objects in plain objects of JavaScript, in which this name is taken. */
const RESERVED = 'constructor';

/** The first place at which a document has the one name that cdk8s cannot carry, as a key or as what becomes the id of a construct. */
export function reservedName(document: ZoneDocument): Problem[] {
  const { spec } = document;
  const { serviceConfig } = spec.gameZone;
  const entry = serviceConfig.findIndex(({ type }) => type === RESERVED);
  const template = spec.hookTemplates?.findIndex(({ name }) => name === RESERVED) ?? -1;
  const volume = volumeGroups(spec).some(({ name }) => name === RESERVED);
  const path =
    (entry >= 0 ? ['spec', 'gameZone', 'serviceConfig', entry, 'type'] : undefined) ??
    (template >= 0 ? ['spec', 'hookTemplates', template, 'name'] : undefined) ??
    (volume ? ['spec', 'artifacts'] : undefined) ??
    keyIn(document);
  if (!path) return [];
  const hint = 'use another name, or `gamezone synth`, which does without cdk8s';
  return [{ path, message: `cdk8s cannot carry the name ${RESERVED}`, hint }];
}

function keyIn(value: unknown, path: Path = []): Path | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, part] of Object.entries(value)) {
    const at = [...path, Array.isArray(value) ? Number(key) : key];
    // Variables become a list, in which names are values.
    if (key === RESERVED && path.at(-1) !== 'env') return at;
    const found = keyIn(part, at);
    if (found) return found;
  }
  return undefined;
}
