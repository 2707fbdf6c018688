import { describe, expect, test } from '@jest/globals';
import type { GameStatefulSetSpec } from '../../../src/api/generated/types/game-stateful-set.js';
import type { StatefulSet } from '../../../src/api/native.js';
import { CLOSED } from '../../../src/rollout/game-stateful-set/child.js';
import type { HookGate, HookPurpose } from '../../../src/rollout/hook-gate.js';
import { UPDATE_STATE, updateStateText } from '../../../src/rollout/pod/update-state.js';
import { ago, childOf, decided, linesOf, podOf, snapshotOf, statusOf, workloadOf } from '../fixtures.js';
import type { PodOptions, SnapshotOptions, Stage } from '../fixtures.js';

type Pods = readonly (Stage | 'B' | 'missing')[];

/** The pods from ordinal 0 on: a stage at A, or `B` for one that serves at B. */
const podsOf = (pods: Pods) =>
  pods.flatMap((stage, ordinal) => {
    if (stage === 'missing') return [];
    const patched = ['patched', 'starting', 'waiting', 'verified'].includes(stage);
    const options: PodOptions =
      stage === 'B' ? { ordinal, revision: 'B' } : { ordinal, stage, ...(patched && { revision: 'B' }) };
    return [podOf(options)];
  });

const at = (replicas: number, partition = CLOSED): StatefulSet =>
  childOf({ replicas, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition } } });

interface Given {
  readonly pods: Pods;
  readonly max?: number;
  readonly partition?: number;
  readonly spec?: Partial<GameStatefulSetSpec>;
  readonly strategy?: NonNullable<GameStatefulSetSpec['updateStrategy']>;
  readonly child?: StatefulSet;
  readonly more?: SnapshotOptions;
}

function decisionOn({ pods, max = 1, partition = 0, spec = {}, strategy = {}, child, more = {} }: Given) {
  const replicas = pods.length;
  const workload = workloadOf({
    replicas,
    ...spec,
    updateStrategy: { ...strategy, rollingUpdate: { partition, maxUnavailable: max } },
  });
  return decided(snapshotOf({ workload, child: child ?? at(replicas), pods: podsOf(pods), ...more }));
}

const close = (...ordinals: number[]) => ordinals.map((ordinal) => `close zone-${ordinal}: 0 s, then B`);

