import { describe, expect, test } from '@jest/globals';
import type { GameStatefulSetSpec } from '../../../src/api/generated/types/game-stateful-set.js';
import { decide } from '../../../src/rollout/game-stateful-set/decide.js';
import type { HookGate } from '../../../src/rollout/hook-gate.js';
import { ObservedFacts } from '../../../src/rollout/observations.js';
import { ago, childOf, decided, linesOf, NOW, podOf, snapshotOf, statusOf, workloadOf } from '../fixtures.js';
import type { PodOptions, SnapshotOptions } from '../fixtures.js';

/** A pod out of traffic for 5 s, on its way to B, and one that serves. */
const draining = (more: Partial<PodOptions> = {}) => [
  podOf({ ordinal: 1, stage: 'draining', ...more }),
  podOf({ ordinal: 0 }),
];
const spec = (more: Partial<GameStatefulSetSpec> = {}): Partial<GameStatefulSetSpec> => ({
  replicas: 2,
  ...more,
  updateStrategy: { inPlaceUpdateStrategy: { gracePeriodSeconds: 5 }, ...more.updateStrategy },
});
const given = (more: SnapshotOptions = {}) =>
  snapshotOf({ workload: workloadOf(spec()), child: childOf({ replicas: 2 }), pods: draining(), ...more });
const refuses: HookGate = { ask: () => ({ kind: 'waiting', why: 'players' }) };

describe('the grace', () => {
  test.each<[what: string, watched: number, lines: string[]]>([
    ['begins when this process sees the pod out of traffic', 0, []],
    ['is not over before its end', 4, []],
    ['is over', 5, ['patch zone-1 to B game=game:B']],
    ['is long over', 500, ['patch zone-1 to B game=game:B']],
  ])('%s', (_, watched, lines) => expect(linesOf(decided(given(), { watched }))).toEqual(lines));

  test('says until when, and wakes then', () => {
    const { reasons, wakeAt } = decided(given(), { watched: 2 });
    expect(reasons).toContain('zone-1 is out of traffic until 12:00:03 UTC, then it is updated to B');
    expect(wakeAt).toBe(NOW + 3_000);
  });

  test.each<[what: string, more: SnapshotOptions]>([
    ['an endpoint still offers it', { inTraffic: new Set(['zone-1-uid']) }],
    ['the kubelet has not followed', { pods: draining().map((pod, index) => (index === 0 ? withReady(pod) : pod)) }],
  ])('does not begin while %s', (_, more) => {
    const { reasons, wakeAt } = decided(given(more), { watched: 6 });
    expect(reasons).toContain('zone-1 is leaving traffic');
    expect(wakeAt).toBe(NOW + 4_000);
    expect(linesOf(decided(given(more), { watched: 9 }))).toEqual([]);
  });

  test('begins after 10 s when nobody confirms that the pod is out, and says so', () => {
    const facts = new ObservedFacts();
    const snapshot = given({ inTraffic: new Set(['zone-1-uid']) });
    const at = (seconds: number) => {
      const decision = decide(snapshot, NOW + seconds * 1000, facts);
      facts.forgetOthers();
      return decision;
    };
    at(0);
    const [target] = at(10).actions.flatMap((action) => (action.kind === 'writeStatus' ? action.status.targets! : []));
    expect(target).toMatchObject({
      phase: 'Draining',
      message: 'not seen out of traffic after 10 s; its grace runs all the same',
    });
    expect(linesOf(at(14))).toEqual([]);
    expect(linesOf(at(15))).toEqual(['patch zone-1 to B game=game:B']);
  });

  test('another closing begins another one', () => {
    const facts = new ObservedFacts();
    decide(given(), NOW - 60_000, facts);
    facts.forgetOthers();
    const again = given({ pods: draining({ since: 1 }) });
    expect(linesOf(decide(again, NOW, facts))).toEqual([]);
  });
});

