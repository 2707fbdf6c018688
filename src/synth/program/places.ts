import { volumeGroups } from '../../../constructs/model/artifacts.js';
import type { ZoneDocument } from '../../../constructs/model/resolve.js';
import type { Path } from '../../api/problem.js';

/** Where in a program something was said: the construct below the zone, and the way through its props. */
export interface PropPlace {
  /** The id of the construct in the zone; undefined for the zone itself. */
  readonly id: string | undefined;
  readonly path: Path;
}

/** Where the part of a document was said that a program made with constructs. */
export function propPlace({ spec }: ZoneDocument, path: Path): PropPlace {
  const [root, list, ...rest] = path;
  if (root === 'spec' && list === 'gameZone' && rest[0] === 'serviceConfig') {
    const [, index, ...inService] = rest;
    const entry = spec.gameZone.serviceConfig[Number(index)];
    if (entry) return { id: entry.type, path: renamed(inService, SERVICE_PROPS) };
  }
  const index = Number(rest[0]);
  const inside = rest.slice(1);
  if (root === 'spec' && list === 'hookTemplates' && spec.hookTemplates?.[index])
    return { id: spec.hookTemplates[index].name, path: inside[0] === 'spec' ? inside.slice(1) : inside };
  if (root === 'spec' && list === 'volumes' && spec.volumes?.[index])
    return { id: spec.volumes[index].name, path: renamed(inside, VOLUME_PROPS) };
  if (root === 'spec' && list === 'artifacts') {
    const entry = spec.artifacts?.[index];
    for (const { name, entries } of entry ? volumeGroups(spec) : [])
      if (entries.includes(entry!)) return { id: name, path: ['sources', entries.indexOf(entry!), ...inside] };
  }
  return { id: undefined, path: renamed(path, ZONE_PROPS) };
}

/** Fields of the zone file whose props have another name; an empty name stands for no prop at all. */
type Names = readonly (readonly [field: string, prop: string])[];

const ZONE_PROPS: Names = [
  ['metadata.name', 'zoneName'],
  ['metadata', ''],
  ['spec.gameZone.defaultImage', 'image'],
  ['spec.gameZone.dbMigraterImage', 'dbMigrater.image'],
  ['spec.gameZone.redisConfig.ip', 'redis.host'],
  ['spec.gameZone.redisConfig.pwd', 'redis.password'],
  ['spec.gameZone.redisConfig.pwdSecretRef', 'redis.password'],
  ['spec.gameZone.redisConfig', 'redis'],
  ['spec.gameZone.mysqlConfig.ip', 'mysql.host'],
  ['spec.gameZone.mysqlConfig.pwd', 'mysql.password'],
  ['spec.gameZone.mysqlConfig.pwdSecretRef', 'mysql.password'],
  ['spec.gameZone.mysqlConfig', 'mysql'],
  ['spec.gameZone.serviceConfig', 'services'],
  ['spec.gameZone', ''],
  ['spec.defaults.artifacts.image', 'artifactsImage'],
  ['spec.defaults', ''],
  ['spec', ''],
];

const SERVICE_PROPS: Names = [
  ['type', ''],
  ['id', 'ids'],
  ['endId', 'ids'],
  ['overrides', 'imageOfId'],
  ['disruptionBudget.maxUnavailable', 'maxDisrupted'],
  ['disruptionBudget', 'maxDisrupted'],
  ['terminationGracePeriodSeconds', 'terminationGracePeriod'],
  ['minReadySeconds', 'minReady'],
  ['progressDeadlineSeconds', 'progressDeadline'],
  ['podManagementPolicy', 'ordered'],
];

/** What a hint says about fields of the zone file, and what an author of constructs writes instead. */
const HINTS: readonly (readonly [said: RegExp, instead: string])[] = [
  [/^refer to a Secret instead, such as .*$/, 'use Credential.fromSecret(NAME, KEY)'],
  [/\bset spec\.defaults\.artifacts\.image\b/, 'set `artifactsImage` on the zone'],
  [/, or spec\.defaults\.resources: .*$/, ", such as { requests: { cpu: '500m', memory: '1Gi' } }"],
];

/** A hint in the words of the constructs. */
export const propHint = (hint: string): string =>
  HINTS.reduce((text, [said, instead]) => text.replace(said, instead), hint);

const VOLUME_PROPS: Names = [
  ['path', 'mountPath'],
  ['claim', 'claimName'],
];

function renamed(path: Path, names: Names): Path {
  for (const [field, prop] of names) {
    const segments = field.split('.');
    if (segments.every((segment, index) => path[index] === segment))
      return [...(prop === '' ? [] : prop.split('.')), ...path.slice(segments.length)];
  }
  return path;
}
