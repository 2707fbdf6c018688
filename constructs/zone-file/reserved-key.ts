import type { Manifest } from '../manifests/manifest.js';
import type { ZoneDocument } from '../model/resolve.js';
import { placeOf } from '../../src/synth/check-objects.js';
import type { Path, Problem } from '../../src/api/problem.js';

/** cdk8s renders objects through plain objects of JavaScript, in which this key is taken. */
const RESERVED = 'constructor';

/** The first key of a document, or of an object that it becomes, which cdk8s cannot carry. */
export function reservedKey(document: ZoneDocument, manifests: readonly Manifest[]): Problem[] {
  const made = manifests.find((manifest) => keyIn(manifest) !== undefined);
  if (!made) return [];
  const hint = 'use another name, or `gamezone synth`, which does without cdk8s';
  const path = keyIn(document) ?? placeOf({ document }, made);
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