describe('what becomes of a pod out of traffic', () => {
  const recreate = { inPlaceUpdateStrategy: { gracePeriodSeconds: 5, fallback: 'Recreate' as const } };
  const creating = { ...statusOf('serving'), state: { waiting: { reason: 'ContainerCreating' } } };
  test.each<[what: string, more: SnapshotOptions, lines: string[]]>([
    ['it is patched', {}, ['patch zone-1 to B game=game:B']],
    ['it gets another plan', { pods: draining({ plan: { target: 'X', grace: 5 } }) }, ['close zone-1: 5 s, then B']],
    [
      'it stays with the partition',
      { workload: workloadOf(spec({ updateStrategy: { rollingUpdate: { partition: 2 } } })) },
      ['open zone-1 (UpdateCancelled)'],
    ],
    [
      'it is at the target already',
      { pods: draining({ revision: 'B', plan: { target: 'X', grace: 5 } }) },
      ['open zone-1 (UpdateCancelled)'],
    ],
    ['paused', { workload: workloadOf(spec({ updateStrategy: { paused: true } })) }, ['open zone-1 (UpdateCancelled)']],
    [
      'OnDelete',
      { workload: workloadOf(spec({ updateStrategy: { type: 'OnDelete' } })) },
      ['open zone-1 (UpdateCancelled)', 'child: OnDelete'],
    ],
    ['its hook does not agree any more', { hooks: refuses }, ['open zone-1 (UpdateCancelled)']],
    [
      'it leaves with a scale-in',
      { workload: workloadOf(spec({ replicas: 1 })) },
      ['close zone-0: 5 s, then B', 'child: replicas from 2 to 1'],
    ],
    ['its containers are being created', { pods: draining({ statuses: [creating] }) }, []],
    ['the child has not been observed', { child: childOf({ replicas: 2 }, { observedGeneration: 1 }) }, []],
    [
      'it is to be made anew',
      {
        workload: workloadOf(spec({ updateStrategy: { ...recreate, type: 'RollingUpdate' } })),
        child: childOf({ replicas: 2, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } }),
      },
      ['delete zone-1'],
    ],
  ])('%s', (_, more, lines) => expect(linesOf(decided(given(more), { watched: 20 }))).toEqual(lines));

  test('a gate that somebody else closed is opened', () => {
    const [pod, other] = draining() as [ReturnType<typeof podOf>, ReturnType<typeof podOf>];
    const conditions = pod.status!.conditions!.map((condition) =>
      condition.type === 'InPlaceUpdateReady' ? { ...condition, message: 'maintenance' } : condition,
    );
    const pods = [{ ...pod, status: { ...pod.status, conditions } }, other];
    expect(linesOf(decided(given({ pods }), { watched: 20 }))).toEqual(['open zone-1 (UpdateCancelled)']);
  });

  test('one that was patched before and is not proven goes back to what it was patched to, and stays closed', () => {
    const pod = podOf({ ordinal: 1, revision: 'A', stage: 'patched' });
    const conditions = pod.status!.conditions!.map((condition) =>
      condition.type === 'InPlaceUpdateReady'
        ? { ...condition, message: 'out of traffic for 5 s, then updated to B' }
        : condition,
    );
    const pods = [{ ...pod, status: { ...pod.status, conditions } }, podOf({ ordinal: 0 })];
    const workload = workloadOf(spec({ updateStrategy: { paused: true } }));
    expect(linesOf(decided(given({ pods, workload })))).toEqual(['close zone-1: 0 s, then A']);
  });
});

function withReady(pod: ReturnType<typeof podOf>): ReturnType<typeof podOf> {
  const conditions = pod.status!.conditions!.map((condition) =>
    condition.type === 'Ready' ? { ...condition, status: 'True' as const, lastTransitionTime: ago(60) } : condition,
  );
  return { ...pod, status: { ...pod.status, conditions } };
}
