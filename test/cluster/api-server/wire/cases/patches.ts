import { get, patch, post, type WireRequest } from '../request.js';
import { configMap, deployment } from './objects.js';

const POD = ['spec', 'template', 'spec'];

/** `{ spec: { template: { spec: value } } }` */
const inPod = (value: object): object => POD.reduceRight<object>((inner, step) => ({ [step]: inner }), value);

const RICH = deployment('one', {
  containers: [
    {
      name: 'app',
      image: 'app:1',
      env: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ],
      ports: [{ containerPort: 80 }, { containerPort: 81, name: 'other' }],
      volumeMounts: [
        { name: 'data', mountPath: '/data' },
        { name: 'config', mountPath: '/config' },
      ],
      args: ['a', 'b'],
    },
    { name: 'side', image: 'side:1' },
  ],
  volumes: [
    { name: 'data', emptyDir: {} },
    { name: 'config', configMap: { name: 'one' } },
  ],
  imagePullSecrets: [{ name: 'first' }, { name: 'second' }],
  hostAliases: [{ ip: '10.0.0.1', hostnames: ['a'] }],
  tolerations: [{ key: 'a', operator: 'Exists' }],
});

const strategic = (body: object): WireRequest => patch('strategic', 'deployments/one', body);
const json = (...operations: readonly object[]): WireRequest => patch('json', 'configmaps/one', operations);

