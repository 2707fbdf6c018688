import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { maxUnavailableOf, partitionOf } from '../../../src/rollout/count.js';
import { CLOSED } from '../../../src/rollout/game-stateful-set/child.js';
import { tell } from '../simulation/story.js';
import { childOf, decided, podOf, snapshotOf, workloadOf } from '../fixtures.js';
import type { Stage } from '../fixtures.js';

// What holds for any set of pods. Whether it ends well in time is looked at by the simulation.

const count = fc.oneof(
  fc.integer({ min: 0, max: 9 }),
  fc.integer({ min: 0, max: 100 }).map((percent) => `${percent}%`),
);
const stages = [
  'serving',
  'crashing',
  'unready',
  'newborn',
  'draining',
  'patched',
  'starting',
  'waiting',
  'verified',
  'leaving',
] as const;
const pod = fc.record({
  stage: fc.oneof(
    { weight: 2, arbitrary: fc.constant('serving' as const) },
    { weight: 1, arbitrary: fc.constantFrom(...stages) },
  ),
  revision: fc.constantFrom('A', 'B'),
});
const shape = fc.record({
  pods: fc.array(pod, { minLength: 1, maxLength: 9 }),
  partition: count,
  maxUnavailable: count,
  type: fc.constantFrom('InplaceUpdate' as const, 'RollingUpdate' as const),
  ordered: fc.boolean(),
});

interface Shape {
  readonly pods: readonly { readonly stage: Stage; readonly revision: string }[];
  readonly partition: number | string;
  readonly maxUnavailable: number | string;
  readonly type: 'InplaceUpdate' | 'RollingUpdate';
  readonly ordered: boolean;
}

function decisionOn({ pods, partition, maxUnavailable, type, ordered }: Shape) {
  const replicas = pods.length;
  const spec = {
    replicas,
    podManagementPolicy: ordered ? ('OrderedReady' as const) : ('Parallel' as const),
    updateStrategy: { type, rollingUpdate: { partition, maxUnavailable } },
  };
  // A pod that has left the stable revision needs no share of the next one.
  const workload = workloadOf(spec, { status: { stableRevision: 'A' } });
  return decided(
    snapshotOf({
      workload,
      child: childOf({ replicas }, { replicas }),
      pods: pods.map(({ stage, revision }, ordinal) => podOf({ ordinal, stage, revision })),
    }),
  );
}

/** Ordinals that a decision takes out of service. */
function taken({ actions }: ReturnType<typeof decisionOn>, { pods }: Shape): number[] {
  const ordinals = new Set<number>();
  for (const action of actions) {
    if (action.kind === 'closeGate' || action.kind === 'deletePod') ordinals.add(Number(action.pod.name.slice(5)));
    const lowered =
      action.kind === 'changeChild' ? (action.change.updateStrategy?.rollingUpdate?.partition ?? CLOSED) : CLOSED;
    for (let index = lowered; index < pods.length; index++) if (pods[index]!.revision === 'A') ordinals.add(index);
  }
  return [...ordinals];
}

const maxOf = ({ ordered, maxUnavailable, pods }: Shape) =>
  ordered ? 1 : maxUnavailableOf(maxUnavailable, pods.length);

test('no pod that serves is taken out beyond the budget', () => {
  fc.assert(
    fc.property(shape, (given) => {
      const serving = taken(decisionOn(given), given).filter((ordinal) => given.pods[ordinal]!.stage === 'serving');
      if (serving.length === 0) return;
      const down = given.pods.filter(({ stage }) => stage !== 'serving');
      // Those that wait for a higher one to be made anew are excused.
      const excused = given.type === 'RollingUpdate' ? down.filter(({ revision }) => revision === 'A').length : 0;
      expect(down.length - excused + serving.length).toBeLessThanOrEqual(maxOf(given));
    }),
    { numRuns: 2_000 },
  );
});

test('never more than the share have the target, or are on their way', () => {
  fc.assert(
    fc.property(shape, (given) => {
      const replicas = given.pods.length;
      // One that leaves comes back as it was.
      const at = given.pods.filter(
        ({ revision, stage }) => stage !== 'leaving' && (revision === 'B' || stage === 'draining'),
      ).length;
      const next = taken(decisionOn(given), given).filter(
        (ordinal) => given.pods[ordinal]!.stage !== 'draining',
      ).length;
      const share = Math.max(0, replicas - partitionOf(given.partition, replicas));
      if (next > 0) expect(at + next).toBeLessThanOrEqual(share);
    }),
    { numRuns: 2_000 },
  );
});

test('something is done as long as something may be', () => {
  fc.assert(
    fc.property(shape, (given) => {
      const replicas = given.pods.length;
      const isQuiet = given.pods.every(({ stage }) => stage === 'serving');
      const held = partitionOf(given.partition, replicas);
      const updated = given.pods.filter(({ revision }) => revision === 'B').length;
      const isOutdated = given.pods.some(({ revision }, ordinal) => revision === 'A' && ordinal >= held);
      fc.pre(isQuiet && isOutdated && updated < replicas - held);
      expect(taken(decisionOn(given), given).length).toBeGreaterThan(0);
    }),
    { numRuns: 2_000 },
  );
});

test('any order of sizes and partitions ends as the last one says', () => {
  const wish = fc.record(
    {
      replicas: fc.integer({ min: 0, max: 5 }),
      partition: fc.constantFrom(0, 1, 2, 4, '50%', '100%'),
      image: fc.constantFrom('game:1', 'game:2', 'game:3'),
      start: fc.constantFrom(0, 1, 3),
    },
    { requiredKeys: [] },
  );
  const once = fc.constantFrom('draining' as const, 'patched' as const, undefined);
  fc.assert(
    fc.property(fc.array(fc.record({ wish, once }), { minLength: 1, maxLength: 6 }), (changes) => {
      const { violation } = tell({
        title: 'wishes',
        begin: { maxUnavailable: 2, grace: 1 },
        changes: [
          ...changes.map(({ wish: want, once: moment }) => ({ want, ...(moment && { within: moment }) })),
          { within: 'open', want: { partition: 0 } },
        ],
      });
      expect(violation?.message).toBeUndefined();
    }),
    { numRuns: 40 },
  );
});
