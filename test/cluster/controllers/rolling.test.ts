import { newSize, proportional, shrinkOld } from '../../../src/cluster/controllers/deployment/rolling.js';
import { tolerancesOf, type SeenDeployment } from '../../../src/cluster/controllers/deployment/strategy.js';
import type { Deployment } from '../../../src/cluster/controllers/objects.js';
import { replicaSet, statefulSet } from './objects.js';

type Rolling = NonNullable<NonNullable<Deployment['spec']['strategy']>['rollingUpdate']>;

function deployment(replicas: number, rollingUpdate?: Rolling): SeenDeployment {
  const { metadata, spec } = statefulSet();
  const strategy = { type: 'RollingUpdate' as const, ...(rollingUpdate && { rollingUpdate }) };
  return { metadata, spec: { replicas, strategy, selector: spec.selector, template: spec.template } };
}

const sizes = (resizes: readonly { set: { metadata: { name: string } }; replicas: number }[]): string =>
  resizes.map(({ set, replicas }) => `${set.metadata.name}=${replicas}`).join(' ');

describe('a rollout of a Deployment', () => {
  test.each([
    { replicas: 10, maxSurge: '25%', maxUnavailable: '25%', surge: 3, unavailable: 2 },
    { replicas: 3, maxSurge: '25%', maxUnavailable: '25%', surge: 1, unavailable: 0 },
    { replicas: 1, maxSurge: 0, maxUnavailable: '25%', surge: 0, unavailable: 1 },
    { replicas: 2, maxSurge: 0, maxUnavailable: 5, surge: 0, unavailable: 2 },
  ])('tolerates of $replicas with $maxSurge, $maxUnavailable', ({ replicas, surge, unavailable, ...rolling }) => {
    expect(tolerancesOf(deployment(replicas, rolling))).toEqual({ surge, unavailable });
  });

  test.each([
    { name: 'the surge at once', current: 0, all: 4, size: 1 },
    { name: 'no room', current: 1, all: 5, size: 1 },
    { name: 'what the old ones have left', current: 1, all: 3, size: 3 },
    { name: 'never more than wanted', current: 3, all: 3, size: 4 },
    { name: 'a Deployment that was scaled in', current: 6, all: 6, size: 4 },
  ])('grows: $name', ({ current, all, size }) => {
    expect(newSize(deployment(4, { maxSurge: 1, maxUnavailable: 1 }), current, all)).toBe(size);
  });

  test.each([
    { name: 'as many as may be missing', next: [1, 0], old: [[4, 4]], sizes: 'old-0=3' },
    { name: 'none while the new ones are not available', next: [2, 0], old: [[3, 3]], sizes: '' },
    {
      name: 'those that are not available first',
      next: [1, 0],
      old: [
        [2, 2],
        [2, 1],
      ],
      sizes: 'old-1=1',
    },
    {
      name: 'the oldest first',
      next: [2, 2],
      old: [
        [2, 2],
        [2, 2],
      ],
      sizes: 'old-0=0 old-1=1',
    },
    { name: 'all when the new ones are enough', next: [4, 4], old: [[1, 1]], sizes: 'old-0=0' },
  ])('shrinks: $name', ({ next, old, sizes: wanted }) => {
    const sets = old.map(([replicas, available], at) => replicaSet(`old-${at}`, replicas!, available!, {}, 100 - at));
    const newest = replicaSet('new', next[0]!, next[1]!, {}, 1);
    expect(sizes(shrinkOld(deployment(4, { maxSurge: 1, maxUnavailable: 1 }), newest, sets))).toBe(wanted);
  });

  test.each([
    { name: 'out', replicas: 20, sets: [8, 2], before: 12, sizes: 'set-0=17 set-1=4' },
    { name: 'in', replicas: 5, sets: [8, 4], before: 12, sizes: 'set-0=4 set-1=2' },
    { name: 'to none', replicas: 0, sets: [8, 4], before: 12, sizes: 'set-0=0 set-1=0' },
  ])('is scaled $name in its midst', ({ replicas, sets, before, sizes: wanted }) => {
    const all = sets.map((size, at) => replicaSet(`set-${at}`, size, size));
    expect(sizes(proportional(deployment(replicas, { maxSurge: 1, maxUnavailable: 1 }), all, before))).toBe(wanted);
  });
});
