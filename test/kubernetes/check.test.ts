import { checkObject, checkType } from '../../src/kubernetes/index.js';

const statefulSet = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'lobby' },
  spec: {
    selector: { matchLabels: { app: 'lobby' } },
    template: { metadata: { labels: { app: 'lobby' } }, spec: { containers: [{ name: 'lobby', image: 'lobby:1' }] } },
  },
};

describe('checkObject', () => {
  test('names the field that was probably meant', () => {
    const object = { ...statefulSet, spec: { ...statefulSet.spec, servicename: 'lobby' } };
    expect(checkObject(object)).toEqual([
      {
        path: 'spec.servicename',
        message: 'is not a field of StatefulSetSpec: did you mean serviceName?',
        value: 'lobby',
      },
    ]);
  });

  test('finds every problem at once', () => {
    const object = structuredClone(statefulSet) as unknown as {
      spec: { replicas: unknown; template: { spec: { containers: unknown[] } } };
    };
    object.spec.replicas = '3';
    object.spec.template.spec.containers = [{ name: 'Lobby', image: 'lobby:1', ports: [{ containerPort: 0 }] }];
    expect(checkObject(object).map(({ path }) => path)).toEqual([
      'spec.replicas',
      'spec.template.spec.containers[0].name',
      'spec.template.spec.containers[0].ports[0].containerPort',
    ]);
  });

  test.each([
    ['extensions/v1beta1', 'Ingress', 'apiVersion', 'use networking.k8s.io/v1'],
    ['batch/v1beta1', 'CronJob', 'apiVersion', 'use batch/v1'],
    ['apps/v1', 'Deploymnt', 'kind', 'did you mean Deployment (apps/v1)?'],
    ['v1', 'StatefulSet', 'apiVersion', 'use apps/v1'],
  ])('%s %s: says what would be right', (apiVersion, kind, path, advice) => {
    const problems = checkObject({ apiVersion, kind, metadata: { name: 'a' } });
    expect(problems).toEqual([expect.objectContaining({ path, message: expect.stringContaining(advice) as string })]);
  });

  test('checks only metadata of a kind that Kubernetes does not know', () => {
    const object = {
      apiVersion: 'agones.dev/v1',
      kind: 'Fleet',
      metadata: { name: 'lobby' },
      spec: { anything: [1, 'two'] },
    };
    expect(checkObject(object)).toEqual([]);
    expect(checkObject({ ...object, metadata: { name: 'Lobby', label: {} } }).map(({ path }) => path)).toEqual([
      'metadata.label',
      'metadata.name',
    ]);
  });

  test('asks the check that was given for a custom kind', () => {
    const custom = new Map([
      ['tkex.tencent.com/v1alpha1/GameStatefulSet', () => [{ path: 'spec', message: 'is missing' }]],
    ]);
    const object = { apiVersion: 'tkex.tencent.com/v1alpha1', kind: 'GameStatefulSet', metadata: { name: 'lobby' } };
    expect(checkObject(object, { custom })).toEqual([{ path: 'spec', message: 'is missing' }]);
    expect(checkObject(object)).toEqual([]);
  });

  test.each([undefined, null, 'text', [], {}, { apiVersion: 'v1' }, { kind: 'Pod' }, { apiVersion: 1, kind: 2 }])(
    'refuses %j, which is no object',
    (object) => {
      expect(checkObject(object)).not.toEqual([]);
    },
  );

  test('never shows what a Secret holds', () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'a' },
      data: { token: 'hunter2!' },
      stringData: { pin: 90210 },
    };
    const problems = checkObject(secret);
    expect(problems.map(({ path }) => path)).toEqual(['data[token]', 'stringData[pin]']);
    expect(JSON.stringify(problems)).not.toMatch(/hunter2|90210/);
  });

  test('refuses two elements of one key only for server-side apply, as the server does', () => {
    const env = [
      { name: 'A', value: '1' },
      { name: 'A', value: '2' },
    ];
    const ports = [
      { containerPort: 80 },
      { containerPort: 80, protocol: 'TCP' },
      { containerPort: 80, protocol: 'UDP' },
    ];
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a' },
      spec: { containers: [{ name: 'a', image: 'a', env, ports }] },
    };
    expect(checkObject(pod)).toEqual([]);
    expect(checkObject(pod, { serverSideApply: true }).map(({ path }) => path)).toEqual([
      'spec.containers[0].env[1]',
      'spec.containers[0].ports[1]',
    ]);
  });
});

describe('checkType', () => {
  const template = 'io.k8s.api.core.v1.PodTemplateSpec';
  const pod = {
    spec: { containers: [{ name: 'a', image: 'a:1', volumeMounts: [{ name: 'data', mountPath: '/data' }] }] },
  };

  test('begins its paths with the place it is told', () => {
    expect(checkType(template, pod, 'spec.template')).toEqual([
      {
        path: 'spec.template.spec.containers[0].volumeMounts[0].name',
        message: '"data" is not a volume of this pod: the pod has no volumes',
        value: 'data',
      },
    ]);
  });

  test('knows the claims that a StatefulSet-like kind mounts', () => {
    expect(checkType(template, pod, 'spec.template', { claims: ['data'] })).toEqual([]);
  });

  test.each([
    [
      'io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector',
      { matchLabels: { app: 'the lobby' } },
      'at.matchLabels[app]',
    ],
    [
      'io.k8s.api.core.v1.PersistentVolumeClaim',
      { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'] } },
      'at.spec.resources.requests[storage]',
    ],
    ['io.k8s.api.core.v1.ContainerPort', { name: 'game' }, 'at.containerPort'],
  ])('checks %s', (type, value, path) => {
    expect(checkType(type, value, 'at').map((problem) => problem.path)).toEqual([path]);
  });

  test('refuses a type that Kubernetes does not have', () => {
    expect(() => checkType('io.k8s.api.core.v1.Spaceship', {}, '')).toThrow('is not a type of Kubernetes');
  });
});
