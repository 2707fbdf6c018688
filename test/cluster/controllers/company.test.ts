import { PodAffinity } from '../../../src/cluster/controllers/scheduler/affinity.js';
import { termsOf } from '../../../src/cluster/controllers/scheduler/affinity-term.js';
import type { Neighbour, Neighbourhood } from '../../../src/cluster/controllers/scheduler/neighbourhood.js';
import { nodePreference, reservations } from '../../../src/cluster/controllers/scheduler/preference.js';
import { Spread } from '../../../src/cluster/controllers/scheduler/spread.js';
import type { Pod, SeenPod } from '../../../src/cluster/controllers/objects.js';
import type { Node } from '../../../src/cluster/kubelet/node-object.js';
import type { Observed } from '../../../src/kube/store.js';

const node = (name: string, zone?: string, spec: Node['spec'] = {}): Observed<Node> => ({
  metadata: { name, uid: name, resourceVersion: '1', labels: { host: name, ...(zone !== undefined && { zone }) } },
  spec,
});

interface Shape {
  readonly labels?: Readonly<Record<string, string>>;
  readonly namespace?: string;
  readonly spec?: object;
  readonly isGoing?: boolean;
}

let count = 0;
const pod = ({ labels = { app: 'game' }, namespace = 'arena', spec = {}, isGoing = false }: Shape = {}): SeenPod => {
  const name = `pod-${++count}`;
  const going = isGoing ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {};
  return {
    metadata: { name, namespace, uid: name, resourceVersion: '1', labels, ...going },
    spec: { containers: [], ...spec },
  };
};

function around(nodes: readonly Observed<Node>[], neighbours: readonly (readonly [SeenPod, string])[]): Neighbourhood {
  const all = neighbours.map(([one, on]): Neighbour => ({ pod: one, node: on }));
  return {
    nodes: new Map(nodes.map((one) => [one.metadata.name, one])),
    neighbours: () => all,
    recluses: () => all.filter((one) => termsOf(one.pod, 'podAntiAffinity').required.length > 0),
    namespaceLabels: (name) => ({ team: name }),
  };
}

const NODES = [node('a', 'east'), node('b', 'west'), node('c', 'west')];
const fitting = (
  nodes: readonly Observed<Node>[],
  judge: { misfit(one: Observed<Node>): string | undefined },
): string => nodes.flatMap((one) => (judge.misfit(one) === undefined ? [one.metadata.name] : [])).join(' ');

describe('a spread', () => {
  const spread = (more: object, labels = { app: 'game' }): SeenPod =>
    pod({
      labels,
      spec: {
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: 'zone',
            whenUnsatisfiable: 'DoNotSchedule',
            labelSelector: { matchLabels: { app: 'game' } },
            ...more,
          },
        ],
      },
    });

  test.each([
    { name: 'goes where the fewest are', more: {}, on: ['a'], fits: 'b c' },
    { name: 'counts a domain, not its nodes', more: {}, on: ['b', 'c'], fits: 'a' },
    { name: 'bears some skew', more: { maxSkew: 2 }, on: ['a'], fits: 'a b c' },
    { name: 'with too few domains begins at none', more: { minDomains: 3 }, on: ['a', 'b'], fits: '' },
    { name: 'by host', more: { topologyKey: 'host' }, on: ['a', 'b'], fits: 'c' },
    { name: 'over a label that nobody has', more: { topologyKey: 'rack' }, on: [], fits: '' },
    { name: 'of others', more: { labelSelector: { matchLabels: { app: 'other' } } }, on: ['a'], fits: 'a b c' },
  ])('$name', ({ more, on, fits }) => {
    const there = on.map((name) => [pod(), name] as const);
    expect(fitting(NODES, new Spread(around(NODES, there), spread(more)))).toBe(fits);
  });

  test('does not count pods that are going, or of other namespaces', () => {
    const there = [[pod({ isGoing: true }), 'a'] as const, [pod({ namespace: 'other' }), 'a'] as const];
    expect(fitting(NODES, new Spread(around(NODES, there), spread({})))).toBe('a b c');
  });

  test('counts only pods of the same revision, where it is asked to', () => {
    const labels = { app: 'game', revision: '2' };
    const there = [[pod({ labels: { app: 'game', revision: '1' } }), 'a'] as const];
    const counts = (more: object): string => fitting(NODES, new Spread(around(NODES, there), spread(more, labels)));
    expect(counts({})).toBe('b c');
    expect(counts({ matchLabelKeys: ['revision'] })).toBe('a b c');
  });

  test('leaves out nodes that the pod does not select', () => {
    const selecting = spread({});
    const on = { ...selecting, spec: { ...(selecting as Pod).spec, nodeSelector: { zone: 'west' } } } as SeenPod;
    const there = [[pod(), 'b'] as const];
    expect(fitting(NODES.slice(1), new Spread(around(NODES, there), on))).toBe('b c');
  });

  test('that is a wish only tells where it is crowded', () => {
    const wish = new Spread(around(NODES, [[pod(), 'b']]), spread({ whenUnsatisfiable: 'ScheduleAnyway' }));
    expect(fitting(NODES, wish)).toBe('a b c');
    expect(NODES.map((one) => wish.crowd(one))).toEqual([0, 1, 1]);
  });
});

