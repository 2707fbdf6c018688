import { describe, expect, test } from '@jest/globals';
import type { PodChange } from '../../../src/rollout/diff.js';
import { updatePod } from '../../../src/rollout/game-stateful-set/patch.js';
import { ago, podOf, roundOf, snapshotOf, statusOf } from '../fixtures.js';
import type { PodOptions } from '../fixtures.js';

const NOTHING: PodChange = { images: {}, sidecars: {}, initImages: {}, labels: {}, annotations: {} };

function patched(options: Partial<PodOptions>, change: Partial<PodChange>) {
  const round = roundOf(snapshotOf({ pods: [podOf({ ordinal: 0, ...options })] }));
  updatePod(round, round.pods[0]!, { ...NOTHING, ...change }, 'B');
  const [action] = round.draft.actions;
  if (action?.kind !== 'updatePod') throw new Error('no patch');
  return action;
}

test('one patch says what is changed, to what, and what ran before', () => {
  const change = { images: { game: 'game:B' }, labels: { tier: null }, annotations: { release: '2' } };
  expect(patched({}, change)).toEqual({
    kind: 'updatePod',
    pod: { name: 'zone-0', uid: 'zone-0-uid', resourceVersion: '100' },
    change: { ...NOTHING, ...change },
    state: {
      revision: 'B',
      updateTimestamp: ago(0),
      containers: [{ name: 'game', imageID: 'game@sha256:0a', containerIDs: ['c-0'] }],
    },
    why: 'zone-0 becomes B',
  });
});

describe('init containers', () => {
  const change = { initImages: { setup: 'setup:2' } };

  test('a pod that has started has no use for them', () => {
    expect(patched({}, change).change.initImages).toEqual({});
  });

  test('one that has not may start with the new one', () => {
    const pod = podOf({ ordinal: 0 });
    const conditions = pod.status!.conditions!.filter(({ type }) => type !== 'Initialized');
    const round = roundOf(snapshotOf({ pods: [{ ...pod, status: { ...pod.status, conditions } }] }));
    updatePod(round, round.pods[0]!, { ...NOTHING, ...change }, 'B');
    expect(round.draft.actions[0]).toMatchObject({ change: { initImages: { setup: 'setup:2' } } });
  });
});

describe('what is to be proven', () => {
  test('nothing, where no image changes', () => {
    expect(patched({}, { labels: { team: 'blue' } }).state.containers).toEqual([]);
  });

  test('what an earlier patch left unproven', () => {
    const { state } = patched({ stage: 'patched' }, { labels: { team: 'blue' } });
    expect(state.containers).toEqual([{ name: 'game', imageID: 'game@sha256:0a', containerIDs: ['c-old'] }]);
  });

  test('a container that changes again, once, with all that ran before', () => {
    const { state } = patched(
      { stage: 'waiting', statuses: [{ ...statusOf('waiting'), containerID: 'c-1' }] },
      {
        images: { game: 'game:B' },
      },
    );
    expect(state.containers).toEqual([{ name: 'game', imageID: '', containerIDs: ['c-old', 'c-1'] }]);
  });

  test('sidecars as well', () => {
    expect(patched({}, { sidecars: { proxy: 'proxy:2' } }).state.containers.map(({ name }) => name)).toEqual(['proxy']);
  });
});
