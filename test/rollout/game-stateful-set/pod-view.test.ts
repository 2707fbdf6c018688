import { describe, expect, test } from '@jest/globals';
import type { Pod } from '../../../src/api/pod.js';
import { REVISION_LABEL } from '../../../src/api/native.js';
import { viewOf, type PodView } from '../../../src/rollout/game-stateful-set/pod-view.js';
import { ObservedFacts } from '../../../src/rollout/observations.js';
import { closedGate } from '../../../src/rollout/pod/gate.js';
import { UPDATE_STATE } from '../../../src/rollout/pod/update-state.js';
import { ago, NOW, podOf, statusOf, type PodOptions } from '../fixtures.js';

const view = (pod: Pod, { start = 0, minReady = 0 } = {}): PodView =>
  viewOf(pod, { start, minReady }, new ObservedFacts(), NOW)!;
const viewed = (options: Omit<PodOptions, 'ordinal'>, settings = {}) =>
  view(podOf({ ordinal: 7, ...options }), settings);

describe('stages', () => {
  test.each<[what: string, options: Omit<PodOptions, 'ordinal'>, stage: string]>([
    ['open', { stage: 'serving' }, 'serving'],
    ['open, and broken', { stage: 'crashing' }, 'serving'],
    ['never opened', { stage: 'newborn' }, 'newborn'],
    ['closed before the patch', { stage: 'draining' }, 'draining'],
    ['patched', { stage: 'patched', revision: 'B' }, 'verifying'],
    ['patched, and its image cannot be pulled', { stage: 'waiting', revision: 'B' }, 'verifying'],
    ['patched and proven', { stage: 'verified', revision: 'B' }, 'verified'],
    ['on its way out', { stage: 'leaving' }, 'leaving'],
    ['failed', { stage: 'failed' }, 'leaving'],
    ['without the gate', { ungated: true }, 'serving'],
    ['without the gate, patched', { ungated: true, stage: 'patched', revision: 'B' }, 'verifying'],
    ['without the gate, and the kubelet has acted', { ungated: true, stage: 'starting', revision: 'B' }, 'serving'],
    ['without the gate, and proven', { ungated: true, stage: 'verified', revision: 'B' }, 'serving'],
  ])('%s', (_, options, stage) => {
    expect(viewed(options).stage.kind).toBe(stage);
  });

  const closedFor = (pod: Pod, target: string, since: number): Pod => {
    const others = pod.status!.conditions!.filter(({ type }) => type !== 'InPlaceUpdateReady');
    return { ...pod, status: { ...pod.status, conditions: [...others, closedGate({ target, grace: 5 }, ago(since))] } };
  };

  test('another plan for a pod whose last patch is not proven', () => {
    const pod = closedFor(podOf({ ordinal: 0, stage: 'starting', revision: 'B', since: 60 }), 'C', 65);
    expect(view(pod).stage).toMatchObject({ kind: 'draining', unproven: true, plan: { target: 'C' } });
  });

  test('a plan for a pod that was in traffic after its last patch', () => {
    const pod = closedFor(podOf({ ordinal: 0, stage: 'starting', revision: 'B', since: 60 }), 'C', 10);
    expect(view(pod).stage).toMatchObject({ kind: 'draining', unproven: false });
  });

  test('a gate that a foreigner opens does not make the update done', () => {
    const pod = podOf({ ordinal: 0, stage: 'patched', revision: 'B' });
    const conditions = pod.status!.conditions!.map((one) =>
      one.type === 'InPlaceUpdateReady' ? { ...one, status: 'True' as const } : one,
    );
    expect(view({ ...pod, status: { ...pod.status, conditions } }).stage.kind).toBe('verifying');
  });

  test('a gate that a foreigner closes is no drain of ours', () => {
    const pod = podOf({ ordinal: 0 });
    const conditions = [{ type: 'InPlaceUpdateReady', status: 'False' as const, lastTransitionTime: ago(3) }];
    expect(view({ ...pod, status: { ...pod.status, conditions } }).stage).toEqual({
      kind: 'draining',
      since: ago(3),
      unproven: false,
    });
  });

  test('a patched pod whose state is damaged proves itself by standing', () => {
    const pod = podOf({ ordinal: 0, stage: 'verified', revision: 'B', annotations: { [UPDATE_STATE]: '{' } });
    const { stage } = view(pod);
    expect(stage.kind).toBe('verifying');
    expect(stage.kind === 'verifying' && stage.completion.why).toContain('must stand for');
  });
});

