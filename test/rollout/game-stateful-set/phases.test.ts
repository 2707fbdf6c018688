import { describe, expect, test } from '@jest/globals';
import type { GameStatefulSetSpec } from '../../../src/api/generated/types/game-stateful-set.js';
import type { StatefulSet } from '../../../src/api/native.js';
import type { HookGate } from '../../../src/rollout/hook-gate.js';
import { decide } from '../../../src/rollout/game-stateful-set/decide.js';
import { ObservedFacts } from '../../../src/rollout/observations.js';
import {
  ago,
  beforeChild,
  childOf,
  decided,
  gated,
  jobOf,
  NOW,
  podOf,
  revisionOf,
  snapshotOf,
  statusIn,
  templateOf,
  workloadOf,
} from '../fixtures.js';
import type { PodOptions, SnapshotOptions } from '../fixtures.js';

const B = (ordinal: number, more: Partial<PodOptions> = {}): PodOptions => ({ ordinal, revision: 'B', ...more });
const atRest = (): StatefulSet => childOf({}, { currentRevision: 'B' });

interface Given extends Omit<SnapshotOptions, 'pods'> {
  readonly spec?: Partial<GameStatefulSetSpec>;
  readonly pods?: readonly PodOptions[];
}

const snapshot = ({ spec = {}, pods = [B(0), B(1), B(2)], ...more }: Given = {}) =>
  snapshotOf({ workload: workloadOf(spec), child: atRest(), pods: pods.map(podOf), ...more });
const statusOf = (given?: Given, watched = 0) => statusIn(decided(snapshot(given), { watched }))!;

describe('the phase', () => {
  test.each<[what: string, given: Given, watched: number, phase: string, message: string]>([
    ['all is done', {}, 0, 'Healthy', '3 pods run B'],
    [
      'as many as may',
      {
        spec: { updateStrategy: { rollingUpdate: { partition: 2 } } },
        child: childOf({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } }),
        pods: [{ ordinal: 0 }, { ordinal: 1 }, B(2)],
      },
      0,
      'Healthy',
      '1 of 3 pods run B; partition 2 holds the others',
    ],
    [
      'all is done, but an edit of the child would still delete pods',
      { child: childOf({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } } }) },
      0,
      'Progressing',
      '3 of 3 pods are available; the partition of the StatefulSet closes when its controller calls their revision current',
    ],
    [
      'of OnDelete there is no partition',
      {
        spec: { updateStrategy: { type: 'OnDelete' } },
        child: childOf({ updateStrategy: { type: 'OnDelete' } }, { currentRevision: 'B' }),
      },
      0,
      'Healthy',
      '3 pods run B',
    ],
    [
      'one does not serve',
      { pods: [B(0), B(1), B(2, { stage: 'unready' })] },
      0,
      'Progressing',
      '2 of 3 pods are available',
    ],
    ['one is missing', { pods: [B(0), B(1)] }, 0, 'Progressing', '2 of 3 pods are available'],
    [
      'one is too many',
      { pods: [B(0), B(1), B(2), B(3, { stage: 'leaving' })] },
      0,
      'Progressing',
      '3 of 3 pods are available',
    ],
    [
      'paused with something to do',
      { spec: { updateStrategy: { paused: true } }, child: childOf(), pods: [{ ordinal: 0 }, B(1), B(2)] },
      0,
      'Paused',
      'paused: updateStrategy.paused is true',
    ],
    ['paused with nothing to do', { spec: { updateStrategy: { paused: true } } }, 0, 'Healthy', '3 pods run B'],
    [
      'no progress',
      { spec: { progressDeadlineSeconds: 60 }, pods: [B(0), B(1), B(2, { stage: 'unready' })] },
      60,
      'Degraded',
      'no progress in 60 s',
    ],
    [
      'the kubelet does not act',
      { pods: [B(0), B(1), B(2, { stage: 'patched', since: 95 })] },
      0,
      'Degraded',
      'zone-2 is being verified: the kubelet did not act on the patch in 90 s: container game is still the one from before the patch',
    ],
  ])('%s', (_, given, watched, phase, message) => {
    const status = statusOf(given, watched);
    expect(status.phase).toBe(phase);
    expect(status.message).toContain(message);
  });

  test('no more sentences than one reads', () => {
    const pods = [0, 1, 2, 3, 4].map((ordinal) => B(ordinal, { stage: 'patched', since: 1 }));
    const { message } = statusOf({
      spec: { replicas: 5, updateStrategy: { rollingUpdate: { maxUnavailable: 5 } } },
      pods,
    });
    expect(message!.split('; ')).toHaveLength(4);
    expect(message).toMatch(/; and 2 more$/);
  });
});