describe('an affinity', () => {
  const affinity = (side: 'podAffinity' | 'podAntiAffinity', term: object): object => ({
    affinity: { [side]: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone', ...term }] } },
  });
  const game = { labelSelector: { matchLabels: { app: 'game' } } };

  test.each([
    { name: 'to company', side: 'podAffinity', term: game, other: {}, fits: 'b c' },
    { name: 'against it', side: 'podAntiAffinity', term: game, other: {}, fits: 'a' },
    { name: 'that selects nothing', side: 'podAntiAffinity', term: {}, other: {}, fits: 'a b c' },
    { name: 'of one namespace', side: 'podAntiAffinity', term: game, other: { namespace: 'x' }, fits: 'a b c' },
    {
      name: 'of namespaces by name',
      side: 'podAntiAffinity',
      term: { ...game, namespaces: ['x'] },
      other: { namespace: 'x' },
      fits: 'a',
    },
    {
      name: 'of namespaces by label',
      side: 'podAntiAffinity',
      term: { ...game, namespaceSelector: { matchLabels: { team: 'x' } } },
      other: { namespace: 'x' },
      fits: 'a',
    },
    {
      name: 'of every namespace',
      side: 'podAntiAffinity',
      term: { ...game, namespaceSelector: {} },
      other: { namespace: 'x' },
      fits: 'a',
    },
  ] as const)('$name', ({ side, term, other, fits }) => {
    const there = [[pod(other), 'b'] as const];
    expect(fitting(NODES, new PodAffinity(around(NODES, there), pod({ spec: affinity(side, term) })))).toBe(fits);
  });

  test('who keeps others away is heard', () => {
    const hermit = pod({ labels: { app: 'hermit' }, spec: affinity('podAntiAffinity', game) });
    expect(fitting(NODES, new PodAffinity(around(NODES, [[hermit, 'c']]), pod()))).toBe('a');
  });

  test('the first of a company needs none, but the label', () => {
    const first = pod({ spec: affinity('podAffinity', game) });
    expect(fitting([...NODES, node('d')], new PodAffinity(around(NODES, []), first))).toBe('a b c');
  });

  test('wishes add up, for and against', () => {
    const wish = (weight: number, app: string): object => ({
      weight,
      podAffinityTerm: { topologyKey: 'host', labelSelector: { matchLabels: { app } } },
    });
    const wishes = (side: string, weight: number, app: string): object => ({
      [side]: { preferredDuringSchedulingIgnoredDuringExecution: [wish(weight, app)] },
    });
    const spec = { affinity: { ...wishes('podAffinity', 10, 'game'), ...wishes('podAntiAffinity', 5, 'noise') } };
    const there = [[pod(), 'a'] as const, [pod({ labels: { app: 'noise' } }), 'b'] as const];
    const judge = new PodAffinity(around(NODES, there), pod({ spec }));
    expect(NODES.map((one) => judge.preference(one))).toEqual([10, -5, 0]);
  });
});

test('a node is preferred by its labels, and would rather not have everybody', () => {
  const preference = { matchExpressions: [{ key: 'zone', operator: 'In', values: ['west'] }] };
  const nodeAffinity = { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 7, preference }] };
  const wish = pod({ spec: { affinity: { nodeAffinity } } });
  expect(NODES.map((one) => nodePreference(wish, one))).toEqual([0, 7, 7]);
  const reserved = node('r', 'east', { taints: [{ key: 'reserved', effect: 'PreferNoSchedule' }] });
  expect(reservations(wish, reserved)).toBe(1);
  expect(reservations(pod({ spec: { tolerations: [{ key: 'reserved', operator: 'Exists' }] } }), reserved)).toBe(0);
});