describe('revisions', () => {
  const labelled = (pod: Pod, revision: string): Pod => ({
    ...pod,
    metadata: { ...pod.metadata, labels: { [REVISION_LABEL]: revision } },
  });
  test.each<[what: string, pod: Pod, revision: string | undefined, base: string | undefined]>([
    ['as it was made', podOf({ ordinal: 0 }), 'A', 'A'],
    ['as it was patched', podOf({ ordinal: 0, stage: 'verified', revision: 'B' }), 'B', 'B'],
    [
      'a label that somebody changed',
      labelled(podOf({ ordinal: 0, stage: 'verified', revision: 'B' }), 'C'),
      undefined,
      'B',
    ],
    ['a damaged state', podOf({ ordinal: 0, annotations: { [UPDATE_STATE]: '{' } }), undefined, 'A'],
  ])('%s', (_, pod, revision, base) => {
    expect(view(pod)).toMatchObject({ revision, base });
  });
});

describe('available', () => {
  test.each<
    [
      what: string,
      options: Omit<PodOptions, 'ordinal'>,
      minReady: number,
      available: boolean,
      inSeconds: number | undefined,
    ]
  >([
    ['ready and open', {}, 0, true, undefined],
    ['ready long enough', { since: 10 }, 10, true, undefined],
    ['ready, not long enough', { since: 4 }, 10, false, 6],
    ['not ready', { stage: 'unready' }, 0, false, undefined],
    ['out of traffic', { stage: 'draining' }, 0, false, undefined],
    ['on its way out', { stage: 'leaving' }, 0, false, undefined],
    [
      'without the gate, patched: ready means nothing',
      { ungated: true, stage: 'patched', revision: 'B' },
      0,
      false,
      undefined,
    ],
  ])('%s', (_, options, minReady, available, inSeconds) => {
    const { availableAt, ...found } = viewed(options, { minReady });
    expect(found.available).toBe(available);
    expect(availableAt).toBe(inSeconds === undefined ? undefined : NOW + inSeconds * 1000);
  });
});

describe('empty', () => {
  const log = { ...statusOf('serving'), name: 'log' };
  const withLog = (stage: 'waiting' | 'starting' | 'crashing') => [statusOf(stage), log];
  test.each<[what: string, options: Omit<PodOptions, 'ordinal'>, empty: boolean]>([
    ['it serves', {}, false],
    ['it is not ready, and runs', { stage: 'unready' }, false],
    ['it crashes', { stage: 'crashing' }, true],
    ['it crashes, and another container runs', { stage: 'crashing', statuses: withLog('crashing') }, false],
    ['it is new', { stage: 'newborn' }, true],
    ['it has no container yet', { stage: 'unready', statuses: [] }, true],
    ['it drains', { stage: 'draining', statuses: [statusOf('serving')] }, false],
    ['it drains, and has ended', { stage: 'draining', statuses: [statusOf('crashing')] }, true],
    ['it starts after our patch', { stage: 'starting', revision: 'B' }, true],
    ['it waits after our patch', { stage: 'waiting', revision: 'B' }, true],
    [
      'it waits after our patch, and a container that we left alone runs',
      { stage: 'waiting', revision: 'B', statuses: withLog('waiting') },
      false,
    ],
    ['the kubelet has not acted', { stage: 'patched', revision: 'B' }, false],
  ])('%s', (_, options, empty) => {
    expect(viewed(options).empty).toBe(empty);
  });
});

test('indexes count from the first ordinal of the child', () => {
  expect(viewed({}, { start: 4 })).toMatchObject({ ordinal: 7, index: 3, name: 'zone-7' });
});

test('what has no ordinal is no pod of ours', () => {
  const pod = podOf({ ordinal: 0 });
  expect(
    viewOf(
      { ...pod, metadata: { ...pod.metadata, name: 'zone' } },
      { start: 0, minReady: 0 },
      new ObservedFacts(),
      NOW,
    ),
  ).toBeUndefined();
});
