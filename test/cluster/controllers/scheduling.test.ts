import { taintsFor, toleratedFor, type Toleration } from '../../../src/cluster/controllers/node/taints.js';
import type { Pod } from '../../../src/cluster/controllers/objects.js';
import { misfit, noneOf } from '../../../src/cluster/controllers/scheduler/fit.js';
import { quantity } from '../../../src/cluster/controllers/scheduler/quantity.js';
import { requestsOf } from '../../../src/cluster/controllers/scheduler/requests.js';
import { selects, type LabelSelector } from '../../../src/cluster/controllers/selector.js';
import type { Node, NodeCondition } from '../../../src/cluster/kubelet/node-object.js';
import type { Observed } from '../../../src/kube/store.js';
import { pod } from './objects.js';

const ready = (status: NodeCondition['status']): NodeCondition => ({ type: 'Ready', status });

function node(spec: Node['spec'] = {}, conditions: readonly NodeCondition[] = [ready('True')]): Observed<Node> {
  return {
    metadata: { name: 'node-a', uid: 'u', resourceVersion: '1', labels: { zone: 'one', size: '8' } },
    spec,
    status: { conditions, allocatable: { cpu: '4', memory: '8Gi', pods: '2' } },
  };
}

describe('the taints of a node', () => {
  const NOT_READY = 'node.kubernetes.io/not-ready';
  const UNREACHABLE = 'node.kubernetes.io/unreachable';
  const text = (of: Observed<Node>): string[] =>
    taintsFor(of as Node, 'now').map(({ key, effect }) => `${key.replace('node.kubernetes.io/', '')}:${effect}`);

  test.each([
    { name: 'well', of: node(), taints: [] },
    { name: 'not ready', of: node({}, [ready('False')]), taints: ['not-ready:NoSchedule', 'not-ready:NoExecute'] },
    { name: 'silent', of: node({}, [ready('Unknown')]), taints: ['unreachable:NoSchedule', 'unreachable:NoExecute'] },
    { name: 'cordoned', of: node({ unschedulable: true }), taints: ['unschedulable:NoSchedule'] },
    {
      name: 'registered just now',
      of: node({ taints: [{ key: NOT_READY, effect: 'NoSchedule' }] }, []),
      taints: ['not-ready:NoSchedule'],
    },
    { name: 'well again', of: node({ taints: [{ key: UNREACHABLE, effect: 'NoExecute' }] }), taints: [] },
    {
      name: 'tainted by somebody',
      of: node({ taints: [{ key: 'mine', effect: 'NoExecute' }] }),
      taints: ['mine:NoExecute'],
    },
    {
      name: 'under pressure',
      of: node({}, [ready('True'), { type: 'MemoryPressure', status: 'True' }]),
      taints: ['memory-pressure:NoSchedule'],
    },
  ])('$name', ({ of, taints }) => expect(text(of)).toEqual(taints));
});

test.each([
  { tolerations: [], seconds: 0 },
  { tolerations: [{ operator: 'Exists' }], seconds: Infinity },
  { tolerations: [{ key: 'gone', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }], seconds: 300 },
  { tolerations: [{ key: 'gone', value: 'yes' }], seconds: Infinity },
  { tolerations: [{ key: 'gone', value: 'no' }], seconds: 0 },
  { tolerations: [{ key: 'gone', operator: 'Exists', effect: 'NoSchedule' }], seconds: 0 },
] as readonly { tolerations: Toleration[]; seconds: number }[])(
  'a pod with $tolerations stays $seconds s',
  ({ tolerations, seconds }) => {
    const taints = [
      { key: 'gone', value: 'yes', effect: 'NoExecute' as const },
      { key: 'x', effect: 'NoSchedule' as const },
    ];
    expect(toleratedFor(tolerations, taints)).toBe(seconds);
  },
);

