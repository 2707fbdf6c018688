import type { JsonPatchOperation } from '../../../../src/kube/api.js';
import type { Random } from '../../../../src/cluster/random.js';

/** A field that is set, or taken away. */
export interface Edit {
  readonly path: readonly string[];
  /** null takes it away. */
  readonly value: unknown;
}

export function pick<T>(random: Random, all: readonly T[]): T {
  return all[Math.floor(random() * all.length)]!;
}

const metadata = (random: Random): Edit =>
  pick(random, [
    { path: ['metadata', 'labels', 'color'], value: pick(random, ['red', 'blue', null, '']) },
    { path: ['metadata', 'labels', 'size'], value: pick(random, ['1', '2', null]) },
    { path: ['metadata', 'labels'], value: pick(random, [{ color: 'green' }, null, {}]) },
    { path: ['metadata', 'annotations', 'note'], value: pick(random, ['one', 'two', null]) },
    {
      path: ['metadata', 'finalizers'],
      value: pick(random, [['example.com/hold'], ['example.com/hold', 'example.com/two'], null, []]),
    },
    { path: ['metadata', 'labels', 'bad label'], value: 'x' },
    { path: ['metadata', 'generation'], value: 7 },
  ]);

const container = (random: Random): Record<string, unknown> => ({
  name: pick(random, ['app', 'side', 'third']),
  image: pick(random, ['app:1', 'app:2', 'app', 'app:latest']),
  ...pick(random, [
    {},
    {
      env: [
        { name: 'A', value: pick(random, ['1', '2', '']) },
        { name: 'B', value: 'b' },
      ],
    },
    { env: [{ name: 'C', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] },
    { ports: [{ containerPort: 80 }, { containerPort: 81, protocol: 'UDP', name: 'other' }] },
    {
      resources: {
        limits: { cpu: pick(random, ['0.5', '1000m', 2]), memory: pick(random, ['1024Mi', '1Gi', '1.5Gi']) },
      },
    },
    { readinessProbe: { httpGet: { port: 80 } } },
    { command: ['sh'], args: [] },
  ]),
});

export const podSpec = (random: Random): Record<string, unknown> => ({
  containers: pick(random, [
    [container(random)],
    [{ name: 'app', image: 'app:1' }],
    [
      { name: 'app', image: 'app:1' },
      { name: 'side', image: 'side:1' },
    ],
  ]),
  ...pick(random, [
    {},
    { terminationGracePeriodSeconds: pick(random, [0, 5]) },
    { volumes: [{ name: 'data' }, { name: 'config', configMap: { name: 'one' } }] },
    { tolerations: [{ key: 'a', operator: 'Exists' }] },
    { nodeSelector: { zone: 'a' } },
  ]),
});

const podEdit = (random: Random, start: readonly string[]): Edit => {
  const [path, value] = pick<readonly [string[], unknown]>(random, [
    [['containers'], [container(random)]],
    [['containers'], [container(random), { name: 'app', image: 'app:3' }]],
    [['containers'], [{ $patch: 'delete', name: 'side' }]],
    [['containers'], [{ name: 'app', env: [{ name: 'B', $patch: 'delete' }] }]],
    [['tolerations'], pick(random, [[{ key: 'b', operator: 'Exists' }], null])],
    [['terminationGracePeriodSeconds'], pick(random, [1, 30, null])],
    [['volumes'], [{ name: 'data', emptyDir: {} }]],
    [['volumes'], [{ $patch: 'replace' }, { name: 'only', emptyDir: {} }]],
    [['nodeSelector'], pick(random, [{ zone: 'b' }, null])],
    [['restartPolicy'], pick(random, ['Always', 'Never', 'Sometimes'])],
    [['imaginary'], true],
    [['securityContext', 'runAsUser'], pick(random, [1000, null])],
  ]);
  return { path: [...start, ...path], value };
};

const workload = (random: Random): Edit =>
  pick(random, [
    { path: ['spec', 'replicas'], value: pick(random, [0, 1, 3, null, -1, 'x']) },
    podEdit(random, ['spec', 'template', 'spec']),
    podEdit(random, ['spec', 'template', 'spec']),
    { path: ['spec', 'template', 'metadata', 'labels', 'extra'], value: pick(random, ['1', null]) },
    { path: ['spec', 'selector', 'matchLabels', 'app'], value: 'other' },
    { path: ['spec', 'minReadySeconds'], value: pick(random, [0, 5]) },
    { path: ['status', 'replicas'], value: 3 },
  ]);

/** What may change in a kind. */
export const EDITS: Readonly<Record<string, (random: Random) => Edit>> = {
  ConfigMap: (random) =>
    pick(random, [
      { path: ['data', 'one'], value: pick(random, ['1', '2', null, '']) },
      { path: ['data', 'two'], value: pick(random, ['1', null]) },
      { path: ['data'], value: pick(random, [null, {}, { three: '3' }]) },
      { path: ['data', 'number'], value: 1 },
      { path: ['binaryData', 'bin'], value: pick(random, ['aGk=', 'not base64!', null]) },
      { path: ['immutable'], value: pick(random, [true, false, null]) },
    ]),
  Secret: (random) =>
    pick(random, [
      { path: ['stringData', 'one'], value: pick(random, ['plain', 'text']) },
      { path: ['data', 'two'], value: pick(random, ['aGk=', null]) },
      { path: ['type'], value: 'example.com/other' },
    ]),
  StatefulSet: (random) =>
    pick(random, [
      workload(random),
      workload(random),
      { path: ['spec', 'updateStrategy', 'rollingUpdate', 'partition'], value: pick(random, [0, 2, null, -1]) },
      { path: ['spec', 'updateStrategy', 'type'], value: pick(random, ['OnDelete', 'RollingUpdate']) },
      { path: ['spec', 'serviceName'], value: 'other' },
      { path: ['spec', 'revisionHistoryLimit'], value: 3 },
      { path: ['spec', 'persistentVolumeClaimRetentionPolicy', 'whenScaled'], value: 'Delete' },
    ]),
  Deployment: (random) =>
    pick(random, [
      workload(random),
      { path: ['spec', 'strategy', 'type'], value: pick(random, ['Recreate', 'RollingUpdate']) },
      { path: ['spec', 'strategy', 'rollingUpdate', 'maxSurge'], value: pick(random, [1, '50%', 'much']) },
      { path: ['spec', 'paused'], value: pick(random, [true, false]) },
    ]),
  ReplicaSet: workload,
  Pod: (random) => podEdit(random, ['spec']),
  Job: (random) =>
    pick(random, [
      { path: ['spec', 'parallelism'], value: pick(random, [0, 2, null]) },
      { path: ['spec', 'completions'], value: 3 },
      { path: ['spec', 'backoffLimit'], value: pick(random, [0, 3]) },
      { path: ['spec', 'suspend'], value: pick(random, [true, false]) },
      podEdit(random, ['spec', 'template', 'spec']),
    ]),
  Service: (random) =>
    pick(random, [
      { path: ['spec', 'ports'], value: [{ port: pick(random, [80, 443]), name: 'web' }] },
      { path: ['spec', 'ports'], value: [{ port: 81, targetPort: 'web', name: 'other' }] },
      { path: ['spec', 'selector', 'app'], value: pick(random, ['two', null]) },
      { path: ['spec', 'sessionAffinity'], value: pick(random, ['ClientIP', 'None']) },
      { path: ['spec', 'publishNotReadyAddresses'], value: pick(random, [true, false]) },
    ]),
  PodDisruptionBudget: (random) =>
    pick(random, [
      { path: ['spec', 'minAvailable'], value: pick(random, [1, '50%', null]) },
      { path: ['spec', 'maxUnavailable'], value: pick(random, [1, null]) },
      { path: ['status', 'disruptionsAllowed'], value: 1 },
    ]),
  GameStatefulSet: (random) =>
    pick(random, [
      { path: ['spec', 'replicas'], value: pick(random, [1, 3, null, -1, 'x']) },
      { path: ['spec', 'imaginary'], value: 1 },
      { path: ['spec', 'updateStrategy', 'type'], value: pick(random, ['InplaceUpdate', 'OnDelete', 'Nonsense']) },
      { path: ['spec', 'updateStrategy', 'partition'], value: pick(random, [0, 2, '50%', null]) },
      {
        path: ['spec', 'template', 'spec', 'containers'],
        value: [{ name: 'app', image: pick(random, ['app:1', 'app:2']) }],
      },
      { path: ['status', 'replicas'], value: 2 },
    ]),
};

/** A change of an object of that kind. */
export function editsOf(random: Random, kind: string): Edit[] {
  const count = 1 + Math.floor(random() * 3);
  return Array.from({ length: count }, () => (random() < 0.35 ? metadata(random) : EDITS[kind]!(random)));
}

/** As a merge patch, a strategic one or what is applied: one object. */
export function asObject(edits: readonly Edit[]): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const { path, value } of edits) setAt(object, path, value);
  return object;
}

export function setAt(object: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let here = object;
  for (const step of path.slice(0, -1)) {
    const next = here[step];
    here = (
      typeof next === 'object' && next !== null && !Array.isArray(next) ? next : (here[step] = {})
    ) as typeof here;
  }
  if (value === null) delete here[path.at(-1)!];
  else here[path.at(-1)!] = value;
}

/** The same with nulls, which take away. */
export function asPatch(edits: readonly Edit[]): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const { path, value } of edits) {
    setAt(object, path, value ?? 0);
    if (value === null) {
      let here = object;
      for (const step of path.slice(0, -1)) here = here[step] as typeof here;
      here[path.at(-1)!] = null;
    }
  }
  return object;
}

export function asJsonPatch(random: Random, edits: readonly Edit[]): JsonPatchOperation[] {
  return edits.map(({ path, value }): JsonPatchOperation => {
    const pointer = path.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
    if (value === null) return { op: 'remove', path: pointer };
    return { op: pick(random, ['add', 'add', 'replace', 'test'] as const), path: pointer, value };
  });
}