describe('which pods are next, in place', () => {
  test.each<[what: string, given: Given, lines: string[]]>([
    ['the highest', { pods: ['serving', 'serving', 'serving'] }, close(2)],
    ['as many as may be unavailable', { pods: ['serving', 'serving', 'serving'], max: 2 }, close(2, 1)],
    ['all', { pods: ['serving', 'serving', 'serving'], max: 9 }, close(2, 1, 0)],
    ['none above the share', { pods: ['serving', 'serving', 'B'], partition: 2, max: 9 }, ['child: partition 2']],
    ['down to the partition', { pods: ['serving', 'serving', 'serving'], partition: 1, max: 9 }, close(2, 1)],
    [
      'one at a time, in order',
      { pods: ['serving', 'serving'], max: 2, spec: { podManagementPolicy: 'OrderedReady' } },
      close(1),
    ],
    ['broken ones first', { pods: ['crashing', 'serving', 'serving'] }, close(0)],
    ['broken ones beyond the budget of healthy ones', { pods: ['crashing', 'crashing', 'serving'] }, close(1)],
    ['broken ones as many at once as the budget', { pods: ['crashing', 'crashing', 'serving'], max: 2 }, close(1, 0)],
    ['not while one is patched', { pods: ['serving', 'serving', 'patched'] }, []],
    [
      'not while one drains',
      { pods: ['serving', 'serving', 'draining'], strategy: { inPlaceUpdateStrategy: { gracePeriodSeconds: 9 } } },
      [],
    ],
    [
      'beside one that drains',
      {
        pods: ['serving', 'serving', 'draining'],
        max: 2,
        strategy: { inPlaceUpdateStrategy: { gracePeriodSeconds: 9 } },
      },
      ['close zone-1: 9 s, then B'],
    ],
    [
      'a broken one waits for one that drains',
      {
        pods: ['crashing', 'serving', 'draining'],
        strategy: { inPlaceUpdateStrategy: { gracePeriodSeconds: 9 } },
      },
      [],
    ],
    ['not while one does not come up at the target', { pods: ['serving', 'serving', 'waiting'] }, []],
    ['not while one is missing', { pods: ['serving', 'serving', 'missing'] }, []],
    ['not while one is made', { pods: ['serving', 'newborn', 'serving'] }, [...close(1)]],
    ['verified ones are opened first', { pods: ['serving', 'serving', 'verified'] }, ['open zone-2 (UpdateVerified)']],
    ['none while paused', { pods: ['serving', 'serving'], strategy: { paused: true } }, []],
    [
      'new ones are opened while paused',
      { pods: ['serving', 'newborn'], strategy: { paused: true } },
      ['open zone-1 (PodStarted)'],
    ],
    [
      'patched ones are finished while paused',
      { pods: ['serving', 'verified'], strategy: { paused: true } },
      ['open zone-1 (UpdateVerified)'],
    ],
    ['none with OnDelete', { pods: ['serving'], strategy: { type: 'OnDelete' } }, ['child: OnDelete']],
  ])('%s', (_, given, lines) => expect(linesOf(decisionOn(given))).toEqual(lines));

  test('one that serves nobody has no grace', () => {
    const strategy = { inPlaceUpdateStrategy: { gracePeriodSeconds: 30 } };
    expect(linesOf(decisionOn({ pods: ['crashing', 'serving'], max: 2, strategy }))).toEqual([
      'close zone-0: 0 s, then B',
      'close zone-1: 30 s, then B',
    ]);
  });

  test('one that was updated before and serves has the whole grace', () => {
    const state = {
      revision: 'A',
      updateTimestamp: ago(600),
      containers: [{ name: 'game', imageID: '', containerIDs: ['c-x'] }],
    };
    const pods = [podOf({ ordinal: 0, annotations: { [UPDATE_STATE]: updateStateText(state) } })];
    const strategy = { inPlaceUpdateStrategy: { gracePeriodSeconds: 30 } };
    expect(linesOf(decisionOn({ pods: ['serving'], strategy, more: { pods } }))).toEqual([
      'close zone-0: 30 s, then B',
    ]);
  });

  test('one whose containers are being created is left alone', () => {
    const creating = { ...statusOf('crashing'), state: { waiting: { reason: 'ContainerCreating' } } };
    const pods = [podOf({ ordinal: 1, stage: 'unready', statuses: [creating] }), podOf({ ordinal: 0 })];
    const decision = decisionOn({ pods: ['serving', 'serving'], more: { pods } });
    expect(linesOf(decision)).toEqual([]);
    expect(decision.reasons).toContain('zone-1 waits: its containers are being created');
  });

  test('without a gate it is patched at once', () => {
    const pods = [podOf({ ordinal: 0, ungated: true })];
    const patch = { inPlaceUpdateStrategy: { ungatedPods: 'Patch' as const } };
    expect(linesOf(decisionOn({ pods: ['serving'], strategy: patch, more: { pods } }))).toEqual([
      'patch zone-0 to B game=game:B',
    ]);
  });

  test('says what holds the next one back', () => {
    expect(decisionOn({ pods: ['serving', 'serving', 'patched'] }).reasons[0]).toBe(
      'zone-1 waits: 1 on their way to the update, or unavailable after it, of at most 1',
    );
    expect(decisionOn({ pods: ['serving', 'missing', 'serving'] }).reasons[0]).toBe(
      'zone-2 waits: 1 unavailable of at most 1',
    );
  });
});

describe('hooks', () => {
  const holding = (...held: HookPurpose[]): HookGate => ({
    ask: (_, purpose) => (held.includes(purpose) ? { kind: 'waiting', why: 'players' } : { kind: 'agreed' }),
  });
  const pods: Pods = ['serving', 'serving', 'serving'];
  const rolling = { type: 'RollingUpdate' as const };

  test.each<[what: string, given: Given, lines: string[], reason: string]>([
    ['before an update', { pods, more: { hooks: holding('updateInPlace') } }, [], 'zone-2 is not updated yet: players'],
    [
      'after an update: the next pod waits',
      { pods: ['serving', 'serving', 'verified'], more: { hooks: holding('afterUpdate') } },
      ['open zone-2 (UpdateVerified)'],
      'zone-2 is updated, and holds the next pod: players',
    ],
    [
      'before a pod is made anew',
      { pods, strategy: rolling, more: { hooks: holding('delete') } },
      [],
      'zone-2 is not deleted yet: players',
    ],
  ])('%s', (_, given, lines, reason) => {
    const decision = decisionOn(given);
    expect(linesOf(decision)).toEqual(lines);
    expect(decision.reasons).toContain(reason);
  });

  test('no more are asked than may be unavailable', () => {
    const asked: string[] = [];
    const hooks: HookGate = {
      ask: ({ metadata }) => {
        asked.push(metadata.name!);
        return { kind: 'waiting', why: 'players' };
      },
    };
    decisionOn({ pods, max: 2, more: { hooks } });
    expect(asked).toEqual(['zone-2', 'zone-1']);
  });

  test('nobody is asked for a pod that serves nobody', () => {
    expect(linesOf(decisionOn({ pods: ['crashing'], more: { hooks: holding('updateInPlace') } }))).toEqual(close(0));
  });
});