describe('whether a pod fits', () => {
  const asking = (spec: Partial<Pod['spec']>): Pod => ({
    ...(pod({ node: '' }) as Pod),
    spec: { ...pod().spec, ...spec },
  });
  const affinity = (key: string, operator: string, values: string[]): object => ({
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key, operator, values }] }],
      },
    },
  });

  test.each([
    { name: 'it does', spec: {}, why: undefined },
    {
      name: 'a selector',
      spec: { nodeSelector: { zone: 'two' } },
      why: "node(s) didn't match Pod's node affinity/selector",
    },
    {
      name: 'an affinity',
      spec: { affinity: affinity('zone', 'NotIn', ['one']) },
      why: "node(s) didn't match Pod's node affinity/selector",
    },
    { name: 'an affinity that holds', spec: { affinity: affinity('size', 'Gt', ['7']) }, why: undefined },
    {
      name: 'too much',
      spec: { containers: [{ name: 'a', image: 'a', resources: { requests: { cpu: '4100m' } } }] },
      why: 'Insufficient cpu',
    },
    {
      name: 'just enough',
      spec: { containers: [{ name: 'a', image: 'a', resources: { requests: { memory: '8Gi' } } }] },
      why: undefined,
    },
  ])('$name', ({ spec, why }) => {
    const asked = asking(spec);
    expect(misfit(asked as never, node(), requestsOf(asked), { pods: 1 })).toBe(why);
  });

  test('a full, a cordoned and a tainted node', () => {
    const asked = asking({});
    const requests = requestsOf(asked);
    expect(misfit(asked as never, node(), requests, { pods: 2 })).toBe('Too many pods');
    expect(misfit(asked as never, node({ unschedulable: true }), requests, {})).toBe('node(s) were unschedulable');
    const tainted = node({ taints: [{ key: 'mine', value: 'x', effect: 'NoSchedule' }] });
    expect(misfit(asked as never, tainted, requests, {})).toBe('node(s) had untolerated taint {mine: x}');
  });

  test('why none of them does', () => {
    expect(noneOf(['Too many pods', 'Insufficient cpu', 'Too many pods'])).toBe(
      '0/3 nodes are available: 1 Insufficient cpu, 2 Too many pods.',
    );
    expect(noneOf([])).toBe('no nodes available to schedule pods');
  });
});

test.each([
  { init: [], main: ['1', '500m'], cpu: 1.5 },
  { init: [{ cpu: '2' }], main: ['1'], cpu: 2 },
  { init: [{ cpu: '1', sidecar: true }, { cpu: '2' }], main: ['1'], cpu: 3 },
  { init: [{ cpu: '1', sidecar: true }], main: ['1'], cpu: 2 },
] as readonly { init: { cpu: string; sidecar?: boolean }[]; main: string[]; cpu: number }[])(
  'init $init and containers $main take $cpu cores',
  ({ init, main, cpu }) => {
    const container = (amount: string, name: string) => ({
      name,
      image: 'a',
      resources: { requests: { cpu: amount } },
    });
    const spec = {
      initContainers: init.map(({ cpu: amount, sidecar }, at) => ({
        ...container(amount, `i${at}`),
        ...(sidecar && { restartPolicy: 'Always' as const }),
      })),
      containers: main.map((amount, at) => container(amount, `c${at}`)),
    };
    expect(requestsOf({ metadata: {}, spec })).toMatchObject({ cpu, pods: 1 });
  },
);

test.each([
  ['100m', 0.1],
  ['1Gi', 2 ** 30],
  ['1e3', 1000],
  ['2k', 2000],
  [3, 3],
  ['x', 0],
])('%p is %p', (text, number) => expect(quantity(text)).toBe(number));

test.each([
  { selector: undefined, yes: false },
  { selector: {}, yes: true },
  { selector: { matchLabels: { a: '1' } }, yes: true },
  { selector: { matchLabels: { a: '2' } }, yes: false },
  { selector: { matchExpressions: [{ key: 'a', operator: 'In', values: ['1', '2'] }] }, yes: true },
  { selector: { matchExpressions: [{ key: 'b', operator: 'NotIn', values: ['1'] }] }, yes: true },
  { selector: { matchExpressions: [{ key: 'b', operator: 'Exists' }] }, yes: false },
  { selector: { matchExpressions: [{ key: 'toString', operator: 'DoesNotExist' }] }, yes: true },
  { selector: { matchExpressions: [{ key: 'a', operator: 'Like' }] }, yes: false },
] as readonly { selector: LabelSelector | undefined; yes: boolean }[])('$selector: $yes', ({ selector, yes }) => {
  expect(selects(selector, { a: '1' })).toBe(yes);
});