describe('the deadline', () => {
  const spec = { progressDeadlineSeconds: 60 };
  const unready = [B(0), B(1), B(2, { stage: 'unready' as const })];

  test('is looked at when it is over', () => {
    expect(decided(snapshot({ spec, pods: unready }), { watched: 20 }).wakeAt).toBe(NOW + 40_000);
  });

  test('begins anew with whatever changes', () => {
    const facts = new ObservedFacts();
    decide(snapshot({ spec, pods: unready }), NOW - 59_000, facts);
    facts.forgetOthers();
    const next = [B(0), B(1, { stage: 'unready' as const }), B(2)];
    expect(decide(snapshot({ spec, pods: next }), NOW, facts).wakeAt).toBe(NOW + 60_000);
  });

  test.each<[what: string, more: Partial<GameStatefulSetSpec>]>([
    ['nobody has set one', { updateStrategy: {} }],
    ['a person pauses', { ...spec, updateStrategy: { paused: true } }],
    ['a person deletes the pods', { ...spec, updateStrategy: { type: 'OnDelete' } }],
  ])('there is none when %s', (_, more) => {
    expect(statusOf({ spec: more, pods: unready }, 100_000).phase).not.toBe('Degraded');
  });
});

describe('the numbers', () => {
  const pods = [
    { ordinal: 0 },
    B(1),
    B(2, { stage: 'verified' }),
    B(3, { stage: 'patched', since: 1 }),
    { ordinal: 4, stage: 'draining' as const },
    { ordinal: 5, stage: 'crashing' as const },
    B(6, { stage: 'leaving' }),
  ];

  test('pods that really run the update', () => {
    const child = childOf({ replicas: 7 });
    expect(statusOf({ spec: { replicas: 7 }, child, pods })).toMatchObject({
      observedGeneration: 1,
      replicas: 7,
      readyReplicas: 2,
      currentReplicas: 3,
      updatedReplicas: 2,
      updatedReadyReplicas: 1,
      currentRevision: 'A',
      updateRevision: 'B',
      labelSelector: 'app=zone',
    });
  });

  test('the stable revision moves when all have another', () => {
    expect(statusOf().stableRevision).toBe('B');
    const status = { stableRevision: 'A' };
    const workload = workloadOf({}, { status });
    const half = snapshotOf({ workload, pods: [podOf({ ordinal: 0 }), podOf(B(1)), podOf(B(2))] });
    expect(statusIn(decided(half))!.stableRevision).toBe('A');
  });

  test('the oldest revision that a pod carries is the current one', () => {
    const revisions = [revisionOf('B', 2), revisionOf('A', 3), revisionOf('X', 1)];
    expect(statusOf({ child: childOf(), pods: [{ ordinal: 0 }, B(1)], revisions }).currentRevision).toBe('B');
  });
});

describe('conditions', () => {
  const conditions = (given: Given, watched = 0) =>
    Object.fromEntries(
      statusOf(given, watched).conditions!.map(({ type, status, reason, message }) => [
        type,
        `${status} ${reason}: ${message}`,
      ]),
    );

  test('at rest', () => {
    expect(conditions({})).toEqual({
      Available: 'True PodsAvailable: 3 of 3 pods are available',
      Progressing: 'True Complete: ',
    });
  });

  test.each<[what: string, given: Given, expected: object]>([
    ['one pod may be away', { pods: [B(0), B(1)] }, { Available: 'True PodsAvailable: 2 of 3 pods are available' }],
    ['two may not', { pods: [B(0)] }, { Available: 'False PodsAvailable: 1 of 3 pods are available' }],
    ['an update', { child: childOf(), pods: [{ ordinal: 0 }, B(1), B(2)] }, { Progressing: 'True Updating: ' }],
    [
      'a pause',
      { spec: { updateStrategy: { paused: true } }, child: childOf(), pods: [{ ordinal: 0 }] },
      { Paused: 'True SpecPaused: updateStrategy.paused is true', Progressing: 'False Paused: ' },
    ],
    [
      'what only new pods can have',
      {
        child: childOf({ template: gated(templateOf('A')) }, { updateRevision: 'A' }),
        spec: { template: templateOf('B', { args: ['x'] }) },
        pods: [{ ordinal: 0 }],
      },
      { InPlaceNotPossible: expect.stringMatching(/^True OnlyNewPods: .*args/) },
    ],
  ])('%s', (_, given, expected) => expect(conditions(given)).toMatchObject(expected));

  test('a hook that has not agreed is named, and how many more', () => {
    const hooks: HookGate = { ask: () => ({ kind: 'waiting', why: 'players' }) };
    const pods = [{ ordinal: 0 }, { ordinal: 1 }, { ordinal: 2 }];
    const spec = { updateStrategy: { rollingUpdate: { maxUnavailable: 2 } } };
    expect(conditions({ child: childOf(), pods, hooks, spec }).HookBlocked).toBe(
      'True HookNotAgreed: zone-2, and 1 more: players',
    );
  });

  test('its time is when it last changed', () => {
    const before = {
      type: 'Available' as const,
      status: 'True' as const,
      reason: '',
      message: '',
      lastTransitionTime: ago(500),
    };
    const workload = workloadOf(
      {},
      { status: { conditions: [before, { ...before, type: 'Progressing', status: 'False' }] } },
    );
    const status = statusIn(
      decided(snapshotOf({ workload, child: atRest(), pods: [podOf(B(0)), podOf(B(1)), podOf(B(2))] })),
    )!;
    expect(status.conditions!.map(({ lastTransitionTime }) => lastTransitionTime)).toEqual([ago(500), ago(0)]);
  });

  test('a failed prerequisite', () => {
    const workload = workloadOf({ prerequisites: [{ kind: 'Job', name: 'migrate' }] });
    const given = beforeChild({ workload, jobs: new Map([['migrate', jobOf('migrate', 'Failed')]]) });
    expect(statusIn(decided(given))).toMatchObject({
      phase: 'Degraded',
      message: expect.stringContaining('Job migrate failed'),
    });
    const waits = beforeChild({ workload });
    expect(statusIn(decided(waits))).toMatchObject({
      phase: 'Progressing',
      message: expect.stringContaining('Job migrate'),
    });
  });
});