describe('pods that are made anew', () => {
  const strategy = { type: 'RollingUpdate' as const };
  test.each<[what: string, given: Given, lines: string[]]>([
    ['the partition first', { pods: ['serving', 'serving', 'serving'], strategy }, ['child: partition 2']],
    ['then the pod', { pods: ['serving', 'serving', 'serving'], strategy, child: at(3, 2) }, ['delete zone-2']],
    ['in batches of the budget', { pods: ['serving', 'serving', 'serving'], strategy, max: 2 }, ['child: partition 1']],
    [
      'a batch is deleted at once',
      { pods: ['serving', 'serving', 'serving'], strategy, max: 2, child: at(3, 1) },
      ['delete zone-2', 'delete zone-1'],
    ],
    [
      'not the next while one is on its way',
      { pods: ['serving', 'serving', 'leaving'], strategy, child: at(3, 2) },
      [],
    ],
    ['not the next while one is missing', { pods: ['serving', 'serving', 'missing'], strategy, child: at(3, 2) }, []],
    [
      'the next when it serves',
      { pods: ['serving', 'serving', 'B'], strategy, child: at(3, 2) },
      ['child: partition 1'],
    ],
    [
      'not below one that is not seen and comes back old',
      { pods: ['serving', 'serving', 'missing'], strategy, max: 3 },
      [],
    ],
    [
      'a broken one beyond the budget',
      { pods: ['serving', 'crashing', 'B'], strategy, child: at(3, 2) },
      ['child: partition 1'],
    ],
    ['not past the partition', { pods: ['serving', 'serving', 'B'], strategy, partition: 2, child: at(3, 2) }, []],
    [
      'a partition below pods that stay is closed again',
      { pods: ['serving', 'serving', 'serving'], strategy: { ...strategy, paused: true }, child: at(3, 1) },
      [`child: partition ${CLOSED}`],
    ],
    [
      'the one that drains goes',
      { pods: ['serving', 'serving', 'draining'], strategy, child: at(3, 2) },
      ['delete zone-2'],
    ],
  ])('%s', (_, given, lines) => expect(linesOf(decisionOn(given))).toEqual(lines));

  test('a broken one below waits for its turn, and holds nobody back; one that is being created comes by itself', () => {
    const pods = (reason: string) => {
      const statuses = [{ ...statusOf('crashing'), state: { waiting: { reason } } }];
      return [podOf({ ordinal: 0, stage: 'unready', statuses }), podOf({ ordinal: 1 }), podOf({ ordinal: 2 })];
    };
    const lines = (reason: string) =>
      linesOf(decisionOn({ pods: ['unready', 'serving', 'serving'], strategy, more: { pods: pods(reason) } }));
    expect(lines('CrashLoopBackOff')).toEqual(['child: partition 2']);
    expect(lines('ContainerCreating')).toEqual([]);
  });

  test('the partition is closed when all have the target', () => {
    const child = childOf(
      { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } } },
      { currentRevision: 'B' },
    );
    expect(linesOf(decisionOn({ pods: ['B', 'B', 'B'], strategy, child }))).toEqual([`child: partition ${CLOSED}`]);
  });

  test('the partition follows updated pods down while others are held back', () => {
    expect(linesOf(decisionOn({ pods: ['serving', 'B', 'B'], partition: 1 }))).toEqual(['child: partition 1']);
    expect(linesOf(decisionOn({ pods: ['serving', 'B', 'B'], partition: 1, child: at(3, 1) }))).toEqual([]);
    expect(linesOf(decisionOn({ pods: ['serving', 'B', 'verified'], partition: 1 }))).toEqual([
      'open zone-2 (UpdateVerified)',
    ]);
  });

  test('new pods are made old while the partition holds them back', () => {
    const grown = (partition: number) =>
      decisionOn({ pods: ['serving', 'B', 'B'], partition, spec: { replicas: 4 }, child: at(3, 1) }).actions.flatMap(
        (action) => (action.kind === 'changeChild' ? [action.change] : []),
      );
    const strategyOf = (partition: number) => ({ type: 'RollingUpdate', rollingUpdate: { partition } });
    expect(grown(2)).toEqual([{ replicas: 4, updateStrategy: strategyOf(CLOSED) }]);
    expect(grown(1)).toEqual([{ replicas: 4 }]);
  });
});

test('the partition does not open above a pod that is not seen: the child would delete it if it has the old revision', () => {
  const of = (replicas: number): string[] => {
    const child = childOf({ replicas: 3 }, { replicas });
    return linesOf(decisionOn({ pods: ['serving', 'serving', 'missing'], partition: 2, spec: { replicas: 2 }, child }));
  };
  expect(of(3)).toEqual([]);
  expect(of(2)).toEqual(['child: replicas from 3 to 2, partition 2']);
});
