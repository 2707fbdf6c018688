import { artifactVolumes, normalPath } from '../model/artifacts.js';
import {
  claimName,
  configName,
  DIGEST_LENGTH,
  furtherWorkloadName,
  hookTemplateName,
  NAME_LIMIT,
  peersName,
  podName,
  publicServiceName,
  sourcesName,
  workloadName,
  WORKLOAD_NAME_LIMIT,
} from '../model/names.js';
import type { Path, Problem } from '../../src/api/problem.js';
import { entryWith, isReplicated } from './context.js';
import type { ServiceOfType, ZoneCheck } from './context.js';
import { runsOfEntries } from './ids.js';

interface ComposedName {
  readonly what: string;
  readonly name: string;
  readonly limit: number;
  readonly path: Path;
  /** What of it the author can shorten besides the zone's name. */
  readonly part: string;
}

/** Names that we compose must fit, and no two objects of a kind may end up with one name. */
export const checkNames: ZoneCheck = (zone) => {
  const { metadata, spec } = zone.document;
  const digest = '0'.repeat(DIGEST_LENGTH);
  const part = "the volume's";
  const names: ComposedName[] = [
    { what: 'ConfigMap', name: peersName(metadata.name), limit: NAME_LIMIT, path: ['metadata', 'name'], part: '' },
    ...zone.services.flatMap((service) => serviceNames(metadata.name, service)),
    ...firstOfName(spec.hookTemplates ?? []).map(({ name, index }) => ({
      what: 'HookTemplate',
      name: hookTemplateName(metadata.name, name),
      limit: NAME_LIMIT,
      path: ['spec', 'hookTemplates', index, 'name'],
      part: "the template's",
    })),
    ...firstOfName(artifactVolumes(spec)).flatMap(({ name, mountPath }) => {
      const path = [
        'spec',
        'artifacts',
        Math.max(
          0,
          (spec.artifacts ?? []).findIndex((entry) => normalPath(entry.path) === mountPath),
        ),
      ];
      return [
        { what: 'PersistentVolumeClaim', name: claimName(metadata.name, name), limit: NAME_LIMIT, path, part },
        { what: 'ConfigMap', name: sourcesName(metadata.name, name, digest), limit: NAME_LIMIT, path, part },
      ];
    }),
  ];
  const seen = new Map<string, ComposedName>();
  const doubles = names.flatMap((composed): Problem[] => {
    const { what, name, path } = composed;
    const other = seen.get(`${what} ${name}`);
    seen.set(`${what} ${name}`, composed);
    if (!other) return [];
    return [{ path, message: `two ${what}s would be named ${name}`, hint: 'choose another type', value: name }];
  });
  return [...tooLong(names), ...doubles];
};

/** One problem for each place: the name that is longest beyond its limit. A zone's name that fits nothing is the only one. */
function tooLong(names: readonly ComposedName[]): Problem[] {
  const beyond = ({ name, limit }: ComposedName): number => name.length - limit;
  const long = names.filter((name) => beyond(name) > 0).sort((a, b) => beyond(b) - beyond(a));
  const ofZone = long.find(({ path }) => path[0] === 'metadata');
  const worst = new Map<string, ComposedName>();
  for (const name of ofZone ? [{ ...long[0]!, path: ofZone.path }] : long) {
    const place = name.path.join('.');
    if (!worst.has(place)) worst.set(place, name);
  }
  return [...worst.values()].map((composed) => {
    const { what, name, limit, path, part } = composed;
    const message = `the ${what}'s name would be ${name}, ${name.length} characters long: at most ${limit} fit`;
    const hint = `shorten the zone's name${ofZone ? '' : ` or ${part}`} by ${beyond(composed)} characters`;
    return { path, message, hint };
  });
}

/** Two of one name are told of where they stand; here each name counts once. */
const firstOfName = <T extends { readonly name: string }>(items: readonly T[]): (T & { readonly index: number })[] =>
  items
    .map((item, index) => ({ ...item, index }))
    .filter(({ name }, index) => items.findIndex((item) => item.name === name) === index);

function serviceNames(zone: string, service: ServiceOfType): ComposedName[] {
  const { type, entries } = service;
  const path = [...entries[0]!.path, 'type'];
  const part = 'the type';
  const expose = entryWith(service, 'expose')?.entry.expose;
  const publicly = (id?: number): ComposedName => ({
    what: 'Service',
    name: publicServiceName(zone, type, id),
    limit: NAME_LIMIT,
    path,
    part,
  });
  const configured = entryWith(service, 'configFiles') !== undefined;
  const names: ComposedName[] = [
    { what: 'Service', name: workloadName(zone, type), limit: NAME_LIMIT, path, part },
    ...(configured ? [{ what: 'ConfigMap', name: configName(zone, type), limit: NAME_LIMIT, path, part }] : []),
    ...(expose && expose.type !== 'HostPort' && !expose.perId ? [publicly()] : []),
  ];
  if (isReplicated(service)) {
    return [
      ...names,
      { what: 'GameDeployment', name: workloadName(zone, type), limit: WORKLOAD_NAME_LIMIT, path, part },
    ];
  }
  for (const [index, { first, last }] of runsOfEntries(entries).entries()) {
    const name = index === 0 ? workloadName(zone, type) : furtherWorkloadName(zone, type, first);
    names.push({ what: 'GameStatefulSet', name, limit: WORKLOAD_NAME_LIMIT, path, part });
    names.push({ what: 'Pod', name: podName(name, last), limit: NAME_LIMIT, path, part });
    if (expose?.perId) for (let id = first; id <= last; id++) names.push(publicly(id));
  }
  return names;
}
