import type { ZoneDocument } from '../../../../constructs/model/resolve.js';
import type { Path, Problem } from '../../../api/problem.js';
import { checkType } from '../../../kubernetes/index.js';
import type { ZoneCheck } from '../../../../constructs/checks/context.js';
import { SERVICE_CONFIG } from '../../../../constructs/checks/context.js';
import { objectPath, spoken } from './spoken.js';

type Settings = Partial<ZoneDocument['spec']['gameZone']['serviceConfig'][number]>;

/** The parts of a service that Kubernetes spells: judged as Kubernetes would, in a pod that has nothing else. */
export const checkPodSettings: ZoneCheck = ({ document: { spec } }) => [
  ...(spec.defaults ? podProblems(spec.defaults as Settings, ['spec', 'defaults']) : []),
  ...spec.gameZone.serviceConfig.flatMap((entry, index) => podProblems(entry, [...SERVICE_CONFIG, index])),
];

const CHECKED = ['resources', 'probes', 'env', 'nodeSelector', 'tolerations', 'sharedMemory'] as const;

function podProblems(settings: Settings, path: Path): Problem[] {
  if (!CHECKED.some((field) => settings[field] !== undefined)) return [];
  const { resources, probes = {}, env = {}, nodeSelector, tolerations, sharedMemory, ports } = settings;
  const variables = Object.entries(env);
  const probe = (value: unknown): unknown => (value === 'none' ? undefined : value);
  const container = {
    name: 'x',
    image: 'x',
    resources,
    readinessProbe: probe(probes.readiness),
    livenessProbe: probe(probes.liveness),
    startupProbe: probe(probes.startup),
    env: variables.map(([name, value]) =>
      typeof value === 'object' ? { name, valueFrom: value } : { name, value: String(value) },
    ),
    ports: (ports ?? []).map(({ port, name, protocol = 'TCP' }) => ({ containerPort: port, name, protocol })),
  };
  const template = {
    metadata: { labels: {} },
    spec: {
      containers: [definedOnly(container)],
      ...definedOnly({ nodeSelector, tolerations }),
      ...(sharedMemory !== undefined && {
        volumes: [{ name: 'x', emptyDir: { medium: 'Memory', sizeLimit: sharedMemory } }],
      }),
    },
  };
  const names = variables.map(([name]) => name);
  const found = checkType('io.k8s.api.core.v1.PodTemplateSpec', template, '');
  return found.flatMap((problem): Problem[] => {
    // A part that lacks something lacks it because of what is wrong in it.
    if (found.some((inner) => inner.path.startsWith(`${problem.path}.`))) return [];
    const at = settingOf(problem.path, names);
    return at ? [spoken(problem, [...path, ...at])] : [];
  });
}

const definedOnly = (object: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

/** The setting of the zone file that a place in the pod template comes from; undefined for places that are ours. */
function settingOf(place: string, envNames: readonly string[]): Path | undefined {
  const probe = /^spec\.containers\[0\]\.(readiness|liveness|startup)Probe\.?(.*)$/.exec(place);
  if (probe) return ['probes', probe[1]!, ...objectPath(probe[2]!)];
  const variable = /^spec\.containers\[0\]\.env\[(\d+)\](?:\.(?:valueFrom)?)?\.?(.*)$/.exec(place);
  if (variable)
    return ['env', envNames[Number(variable[1])]!, ...(variable[2] === 'name' ? [] : objectPath(variable[2]!))];
  const resources = /^spec\.containers\[0\]\.resources\.?(.*)$/.exec(place);
  if (resources) return ['resources', ...objectPath(resources[1]!)];
  const pod = /^spec\.(nodeSelector|tolerations)(.*)$/.exec(place);
  if (pod) return [pod[1]!, ...objectPath(pod[2]!)];
  return place.startsWith('spec.volumes[0]') ? ['sharedMemory'] : undefined;
}
