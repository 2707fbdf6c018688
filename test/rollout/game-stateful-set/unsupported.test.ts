import { describe, expect, test } from '@jest/globals';
import type { GameStatefulSetSpec } from '../../../src/api/generated/types/game-stateful-set.js';
import { unsupportedIn } from '../../../src/rollout/game-stateful-set/unsupported.js';
import { beforeChild, decided, linesOf, podOf, snapshotOf, statusIn, workloadOf } from '../fixtures.js';

const canary = { updateStrategy: { canary: { steps: [{ partition: 1 }] } } };
const instances = { instances: [{ ordinal: 1, images: { game: 'game:X' } }] };
const hotPatch = { updateStrategy: { type: 'HotPatchUpdate' as const } };
const prepull = { updateStrategy: { prepull: {} } };

describe('what stops what', () => {
  test.each<[what: string, spec: Partial<GameStatefulSetSpec>, updates: boolean, creation: boolean, ignored: number]>([
    ['nothing special', {}, false, false, 0],
    ['canary steps', canary, true, false, 0],
    ['no canary steps', { updateStrategy: { canary: { steps: [] } } }, false, false, 0],
    ['instances', instances, true, true, 0],
    ['no instances', { instances: [] }, false, false, 0],
    ['type HotPatchUpdate', hotPatch, true, true, 0],
    ['hotPatch', { updateStrategy: { hotPatch: {} } }, true, true, 0],
    ['prepull is a comfort', prepull, false, false, 1],
    [
      'a hook holds pods back, one by one',
      { preDeleteUpdateStrategy: { hook: { templateName: 'h' } } },
      false,
      false,
      1,
    ],
    [
      'what a StatefulSet cannot do',
      { reserveOrders: [3], updateStrategy: { rollingUpdate: { maxSurge: 1 } } },
      false,
      false,
      2,
    ],
  ])('%s', (_, spec, updates, creation, ignored) => {
    const found = unsupportedIn(workloadOf(spec));
    expect(found.stopsUpdates !== undefined).toBe(updates);
    expect(found.stopsCreation !== undefined).toBe(creation);
    expect(found.ignored).toHaveLength(ignored);
  });
});

const condition = (decision: ReturnType<typeof decided>) =>
  statusIn(decision)?.conditions?.find(({ type }) => type === 'Unsupported');

describe('what is decided', () => {
  const pods = [2, 1, 0].map((ordinal) => podOf({ ordinal }));

  test.each<[what: string, spec: Partial<GameStatefulSetSpec>]>([
    ['canary steps', canary],
    ['instances', instances],
    ['a hot patch', hotPatch],
  ])('%s: no pod is updated', (_, spec) => {
    const decision = decided(snapshotOf({ workload: workloadOf(spec), pods }));
    expect(linesOf(decision)).toEqual([]);
    expect(statusIn(decision)).toMatchObject({ phase: 'Degraded' });
    expect(condition(decision)).toMatchObject({ status: 'True', reason: 'NothingIsUpdated' });
  });

  test('a first deployment has no canary', () => {
    expect(linesOf(decided(beforeChild({ workload: workloadOf(canary) })))).toEqual(['create child with 3 replicas']);
  });

  test('no pod is made with the wrong image', () => {
    expect(linesOf(decided(beforeChild({ workload: workloadOf(instances) })))).toEqual([]);
    const grown = snapshotOf({ workload: workloadOf({ ...instances, replicas: 5 }), pods });
    expect(linesOf(decided(grown))).toEqual([]);
    const shrunk = snapshotOf({ workload: workloadOf({ ...instances, replicas: 2 }), pods });
    expect(linesOf(decided(shrunk))).toEqual(['child: replicas from 3 to 2']);
  });

  test('prepull is said, and the update goes on', () => {
    const decision = decided(snapshotOf({ workload: workloadOf(prepull), pods }));
    expect(linesOf(decision)).toEqual(['close zone-2: 0 s, then B']);
    expect(condition(decision)).toMatchObject({ status: 'True', reason: 'Ignored' });
    expect(condition(decision)?.message).toContain('`prepull` has no effect: ');
  });

  test('a pod out of traffic goes back into it', () => {
    const workload = workloadOf(canary);
    expect(
      linesOf(decided(snapshotOf({ workload, pods: [podOf({ ordinal: 2, stage: 'draining' }), ...pods.slice(1)] }))),
    ).toEqual(['open zone-2 (UpdateCancelled)']);
  });
});
