import { describe, expect, test } from '@jest/globals';
import type { GameStatefulSetSpec } from '../../../src/api/generated/types/game-stateful-set.js';
import type { StatefulSet, StatefulSetSpec, StatefulSetStatus } from '../../../src/api/native.js';
import type { HookGate } from '../../../src/rollout/hook-gate.js';
import { childOf, decided, gated, linesOf, podOf, snapshotOf, templateOf, workloadOf } from '../fixtures.js';
import type { PodOptions } from '../fixtures.js';

/** All pods run B, and so does the child. */
const atRest = (spec: Partial<StatefulSetSpec> = {}, status: Partial<StatefulSetStatus> = {}): StatefulSet =>
  childOf(spec, { currentRevision: 'B', ...status });

interface Case {
  readonly spec: Partial<GameStatefulSetSpec>;
  readonly child?: StatefulSet;
  readonly pods: readonly (Omit<PodOptions, 'ordinal'> & { readonly ordinal: number })[];
  readonly hooks?: HookGate;
}

const B = (...ordinals: number[]): PodOptions[] => ordinals.map((ordinal) => ({ ordinal, revision: 'B' }));

function change({ spec, child = atRest(), pods, hooks }: Case) {
  const workload = workloadOf(spec);
  const decision = decided(snapshotOf({ workload, child, pods: pods.map(podOf), ...(hooks && { hooks }) }));
  const [found] = decision.actions.flatMap((action) => (action.kind === 'changeChild' ? [action.change] : []));
  const { replicas, ordinals } = found ?? {};
  return { ...(replicas !== undefined && { replicas }), ...(ordinals && { ordinals }), reasons: decision.reasons };
}

const stays = { reasons: expect.anything() };
const ordered = { podManagementPolicy: 'OrderedReady' as const };
const agreesFor = (...names: string[]): HookGate => ({
  ask: ({ metadata: { name } }, purpose) =>
    purpose === 'delete' && !names.includes(name!) ? { kind: 'waiting', why: 'players' } : { kind: 'agreed' },
});

describe('growing', () => {
  test.each<[what: string, given: Case, replicas: number | undefined]>([
    ['at once', { spec: { replicas: 7 }, pods: B(0, 1, 2) }, 7],
    ['although none serves', { spec: { replicas: 7 }, pods: [{ ordinal: 0, stage: 'unready' }] }, 7],
    ['in order', { spec: { ...ordered, replicas: 7 }, pods: B(0, 1, 2) }, 4],
    [
      'in order, when those before serve',
      { spec: { ...ordered, replicas: 7 }, pods: [...B(0, 2), { ordinal: 1, revision: 'B', stage: 'unready' }] },
      undefined,
    ],
    ['in order, when none is missing', { spec: { ...ordered, replicas: 7 }, pods: B(0, 2) }, undefined],
    ['from none', { spec: { ...ordered, replicas: 2 }, child: atRest({ replicas: 0 }), pods: [] }, 1],
    ['not at all', { spec: { replicas: 3 }, pods: B(0, 1, 2) }, undefined],
  ])('%s', (_, given, replicas) => {
    expect(change(given)).toEqual({ ...stays, ...(replicas !== undefined && { replicas }) });
  });
});

describe('shrinking', () => {
  test.each<[what: string, given: Case, replicas: number | undefined]>([
    ['at once', { spec: { replicas: 1 }, pods: B(0, 1, 2) }, 1],
    ['to none', { spec: { replicas: 0 }, pods: B(0, 1, 2) }, 0],
    ['one by one in order', { spec: { ...ordered, replicas: 0 }, pods: B(0, 1, 2) }, 2],
    [
      'in order, when the one before is gone',
      { spec: { ...ordered, replicas: 0 }, pods: [...B(0, 1, 2), { ordinal: 3, stage: 'leaving' }] },
      undefined,
    ],
    ['as far as hooks agree', { spec: { replicas: 0 }, pods: B(0, 1, 2), hooks: agreesFor('zone-2', 'zone-1') }, 1],
    ['not past one that must stay', { spec: { replicas: 0 }, pods: B(0, 1, 2), hooks: agreesFor('zone-1') }, undefined],
    [
      'nobody asks for one that serves nobody',
      { spec: { replicas: 2 }, pods: [...B(0, 1), { ordinal: 2, stage: 'crashing' }], hooks: agreesFor() },
      2,
    ],
    ['a missing one has nobody to ask', { spec: { replicas: 2 }, pods: B(0, 1), hooks: agreesFor() }, 2],
    [
      'one that is not seen yet may have players',
      { spec: { replicas: 2 }, child: atRest({}, { replicas: 3 }), pods: B(0, 1) },
      undefined,
    ],
    [
      'the child has not said yet how many there are',
      { spec: { replicas: 2 }, child: atRest({}, { observedGeneration: 1 }), pods: B(0, 1) },
      undefined,
    ],
    ['one that stays may be unseen', { spec: { replicas: 2 }, child: atRest({}, { replicas: 3 }), pods: B(0, 2) }, 2],
  ])('%s', (_, given, replicas) => {
    expect(change(given)).toEqual({ ...stays, ...(replicas !== undefined && { replicas }) });
  });
});

describe('other ordinals', () => {
  const from = (start: number, replicas = 3): Partial<GameStatefulSetSpec> => ({ replicas, ordinals: { start } });

  test.each<[what: string, given: Case, found: { replicas: number; start: number } | undefined]>([
    ['up', { spec: from(1), pods: B(0, 1, 2) }, { replicas: 3, start: 1 }],
    ['up, with another number', { spec: from(1, 5), pods: B(0, 1, 2) }, { replicas: 5, start: 1 }],
    ['when those that leave may', { spec: from(2), pods: B(0, 1, 2), hooks: agreesFor('zone-0') }, undefined],
    [
      'whoever stays is not asked',
      { spec: from(1), pods: B(0, 1, 2), hooks: agreesFor('zone-0') },
      { replicas: 3, start: 1 },
    ],
    ['not with one unseen', { spec: from(1), child: atRest({}, { replicas: 3 }), pods: B(1, 2) }, undefined],
    [
      'not in the middle of an update',
      { spec: from(1), child: childOf(), pods: [...B(1, 2), { ordinal: 0, revision: 'A' }] },
      undefined,
    ],
  ])('%s', (_, given, found) => {
    expect(change(given)).toEqual({
      ...stays,
      ...(found && { replicas: found.replicas, ordinals: { start: found.start } }),
    });
  });

  test('hooks of all that leave are asked at once', () => {
    const asked: string[] = [];
    const hooks: HookGate = {
      ask: ({ metadata }) => {
        asked.push(metadata.name!);
        return { kind: 'waiting', why: 'players' };
      },
    };
    change({ spec: from(7), pods: B(0, 1, 2), hooks });
    expect(asked.sort()).toEqual(['zone-0', 'zone-1', 'zone-2']);
  });
});

test('replicas and template are not changed by one write', () => {
  const child = childOf({ template: gated(templateOf('A')) });
  const pods = [0, 1, 2].map((ordinal) => podOf({ ordinal }));
  expect(linesOf(decided(snapshotOf({ workload: workloadOf({ replicas: 5 }), child, pods })))).toEqual([
    'child: generation 1 has another template',
  ]);
});
