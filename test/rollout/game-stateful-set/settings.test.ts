import { describe, expect, test } from '@jest/globals';
import type { GameStatefulSetSpec } from '../../../src/api/generated/types/game-stateful-set.js';
import { settingsOf, type Settings } from '../../../src/rollout/game-stateful-set/settings.js';
import { workloadOf } from '../fixtures.js';

const bare = { selector: {}, serviceName: 'zone', template: {} };
const read = (spec: Partial<GameStatefulSetSpec>): Settings =>
  settingsOf({ ...workloadOf(), spec: { ...bare, ...spec } });

test('the defaults of the kind', () => {
  expect(read({})).toEqual({
    replicas: 1,
    start: 0,
    type: 'RollingUpdate',
    partition: 0,
    maxUnavailable: 1,
    grace: 0,
    paused: false,
    gated: false,
    mayRecreate: true,
    patchUngated: false,
    ordered: true,
    minReady: 0,
    prerequisites: [],
  });
});

describe('what a spec says', () => {
  test.each<[what: string, spec: Partial<GameStatefulSetSpec>, settings: Partial<Settings>]>([
    [
      'an ordered set goes one by one',
      { replicas: 8, updateStrategy: { rollingUpdate: { maxUnavailable: 4 } } },
      { maxUnavailable: 1 },
    ],
    ['25 % of a parallel one', { replicas: 8, podManagementPolicy: 'Parallel' }, { maxUnavailable: 2, ordered: false }],
    [
      'percentages of the replicas',
      {
        replicas: 5,
        podManagementPolicy: 'Parallel',
        updateStrategy: { rollingUpdate: { partition: '50%', maxUnavailable: '50%' } },
      },
      { partition: 3, maxUnavailable: 2 },
    ],
    [
      'a partition above the replicas holds ordinals that may come',
      { replicas: 2, updateStrategy: { rollingUpdate: { partition: 7 } } },
      { partition: 7 },
    ],
    [
      'OnDelete knows no partition',
      { replicas: 5, updateStrategy: { type: 'OnDelete', rollingUpdate: { partition: 3 } } },
      { partition: 0 },
    ],
    [
      'in place has the gate, and recreates nothing',
      { updateStrategy: { type: 'InplaceUpdate' } },
      { gated: true, mayRecreate: false, patchUngated: false },
    ],
    [
      'in place without the gate',
      { disableReadinessGate: true, updateStrategy: { type: 'InplaceUpdate' } },
      { gated: false, mayRecreate: false, patchUngated: true },
    ],
    [
      'in place with a way out',
      {
        updateStrategy: {
          type: 'InplaceUpdate',
          inPlaceUpdateStrategy: { fallback: 'Recreate', ungatedPods: 'Patch', gracePeriodSeconds: 30 },
        },
      },
      { mayRecreate: true, patchUngated: true, grace: 30 },
    ],
    [
      'the rest',
      {
        ordinals: { start: 4 },
        minReadySeconds: 9,
        progressDeadlineSeconds: 60,
        prerequisites: [{ kind: 'Job', name: 'migrate' }],
        updateStrategy: { paused: true },
      },
      { start: 4, minReady: 9, progressDeadline: 60, prerequisites: ['migrate'], paused: true },
    ],
  ])('%s', (_, spec, settings) => {
    expect(read(spec)).toMatchObject(settings);
  });
});
