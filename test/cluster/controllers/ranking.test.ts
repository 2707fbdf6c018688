import { crowds, victimsOf } from '../../../src/cluster/controllers/replica-set/ranking.js';
import { NOW, pod, type PodTraits } from './objects.js';

interface Case {
  readonly name: string;
  readonly goes: PodTraits;
  readonly stays: PodTraits;
  readonly related?: readonly PodTraits[];
}

const CASES: readonly Case[] = [
  { name: 'one without a node', goes: { node: '', cost: '9' }, stays: { cost: '-9' } },
  { name: 'one that is Pending', goes: { phase: 'Pending', cost: '9' }, stays: { ready: false } },
  { name: 'one that is not Ready', goes: { ready: false, cost: '9' }, stays: { cost: '-9' } },
  { name: 'a cheap one', goes: { cost: '-1' }, stays: {} },
  { name: 'a cost that is no number counts as none', goes: { cost: 'x' }, stays: { cost: '1' } },
  {
    name: 'one on a crowded node',
    goes: { node: 'node-b', ready: 99 },
    stays: { ready: 1 },
    related: [{ node: 'node-b' }, { node: 'node-b' }, { node: 'node-a' }],
  },
  {
    name: 'pods that have ended crowd nobody',
    goes: { ready: 1 },
    stays: { node: 'node-b', ready: 99 },
    related: [{ node: 'node-b', phase: 'Failed' }],
  },
  {
    name: 'one that is Ready since yesterday goes after one of a second',
    goes: { ready: 1 },
    stays: { ready: 86_400 },
  },
  { name: 'one that restarted more', goes: { restarts: 2 }, stays: { restarts: 1 } },
  {
    name: 'a younger one, of those that are not Ready',
    goes: { ready: false, age: 10 },
    stays: { ready: false, age: 1000 },
  },
  { name: 'of about one age, by UID', goes: { ready: 60, uid: 'a' }, stays: { ready: 61, uid: 'b' } },
];

describe('whom a ReplicaSet deletes', () => {
  test.each(CASES)('$name', ({ goes, stays, related = [] }) => {
    const [victim, other] = [pod({ name: 'victim', ...goes }), pod({ name: 'other', ...stays })];
    const crowd = crowds(related.map((traits) => pod(traits)));
    for (const pods of [
      [victim, other],
      [other, victim],
    ])
      expect(victimsOf(pods, 1, crowd, NOW).map(({ metadata }) => metadata.name)).toEqual(['victim']);
  });

  test('all, when all are too many', () => {
    const pods = [pod({ name: 'a' }), pod({ name: 'b' })];
    expect(victimsOf(pods, 2, () => 0, NOW)).toEqual(pods);
    expect(victimsOf(pods, 0, () => 0, NOW)).toEqual([]);
  });
});
