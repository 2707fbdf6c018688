import { planFor, type Plan, type Step } from '../../../src/cluster/controllers/stateful-set/plan.js';
import type { SeenPod, StatefulSet } from '../../../src/cluster/controllers/objects.js';
import { NOW, pod, statefulSet } from './objects.js';

const old = (ordinal: number, more = {}): SeenPod => pod({ name: `game-${ordinal}`, revision: 'old', ...more });
const fresh = (ordinal: number, more = {}): SeenPod => pod({ name: `game-${ordinal}`, revision: 'new', ...more });
const partition = (number: number): Partial<StatefulSet['spec']> => ({
  updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: number } },
});
const ordered = { podManagementPolicy: 'OrderedReady' } as const;

function text(step: Step): string {
  if (step.kind === 'create') return `create ${step.ordinal}`;
  return step.kind === 'delete' ? `delete ${step.pod.metadata.name} ${step.why}` : `identify ${step.pod.metadata.name}`;
}

function steps({ keep, shrink, update }: Plan): string[] {
  return [...keep, ...shrink, ...(update ? [update] : [])].map(text);
}

interface Case {
  readonly name: string;
  readonly spec?: Partial<StatefulSet['spec']>;
  readonly going?: boolean;
  readonly pods: readonly SeenPod[];
  readonly steps: readonly string[];
}

const CASES: readonly Case[] = [
  { name: 'all is well', pods: [fresh(0), fresh(1), fresh(2)], steps: [] },
  { name: 'Parallel makes all that is missing', pods: [fresh(1)], steps: ['create 0', 'create 2'] },
  { name: 'OrderedReady makes the first that is missing', spec: ordered, pods: [], steps: ['create 0'] },
  {
    name: 'OrderedReady waits for a pod that is not Ready',
    spec: ordered,
    pods: [fresh(0, { ready: false })],
    steps: [],
  },
  { name: 'OrderedReady waits for a pod that is going', spec: ordered, pods: [fresh(0, { going: true })], steps: [] },
  {
    name: 'OrderedReady waits for minReadySeconds',
    spec: { ...ordered, minReadySeconds: 10 },
    pods: [fresh(0, { ready: 9 })],
    steps: [],
  },
  {
    name: 'minReadySeconds are over',
    spec: { ...ordered, minReadySeconds: 10 },
    pods: [fresh(0, { ready: 10 })],
    steps: ['create 1'],
  },
  {
    name: 'what has ended is deleted, its successor comes later',
    pods: [fresh(0, { phase: 'Failed' }), fresh(1, { phase: 'Succeeded' }), fresh(2)],
    steps: ['delete game-0 over', 'delete game-1 over'],
  },
  {
    name: 'what has ended and is going is left alone',
    pods: [0, 1, 2].map((o) => fresh(o, { phase: 'Failed', going: true })),
    steps: [],
  },
  {
    name: 'a scale-in takes all that is beyond, highest first',
    spec: { replicas: 1 },
    pods: [fresh(0), fresh(2), fresh(1)],
    steps: ['delete game-2 surplus', 'delete game-1 surplus'],
  },
  {
    name: 'OrderedReady takes one at a time',
    spec: { ...ordered, replicas: 1 },
    pods: [fresh(0), fresh(1), fresh(2)],
    steps: ['delete game-2 surplus'],
  },
  {
    name: 'OrderedReady waits for the one that is going',
    spec: { ...ordered, replicas: 1 },
    pods: [fresh(0), fresh(1), fresh(2, { going: true })],
    steps: [],
  },
  {
    name: 'OrderedReady takes the highest, even if it is the only one that is down',
    spec: { ...ordered, replicas: 1 },
    pods: [fresh(0), fresh(1), fresh(2, { ready: false })],
    steps: ['delete game-2 surplus'],
  },
  {
    name: 'OrderedReady does not take a pod that is down while a lower one is down too',
    spec: { ...ordered, replicas: 1 },
    pods: [fresh(0), fresh(1, { ready: false }), fresh(2, { ready: false })],
    steps: [],
  },
  {
    name: 'ordinals.start moves the window',
    spec: { ordinals: { start: 1 } },
    pods: [fresh(0), fresh(1), fresh(2)],
    steps: ['create 3', 'delete game-0 surplus'],
  },
  {
    name: 'an update takes the highest old pod',
    pods: [old(0), old(1), fresh(2)],
    steps: ['delete game-1 old'],
  },
  { name: 'an update waits for the new pod above', pods: [old(0), old(1), fresh(2, { ready: false })], steps: [] },
  {
    name: 'an update does not wait for an old pod that is down',
    pods: [old(0), old(1), old(2, { ready: false })],
    steps: ['delete game-2 old'],
  },
  { name: 'a closed partition', spec: partition(2147483647), pods: [old(0), old(1), old(2)], steps: [] },
  { name: 'a partition counts from the first', spec: partition(2), pods: [old(0), old(1), fresh(2)], steps: [] },
  {
    name: 'a partition counts from ordinals.start',
    spec: { ...partition(2), ordinals: { start: 5 } },
    pods: [old(5), old(6), old(7)],
    steps: ['delete game-7 old'],
  },
  { name: 'OnDelete', spec: { updateStrategy: { type: 'OnDelete' } }, pods: [old(0), old(1), old(2)], steps: [] },
  {
    name: 'a pod that does not know its name',
    pods: [fresh(0, { labels: { 'statefulset.kubernetes.io/pod-name': '' } }), fresh(1), fresh(2)],
    steps: ['identify game-0'],
  },
  { name: 'a set that is going', going: true, pods: [old(0)], steps: [] },
  {
    name: 'a name that is no number is nobody',
    pods: [fresh(0), fresh(1), fresh(2), pod({ name: 'game-x' }), pod({ name: 'game-' })],
    steps: [],
  },
];

describe('the next step of a StatefulSet', () => {
  test.each(CASES)('$name', ({ spec, going, pods, steps: wanted }) => {
    const set = statefulSet({ ...partition(0), ...spec }, going ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {});
    expect(steps(planFor(set, pods, 'new', NOW))).toEqual(wanted);
  });
});
