import { dump } from 'js-yaml';
import { defaultVolumeName, normalPath, volumeGroups } from '../model/artifacts.js';
import type { ZoneDocument } from '../model/resolve.js';
import { schema } from '../../src/api/generated/validators/game-zone.js';
import type { SchemaNode } from '../../src/api/compiled-schema.js';
import { SchemaNodes } from '../../src/api/schema-nodes.js';

type Spec = ZoneDocument['spec'];

/** A document as text, without what it need not say, its keys in the order of the reference page. */
export function writtenDocument(document: ZoneDocument): string {
  const said = { ...document, spec: withoutNeedless(document.spec) };
  return dump(inOrder(said, schema), { noRefs: true, lineWidth: -1 });
}

/** What constructs always say although it would be so anyway: the name of a volume, and that a service mounts all of them. */
function withoutNeedless(spec: Spec): Spec {
  const groups = volumeGroups(spec);
  const volumes = (spec.volumes ?? []).flatMap((volume) => {
    const index = groups.findIndex(({ path }) => path === normalPath(volume.path));
    const { name, ...settings } = volume;
    const named = name !== undefined && name !== defaultVolumeName(groups[index]!.path, index);
    return named || Object.keys(settings).length > 1 ? [named ? volume : settings] : [];
  });
  const all = groups.map(({ name }) => name);
  const serviceConfig = spec.gameZone.serviceConfig.map((entry) => {
    const { artifacts, ...others } = entry;
    return artifacts && all.every((name) => artifacts.includes(name)) ? others : entry;
  });
  const { volumes: _, ...others } = spec;
  return { ...others, gameZone: { ...spec.gameZone, serviceConfig }, ...(volumes.length > 0 && { volumes }) };
}

const nodes = new SchemaNodes(schema);

/**
 * Keys in the order of the schema, down to where a part goes into an object as it was written: a source, a hook, a strategy,
 * a map of the author's. There the order stays, so that the same bytes come of it.
 */
function inOrder(value: unknown, node: SchemaNode): unknown {
  const { properties, items } = nodes.followed(node);
  if (Array.isArray(value)) return items ? value.map((part) => inOrder(part, items)) : value;
  if (typeof value !== 'object' || value === null || !properties) return value;
  const known = Object.keys(properties);
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => known.indexOf(a) - known.indexOf(b))
      .map(([key, part]) => [key, VERBATIM.has(key) ? part : inOrder(part, properties[key]!)]),
  );
}

/** Parts that reach an object as they were written. */
const VERBATIM = new Set(['s3', 'git', 'p4', 'hookTemplates', 'hooks', 'update', 'resources', 'probes', 'tolerations']);
