import { get, patch, post, remove, type WireRequest } from '../request.js';
import { budget, pod } from './objects.js';

const bind = (name: string, node = 'node-1', more: object = {}): WireRequest =>
  post(`pods/${name}/binding`, {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name, ...more },
    target: { kind: 'Node', name: node },
  });
const status = (name: string, value: object): WireRequest =>
  patch('strategic', `pods/${name}/status`, { status: value });
const evict = (name: string, more: object = {}, query = ''): WireRequest =>
  post(`pods/${name}/eviction${query}`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name }, ...more });
const running = (name: string, isReady = true): readonly WireRequest[] => [
  post('pods', pod(name, {}, { labels: { app: 'one' } })),
  bind(name),
  status(name, { phase: 'Running', conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }] }),
];
const SIZED = {
  containers: [
    {
      name: 'app',
      image: 'app:1',
      resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '2', memory: '1Gi' } },
    },
    { name: 'side', image: 'side:1' },
  ],
};
const resize = (resources: object, container = 'app'): WireRequest =>
  patch('strategic', 'pods/one/resize', { spec: { containers: [{ name: container, resources }] } });
const ephemeral = (name: string, more: object = {}): object => ({ name, image: 'debug:1', ...more });

export const PODS: Readonly<Record<string, readonly WireRequest[]>> = {
  'pods: binding': [
    post('pods', pod('one')),
    bind('none'),
    bind('one', ''),
    bind('one', 'node-1', { uid: 'another' }),
    { ...bind('one'), path: '/api/v1/namespaces/$ns/pods/one/binding?dryRun=All' },
    bind('one', 'node-1', { annotations: { a: 'b' }, labels: { c: 'd' } }),
    bind('one', 'node-2'),
    get('pods/one'),
    post('pods', pod('gated', { schedulingGates: [{ name: 'example.com/gate' }] })),
    bind('gated'),
    patch('strategic', 'pods/gated', { spec: { nodeSelector: { a: 'b' } } }),
    patch('strategic', 'pods/gated', { spec: { schedulingGates: [{ name: 'example.com/another' }] } }),
    patch('merge', 'pods/gated', { spec: { schedulingGates: null } }),
    patch('strategic', 'pods/gated', { spec: { nodeSelector: { a: 'c' } } }),
    bind('gated'),
  ],
  'pods: what may change': [
    post('pods', pod('one', { terminationGracePeriodSeconds: 30 })),
    ...[
      { containers: [{ name: 'app', image: 'app:2' }] },
      { containers: [{ name: 'app', imagePullPolicy: 'Always' }] },
      { containers: [{ name: 'app', env: [{ name: 'A', value: '1' }] }] },
      { containers: [{ name: 'app', resources: { requests: { cpu: '1' } } }] },
      { containers: [{ name: 'app', image: '' }] },
      { containers: [{ name: 'other', image: 'x' }] },
      { activeDeadlineSeconds: 100 },
      { activeDeadlineSeconds: 50 },
      { activeDeadlineSeconds: 200 },
      { activeDeadlineSeconds: null },
      { tolerations: [{ key: 'x', operator: 'Exists' }] },
      { terminationGracePeriodSeconds: 1 },
      { nodeName: 'node-1' },
      { hostname: 'x' },
      { schedulingGates: [{ name: 'example.com/late' }] },
      { readinessGates: [{ conditionType: 'example.com/ready' }] },
      { serviceAccountName: 'x' },
      { priorityClassName: 'system-node-critical' },
    ].map((spec) => patch('strategic', 'pods/one', { spec })),
    patch('merge', 'pods/one', {
      metadata: {
        labels: { a: 'b' },
        annotations: { c: 'd' },
        ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'u', controller: true }],
      },
    }),
    patch('merge', 'pods/one', { status: { phase: 'Running' } }),
    status('one', {
      phase: 'Running',
      podIP: '10.1.1.1',
      containerStatuses: [
        {
          name: 'app',
          ready: true,
          restartCount: 1,
          image: 'app:2',
          imageID: 'x',
          state: { running: { startedAt: '2026-01-01T00:00:00Z' } },
        },
      ],
    }),
    patch('merge', 'pods/one/status', { metadata: { labels: { by: 'status' } }, spec: { activeDeadlineSeconds: 10 } }),
    status('one', { phase: 'Nonsense' }),
    status('one', {
      conditions: [
        { type: 'Ready', status: 'True' },
        { type: 'example.com/x', status: 'Unknown' },
      ],
    }),
    get('pods/one'),
    get('pods/one/status'),
  ],
  'pods: ephemeral containers': [
    post('pods', pod('one')),
    get('pods/one/ephemeralcontainers'),
    patch('strategic', 'pods/one/ephemeralcontainers', { spec: { ephemeralContainers: [ephemeral('debug')] } }),
    patch('strategic', 'pods/one/ephemeralcontainers', {
      spec: { ephemeralContainers: [ephemeral('more', { targetContainerName: 'app' })] },
    }),
    patch('strategic', 'pods/one/ephemeralcontainers', {
      spec: { ephemeralContainers: [ephemeral('lost', { targetContainerName: 'none' })] },
    }),
    patch('strategic', 'pods/one/ephemeralcontainers', {
      spec: { ephemeralContainers: [ephemeral('debug', { image: 'other:1' })] },
    }),
    patch('strategic', 'pods/one/ephemeralcontainers', { spec: { ephemeralContainers: [ephemeral('app')] } }),
    patch('strategic', 'pods/one/ephemeralcontainers', {
      spec: { ephemeralContainers: [ephemeral('ports', { ports: [{ containerPort: 80 }] })] },
    }),
    patch('json', 'pods/one/ephemeralcontainers', [{ op: 'remove', path: '/spec/ephemeralContainers/0' }]),
    patch('strategic', 'pods/one/ephemeralcontainers', {
      spec: { containers: [{ name: 'app', image: 'app:2' }] },
      metadata: { labels: { x: 'y' } },
    }),
    patch('strategic', 'pods/one', { spec: { ephemeralContainers: [ephemeral('late')] } }),
    post('pods', pod('two', { ephemeralContainers: [ephemeral('early')] })),
    get('pods/one'),
  ],
  'pods: resize': [
    post('pods', pod('one', SIZED)),
    resize({ requests: { cpu: '1500m' } }),
    resize({ requests: { cpu: '3' } }),
    resize({ limits: { memory: '2Gi' } }),
    resize({ requests: { memory: '512Mi' } }),
    resize({ requests: { cpu: '1' } }, 'side'),
    resize({ requests: { cpu: null } }),
    resize({ requests: { 'example.com/gpu': '1' } }),
    resize({ requests: { cpu: 'much' } }),
    patch('strategic', 'pods/one/resize', {
      spec: { containers: [{ name: 'app', image: 'app:2', resources: { requests: { cpu: '1200m' } } }] },
    }),
    patch('strategic', 'pods/one/resize', { spec: { activeDeadlineSeconds: 5 }, metadata: { labels: { x: 'y' } } }),
    patch('strategic', 'pods/one/resize', { spec: { containers: [{ name: 'third', image: 'x' }] } }),
    patch('strategic', 'pods/one', {
      spec: { containers: [{ name: 'app', resources: { requests: { cpu: '1100m' } } }] },
    }),
    get('pods/one/resize'),
    bind('one'),
    resize({ requests: { cpu: '1300m' } }),
    get('pods/one'),
  ],
  'pods: spread and affinity': [
    post(
      'pods',
      pod('one', {
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: 'zone',
            whenUnsatisfiable: 'DoNotSchedule',
            labelSelector: { matchLabels: { a: 'b' } },
            matchLabelKeys: ['app', 'none'],
          },
        ],
        affinity: {
          podAntiAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [
              {
                topologyKey: 'zone',
                labelSelector: { matchLabels: { a: 'b' } },
                matchLabelKeys: ['app'],
                mismatchLabelKeys: ['other'],
              },
            ],
            preferredDuringSchedulingIgnoredDuringExecution: [
              {
                weight: 1,
                podAffinityTerm: {
                  topologyKey: 'zone',
                  labelSelector: { matchLabels: { a: 'b' } },
                  mismatchLabelKeys: ['app'],
                },
              },
            ],
          },
        },
      }),
    ),
    post(
      'pods',
      pod('two', {
        topologySpreadConstraints: [{ maxSkew: 0, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }],
      }),
    ),
    post(
      'pods',
      pod('three', {
        topologySpreadConstraints: [{ maxSkew: 1, topologyKey: '', whenUnsatisfiable: 'Never' }],
      }),
    ),
    post(
      'pods',
      pod('four', {
        affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: {} }] } },
      }),
    ),
  ],
  'pods: eviction and budgets': [
    ...running('one'),
    ...running('two'),
    ...running('three', false),
    evict('none'),
    evict('one', { metadata: { name: 'two' } }),
    post('poddisruptionbudgets', budget('all', { minAvailable: 2, selector: { matchLabels: { app: 'one' } } })),
    evict('one'),
    patch('merge', 'poddisruptionbudgets/all/status', {
      status: { observedGeneration: 1, disruptionsAllowed: 0, desiredHealthy: 2, currentHealthy: 2, expectedPods: 3 },
    }),
    evict('one'),
    evict('three'),
    patch('merge', 'poddisruptionbudgets/all/status', { status: { disruptionsAllowed: 1, currentHealthy: 3 } }),
    evict('one', {}, '?dryRun=All'),
    evict('one', { deleteOptions: { dryRun: ['All'] } }),
    evict('one', { deleteOptions: { preconditions: { uid: 'another' } } }),
    evict('one', { deleteOptions: { preconditions: { uid: '$uid(one)' }, gracePeriodSeconds: 5 } }),
    get('pods/one'),
    get('poddisruptionbudgets/all'),
    evict('two'),
    post('poddisruptionbudgets', budget('more', { maxUnavailable: 1, selector: { matchLabels: { app: 'one' } } })),
    evict('two'),
    remove('poddisruptionbudgets/more'),
    patch('merge', 'poddisruptionbudgets/all', { spec: { unhealthyPodEvictionPolicy: 'AlwaysAllow' } }),
    patch('merge', 'poddisruptionbudgets/all/status', { status: { observedGeneration: 2, disruptionsAllowed: 0 } }),
    evict('three'),
    status('two', { phase: 'Succeeded' }),
    evict('two'),
    evict('two', { apiVersion: 'policy/v1beta1' }),
    post('pods', pod('pending', {}, { labels: { app: 'one' } })),
    evict('pending'),
    get('pods/pending'),
  ],
  'pods: deletion and grace': [
    ...running('one'),
    remove('pods/one?gracePeriodSeconds=20'),
    remove('pods/one?gracePeriodSeconds=30'),
    remove('pods/one', { gracePeriodSeconds: 10 }),
    patch('merge', 'pods/one', { metadata: { finalizers: ['example.com/late'] } }),
    patch('merge', 'pods/one', { metadata: { labels: { still: 'there' } } }),
    remove('pods/one?gracePeriodSeconds=0'),
    get('pods/one'),
    ...running('two'),
    patch('merge', 'pods/two', { metadata: { finalizers: ['example.com/hold'] } }),
    remove('pods/two', { gracePeriodSeconds: -1 }),
    remove('pods/two', { gracePeriodSeconds: 0 }),
    get('pods/two'),
    patch('merge', 'pods/two', { metadata: { finalizers: null } }),
    get('pods/two'),
    post('pods', pod('three')),
    remove('pods/three', { propagationPolicy: 'Orphan' }),
    remove('pods/three', { propagationPolicy: 'Foreground', gracePeriodSeconds: 0 }),
    remove('pods/three', { propagationPolicy: 'Background' }),
    get('pods/three'),
    post('pods', pod('four')),
    remove('pods/four?dryRun=All'),
    get('pods/four'),
    remove('pods/four', { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { resourceVersion: '1' } }),
    remove('pods/four', { preconditions: { resourceVersion: '$version(four)', uid: '$uid(four)' } }),
  ],
};
