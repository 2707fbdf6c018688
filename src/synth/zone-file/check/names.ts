import { artifactVolumes } from '../../../../constructs/model/artifacts.js';
import { runsOf } from '../../../../constructs/model/ids.js';
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
} from '../../../../constructs/model/names.js';
import type { Path, Problem } from '../../../api/problem.js';
import { entryWith, isReplicated } from './context.js';
import type { ServiceOfType, ZoneCheck } from './context.js';

interface ComposedName {
  readonly what: string;
  readonly name: string;
  readonly limit: number;
  readonly path: Path;
}

/** Names that we compose must fit, and no two objects of a kind may end up with one name. */
export const checkNames: ZoneCheck = (zone) => {
  const { metadata, spec } = zone.document;
  const digest = '0'.repeat(DIGEST_LENGTH);
  const names: ComposedName[] = [
    { what: 'ConfigMap', name: peersName(metadata.name), limit: NAME_LIMIT, path: ['metadata', 'name'] },
    ...zone.services.flatMap((service) => serviceNames(metadata.name, service)),
    ...(spec.hookTemplates ?? []).map(({ name }, index) => ({
      what: 'HookTemplate',
      name: hookTemplateName(metadata.name, name),
      limit: NAME_LIMIT,
      path: ['spec', 'hookTemplates', index, 'name'],
    })),
    ...artifactVolumes(spec).flatMap(({ name, mountPath }) => {
      const path = [
        'spec',
        'artifacts',
        Math.max(
          0,
          (spec.artifacts ?? []).findIndex((entry) => entry.path === mountPath),
        ),
      ];
      return [
        { what: 'PersistentVolumeClaim', name: claimName(metadata.name, name), limit: NAME_LIMIT, path },
        { what: 'ConfigMap', name: sourcesName(metadata.name, name, digest), limit: NAME_LIMIT, path },
      ];
    }),
  ];
  const seen = new Map<string, ComposedName>();
  return names.flatMap((composed): Problem[] => {
    const { what, name, limit, path } = composed;
    if (name.length > limit) {
      const message = `the ${what}'s name would be ${name}, ${name.length} characters long: at most ${limit} fit`;
      return [{ path, message, hint: `shorten the zone's name or the type by ${name.length - limit} characters` }];
    }
    const other = seen.get(`${what} ${name}`);
    seen.set(`${what} ${name}`, composed);
    if (!other) return [];
    return [{ path, message: `two ${what}s would be named ${name}`, hint: 'choose another type', value: name }];
  });
};

function serviceNames(zone: string, service: ServiceOfType): ComposedName[] {
  const { type, entries } = service;
  const path = [...entries[0]!.path, 'type'];
  const expose = entryWith(service, 'expose')?.entry.expose;
  const publicly = (id?: number): ComposedName => ({
    what: 'Service',
    name: publicServiceName(zone, type, id),
    limit: NAME_LIMIT,
    path,
  });
  const names: ComposedName[] = [
    { what: 'Service', name: workloadName(zone, type), limit: NAME_LIMIT, path },
    ...(entryWith(service, 'configFiles')
      ? [{ what: 'ConfigMap', name: configName(zone, type), limit: NAME_LIMIT, path }]
      : []),
    ...(expose && expose.type !== 'HostPort' && !expose.perId ? [publicly()] : []),
  ];
  if (isReplicated(service)) {
    return [...names, { what: 'GameDeployment', name: workloadName(zone, type), limit: WORKLOAD_NAME_LIMIT, path }];
  }
  const bounds = entries.flatMap(({ entry: { id, endId } }) =>
    id === undefined || (endId ?? id) < id ? [] : [{ id, last: endId ?? id }],
  );
  const ids = bounds.flatMap(({ id, last }) =>
    Array.from({ length: Math.min(last - id, 10_000) + 1 }, (_, n) => ({ id: id + n })),
  );
  const runs = runsOf([...new Map(ids.map((entry) => [entry.id, entry])).values()]);
  for (const [index, run] of runs.entries()) {
    const name = index === 0 ? workloadName(zone, type) : furtherWorkloadName(zone, type, run[0]!.id);
    const longestPod = podName(name, run.at(-1)!.id);
    names.push({ what: 'GameStatefulSet', name, limit: WORKLOAD_NAME_LIMIT, path });
    names.push({ what: 'Pod', name: longestPod, limit: NAME_LIMIT, path });
  }
  if (expose?.perId) names.push(...ids.map(({ id }) => publicly(id)));
  return names;
}
