import { expect, test } from '@jest/globals';
import { childOf, decided, podOf, snapshotOf, statusIn, workloadOf, type PodOptions } from '../fixtures.js';

/** A workload whose pods all have the target. */
const messageWith = (pods: readonly PodOptions[], spec = {}): string | undefined =>
  statusIn(
    decided(
      snapshotOf({
        workload: workloadOf(spec),
        child: childOf({ minReadySeconds: 0 }, { currentRevision: 'B' }),
        pods: pods.map((pod) => podOf({ revision: 'B', ...pod })),
      }),
    ),
  )?.message;

test.each<[what: string, pods: readonly PodOptions[], message: string]>([
  ['all serve', [{ ordinal: 2 }, { ordinal: 1 }, { ordinal: 0 }], '3 pods run B'],
  [
    'two do not',
    [{ ordinal: 2 }, { ordinal: 1, stage: 'unready' }, { ordinal: 0, stage: 'unready' }],
    '1 of 3 pods are available; zone-1 waits for container game to be ready, and 1 more',
  ],
  [
    'one is not scheduled',
    [{ ordinal: 2, stage: 'unready', node: null }, { ordinal: 1 }, { ordinal: 0 }],
    '2 of 3 pods are available; zone-2 waits for a node',
  ],
  [
    'one goes',
    [{ ordinal: 2 }, { ordinal: 1 }, { ordinal: 0, stage: 'leaving' }],
    '2 of 3 pods are available; zone-0 waits for its end',
  ],
  ['some are not there', [{ ordinal: 2 }], '1 of 3 pods are available; the others are being made'],
])('%s', (_, pods, message) => {
  expect(messageWith(pods)).toBe(message);
});

test('ready, and not for long enough', () => {
  const pods = [{ ordinal: 2, since: 4 }, { ordinal: 1 }, { ordinal: 0 }];
  expect(messageWith(pods, { minReadySeconds: 10 })).toBe(
    '2 of 3 pods are available; zone-2 waits for 12:00:06 UTC, when it has been ready for long enough',
  );
});