export const PATCHES: Readonly<Record<string, readonly WireRequest[]>> = {
  'strategic merge: directives for maps': [
    post('deployments', RICH),
    strategic({ spec: { strategy: { $patch: 'replace', type: 'Recreate' } } }),
    strategic({ spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } }),
    strategic({
      spec: {
        strategy: { $retainKeys: ['type', 'rollingUpdate'], type: 'RollingUpdate', rollingUpdate: { maxSurge: 2 } },
      },
    }),
    strategic({ spec: { strategy: { $retainKeys: ['type'], type: 'Recreate', rollingUpdate: { maxSurge: 2 } } } }),
    strategic({ metadata: { annotations: { $patch: 'delete', gone: 'x' } } }),
    strategic({ metadata: { annotations: { $patch: 'nonsense', gone: 'x' } } }),
    strategic({ metadata: { labels: { $patch: 'replace', only: 'one' } } }),
    strategic({ metadata: { labels: { $patch: 'merge', two: 'two' } } }),
    strategic(inPod({ securityContext: { $patch: 'replace', runAsUser: 1 } })),
    strategic(inPod({ nodeSelector: { a: 'b' } })),
    strategic(inPod({ nodeSelector: { $patch: 'delete' } })),
    strategic(inPod({ affinity: { nodeAffinity: { $patch: 'delete', x: 1 } } })),
  ],
  'strategic merge: directives for lists': [
    post('deployments', RICH),
    strategic(inPod({ containers: [{ $patch: 'delete', name: 'side' }] })),
    strategic(
      inPod({
        containers: [
          {
            name: 'app',
            env: [
              { $patch: 'delete', name: 'A' },
              { name: 'C', value: '3' },
            ],
          },
        ],
      }),
    ),
    strategic(inPod({ containers: [{ name: 'app', env: [{ $patch: 'replace' }, { name: 'D', value: '4' }] }] })),
    strategic(inPod({ containers: [{ name: 'app', env: [{ $patch: 'merge', name: 'E', value: '5' }] }] })),
    strategic(inPod({ containers: [{ name: 'app', args: ['c'] }] })),
    strategic(inPod({ containers: [{ image: 'no-name' }] })),
    strategic(inPod({ containers: ['text'] })),
    strategic(
      inPod({
        containers: [
          {
            name: 'app',
            ports: [
              { containerPort: 80, name: 'web' },
              { containerPort: 80, protocol: 'UDP' },
            ],
          },
        ],
      }),
    ),
    strategic(inPod({ volumes: [{ name: 'data', hostPath: { path: '/x' } }] })),
    strategic(inPod({ volumes: [{ name: 'data', $retainKeys: ['name', 'hostPath'], hostPath: { path: '/x' } }] })),
    strategic(inPod({ volumes: [{ name: 'data', emptyDir: null, configMap: { name: 'two' } }] })),
    strategic(inPod({ imagePullSecrets: [{ name: 'third' }, { name: 'first', $patch: 'delete' }] })),
    strategic(
      inPod({
        hostAliases: [
          { ip: '10.0.0.1', hostnames: ['b'] },
          { ip: '10.0.0.2', hostnames: ['c'] },
        ],
      }),
    ),
    strategic(inPod({ tolerations: [{ key: 'b', operator: 'Exists' }] })),
    strategic(inPod({ containers: null })),
    strategic(inPod({ imagePullSecrets: null })),
  ],
  'strategic merge: orders': [
    post('deployments', RICH),
    strategic(
      inPod({
        '$setElementOrder/containers': [{ name: 'side' }, { name: 'app' }],
        containers: [{ name: 'app', image: 'app:2' }],
      }),
    ),
    strategic(
      inPod({
        '$setElementOrder/containers': [{ name: 'new' }, { name: 'app' }, { name: 'side' }],
        containers: [{ name: 'new', image: 'new:1' }],
      }),
    ),
    strategic(inPod({ '$setElementOrder/containers': [{ name: 'app' }], containers: [{ name: 'other', image: 'x' }] })),
    strategic(inPod({ '$setElementOrder/volumes': [{ name: 'config' }, { name: 'data' }] })),
    strategic({ metadata: { finalizers: ['example.com/a', 'example.com/b', 'example.com/c'] } }),
    strategic({ metadata: { '$deleteFromPrimitiveList/finalizers': ['example.com/a'] } }),
    strategic({
      metadata: {
        '$setElementOrder/finalizers': ['example.com/c', 'example.com/d', 'example.com/b'],
        finalizers: ['example.com/d'],
      },
    }),
    strategic({
      metadata: {
        '$deleteFromPrimitiveList/finalizers': ['example.com/b', 'none'],
        '$setElementOrder/finalizers': ['example.com/d', 'example.com/c'],
      },
    }),
    strategic({ metadata: { '$deleteFromPrimitiveList/finalizers': 'example.com/c' } }),
    strategic({ metadata: { $nonsense: 1 } }),
  ],
  'strategic merge: of other kinds and of no object': [
    post('configmaps', configMap('one')),
    patch('strategic', 'configmaps/one', { data: { $patch: 'replace', b: '2' } }),
    patch('strategic', 'configmaps/one', { $patch: 'replace', metadata: { name: 'one' }, data: { c: '3' } }),
    patch('strategic', 'configmaps/one', { $patch: 'delete' }),
    patch('strategic', 'configmaps/one', ['a']),
    patch('strategic', 'configmaps/one', 'no json'),
    patch('strategic', 'configmaps/one', { data: null }),
    patch('strategic', 'configmaps/one', { metadata: { name: 'two' } }),
    patch('strategic', 'configmaps/one', { metadata: { namespace: 'two' } }),
    patch('strategic', 'configmaps/one', { metadata: { uid: 'another' } }),
    patch('strategic', 'configmaps/one', { metadata: { resourceVersion: '1' } }),
    patch('strategic', 'configmaps/one', { kind: 'Secret' }),
    patch('strategic', 'configmaps/one', { apiVersion: 'v2' }),
    patch('strategic', 'configmaps/one', { metadata: null }),
    patch('strategic', 'configmaps/none', { data: { a: '1' } }),
    post('serviceaccounts', {
      metadata: { name: 'one' },
      imagePullSecrets: [{ name: 'a' }, { name: 'b' }],
      secrets: [{ name: 's' }],
    }),
    patch('strategic', 'serviceaccounts/one', { imagePullSecrets: [{ name: 'a', $patch: 'delete' }, { name: 'c' }] }),
    patch('strategic', 'serviceaccounts/one', { secrets: [{ $patch: 'replace' }, { name: 't' }] }),
    post('services', {
      metadata: { name: 'one' },
      spec: {
        selector: { a: 'b' },
        ports: [
          { port: 80, name: 'web' },
          { port: 81, name: 'two' },
        ],
      },
    }),
    patch('strategic', 'services/one', {
      spec: {
        ports: [
          { port: 80, targetPort: 8080 },
          { port: 81, $patch: 'delete' },
        ],
      },
    }),
    patch('strategic', 'services/one', { spec: { ports: [{ port: 82, name: 'three' }] } }),
    patch('strategic', 'services/one', { spec: { externalIPs: ['10.1.1.1'], clusterIP: null } }),
  ],
  'JSON patch: every operation': [
    post('configmaps', configMap('one', { a: '1', b: '2' }, { annotations: { 'x.y/z': '3' } })),
    json({ op: 'add', path: '/data/c', value: '3' }, { op: 'test', path: '/data/c', value: '3' }),
    json({ op: 'test', path: '/data/a', value: 'other' }, { op: 'remove', path: '/data/a' }),
    json({ op: 'test', path: '/data/none', value: null }),
    json({ op: 'test', path: '/data/none', value: 'x' }),
    json({ op: 'test', path: '/none/none', value: null }),
    json({ op: 'replace', path: '/data/a', value: 'replaced' }),
    json({ op: 'replace', path: '/data/none', value: 'made' }),
    json({ op: 'replace', path: '/none/none', value: 'made' }),
    json({ op: 'remove', path: '/data/b' }),
    json({ op: 'remove', path: '/data/b' }),
    json({ op: 'remove', path: '/none/none' }),
    json({ op: 'move', from: '/data/a', path: '/data/moved' }),
    json({ op: 'move', from: '/data/a', path: '/data/moved' }),
    json({ op: 'copy', from: '/data/moved', path: '/data/copied' }),
    json({ op: 'copy', from: '/data/none', path: '/data/copied' }),
    json({ op: 'replace', path: '/metadata/annotations/x.y~1z', value: 'slash' }),
    json({ op: 'add', path: '/metadata/annotations/x~0y', value: 'tilde' }),
    json({ op: 'add', path: '', value: configMap('one', { whole: '1' }) }),
    json({ op: 'remove', path: '' }),
    json({ op: 'nonsense', path: '/data/a' }),
    json({ op: 'add', value: 'x' }),
    json({ op: 'add', path: '/data/novalue' }),
    json({ op: 'add', path: 'data/x', value: 'x' }),
    json({ op: 'move', path: '/data/x' }),
    json(),
    patch('json', 'configmaps/one', { op: 'remove', path: '/data' }),
    patch('json', 'configmaps/one', 'no json'),
    get('configmaps/one'),
  ],
  'JSON patch: lists': [
    post('deployments', RICH),
    ...[
      { op: 'add', path: '/spec/template/spec/containers/-', value: { name: 'third', image: 'third:1' } },
      { op: 'add', path: '/spec/template/spec/containers/0', value: { name: 'zeroth', image: 'zeroth:1' } },
      { op: 'add', path: '/spec/template/spec/containers/9', value: { name: 'ninth', image: 'ninth:1' } },
      { op: 'remove', path: '/spec/template/spec/containers/0' },
      { op: 'remove', path: '/spec/template/spec/containers/9' },
      { op: 'remove', path: '/spec/template/spec/containers/-1' },
      { op: 'remove', path: '/spec/template/spec/containers/-' },
      { op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'app:3' },
      { op: 'replace', path: '/spec/template/spec/containers/00/image', value: 'app:4' },
      { op: 'test', path: '/spec/template/spec/containers/0/image', value: 'app:3' },
      { op: 'test', path: '/spec/template/spec/containers/7', value: null },
      { op: 'test', path: '/spec/template/spec/containers/0/args', value: ['a', 'b'] },
      { op: 'move', from: '/spec/template/spec/volumes/0', path: '/spec/template/spec/volumes/1' },
      { op: 'copy', from: '/spec/template/spec/containers/0', path: '/spec/template/spec/containers/-' },
      { op: 'add', path: '/metadata/labels', value: { color: 'red' } },
      { op: 'add', path: '/metadata/annotations/note', value: 'x' },
      { op: 'add', path: '/spec/replicas', value: 3 },
      { op: 'replace', path: '/spec/replicas', value: '3' },
      { op: 'remove', path: '/spec/replicas' },
      { op: 'add', path: '/spec/imaginary', value: 3 },
    ].map((operation) => patch('json', 'deployments/one', [operation])),
    patch('json', 'deployments/one?fieldValidation=Strict', [{ op: 'add', path: '/spec/imaginary', value: 3 }]),
  ],
  'merge patch': [
    post('deployments', RICH),
    patch('merge', 'deployments/one', inPod({ containers: [{ name: 'only', image: 'only:1' }] })),
    patch('merge', 'deployments/one', { metadata: { labels: { a: 'b' }, annotations: { x: null } } }),
    patch('merge', 'deployments/one', { metadata: { labels: null } }),
    patch('merge', 'deployments/one', { spec: null }),
    patch('merge', 'deployments/one', { spec: { replicas: null } }),
    patch('merge', 'deployments/one', 'no json'),
    patch('merge', 'deployments/one', []),
    patch('merge', 'deployments/one', { metadata: { resourceVersion: '$version(one)' }, spec: { replicas: 2 } }),
    patch('merge', 'deployments/one', { metadata: { resourceVersion: '1' }, spec: { replicas: 2 } }),
    patch('merge', 'deployments/one?dryRun=All', { spec: { replicas: 7 } }),
    patch('merge', 'deployments/one?dryRun=Some', { spec: { replicas: 7 } }),
    patch('merge', 'deployments/one?force=true', { spec: { replicas: 7 } }),
    patch('merge', 'deployments/one?fieldManager=' + 'x'.repeat(129), { spec: { replicas: 7 } }),
    patch('merge', 'deployments/one?fieldManager=m', { spec: { replicas: 8 } }),
    patch('merge', 'deployments/one?fieldValidation=Loose', { spec: { replicas: 9 } }),
    { ...patch('merge', 'deployments/one', {}), type: 'application/json' },
    { ...patch('merge', 'deployments/one', {}), type: 'text/plain' },
    patch('merge', 'deployments/one/nonsense', {}),
    get('deployments/one'),
  ],
};