describe('pods on which something is being done', () => {
  const hooks: HookGate = { ask: () => ({ kind: 'waiting', why: 'players' }) };
  const target = { action: 'Update', revision: 'B', podName: 'zone-2', uid: 'zone-2-uid' };

  test.each<[what: string, pod: PodOptions, more: Given, expected: object | undefined]>([
    ['none', B(2), {}, undefined],
    [
      'out of traffic',
      { ordinal: 2, stage: 'draining', plan: { target: 'B', grace: 30 } },
      {},
      { ...target, phase: 'Draining', since: ago(60), until: ago(-30), message: 'out of traffic' },
    ],
    [
      'leaving traffic',
      { ordinal: 2, stage: 'draining', plan: { target: 'B', grace: 30 } },
      { inTraffic: new Set(['zone-2-uid']) },
      { ...target, phase: 'Draining', since: ago(60), message: 'waits for the kubelet to take it out of traffic' },
    ],
    [
      'patched',
      B(2, { stage: 'patched', since: 3 }),
      {},
      { ...target, phase: 'Patched', since: ago(3), message: 'container game is still the one from before the patch' },
    ],
    [
      'verified',
      B(2, { stage: 'starting', since: 3 }),
      {},
      { ...target, phase: 'Verifying', since: ago(3), message: 'container game is not ready' },
    ],
    ['held by a hook', { ordinal: 2 }, { hooks }, { ...target, phase: 'HookPending', message: 'players' }],
    [
      'held by a hook before its deletion',
      { ordinal: 2 },
      { hooks, spec: { updateStrategy: { type: 'RollingUpdate' } } },
      { ...target, action: 'Delete', phase: 'HookPending', message: 'players' },
    ],
  ])('%s', (_, pod, more, expected) => {
    const { targets } = statusOf({ child: childOf(), ...more, pods: [B(0), B(1), pod] });
    expect(targets).toEqual(expected ? [expected] : []);
  });
});

describe('what is written', () => {
  test('nothing when nothing has changed, whatever the time', () => {
    const first = snapshot();
    const workload = { ...first.workload, status: statusIn(decided(first))! };
    expect(decide({ ...first, workload }, NOW + 3_600_000, new ObservedFacts()).actions).toEqual([]);
  });

  test('nothing about a workload that is being deleted', () => {
    const { workload } = snapshot();
    const leaving = { ...workload, metadata: { ...workload.metadata, deletionTimestamp: ago(1) } };
    expect(decided(snapshotOf({ workload: leaving }))).toEqual({ actions: [], reasons: ['it is being deleted'] });
  });

  test('a child that is being deleted is left to go', () => {
    const child = atRest();
    const leaving = { ...child, metadata: { ...child.metadata, deletionTimestamp: ago(1) } };
    const { actions, reasons } = decided(
      snapshot({ child: leaving, pods: [{ ordinal: 0, stage: 'newborn' }, { ordinal: 1 }] }),
    );
    expect(actions.map(({ kind }) => kind)).toEqual(['openGate', 'writeStatus']);
    expect(reasons).toEqual(['StatefulSet zone is being deleted: another one is created when it is gone']);
  });
});
