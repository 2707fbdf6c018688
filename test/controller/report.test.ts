import type { GameStatefulSet, GameStatefulSetStatus } from '../../src/api/generated/types/game-stateful-set.js';
import type { Pod } from '../../src/api/pod.js';
import { reportOf } from '../../src/controller/report/report.js';
import { coloured, plain, reportLines, summaryLine } from '../../src/controller/report/text.js';
import { gameStatefulSet } from './workloads.js';

const now = Date.UTC(2030, 0, 1, 12);

function workload(
  status: GameStatefulSetStatus,
  spec: Partial<GameStatefulSet['spec']> = {},
  generation = 4,
): GameStatefulSet {
  const { metadata, ...rest } = gameStatefulSet('game', { replicas: 5, ordinals: { start: 1 }, ...spec });
  return { ...rest, metadata: { ...metadata, uid: 'w', generation }, status };
}

interface Life {
  readonly revision?: string;
  readonly gate?: 'True' | 'False';
  readonly message?: string;
  readonly ready?: boolean;
  readonly since?: string;
  readonly state?: object;
  readonly leaving?: boolean;
}

function pod(ordinal: number, life: Life = {}): Pod {
  const { revision = 'game-old', gate, message, ready = true, since = '2030-01-01T10:00:00Z', state, leaving } = life;
  return {
    metadata: {
      namespace: 'default',
      name: `game-${ordinal}`,
      uid: `p${ordinal}`,
      resourceVersion: '1',
      labels: { 'controller-revision-hash': revision },
      ...(state && { annotations: { 'inplace-update-state': JSON.stringify(state) } }),
      ...(leaving && { deletionTimestamp: since }),
    },
    spec: {
      containers: [{ name: 'game', image: 'game:v1' }],
      readinessGates: [{ conditionType: 'InPlaceUpdateReady' }],
    },
    status: {
      phase: 'Running',
      conditions: [
        { type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: since },
        ...(gate
          ? [{ type: 'InPlaceUpdateReady', status: gate, lastTransitionTime: since, ...(message && { message }) }]
          : []),
      ],
    },
  };
}

const plan = 'out of traffic for 30 s, then updated to game-new';
const status: GameStatefulSetStatus = {
  observedGeneration: 4,
  phase: 'Progressing',
  message:
    'game-5 is out of traffic until 12:00:20 UTC, then it is updated to game-new; game-3 waits: 2 pods unavailable of at most 2',
  readyReplicas: 3,
  updatedReplicas: 1,
  updateRevision: 'game-new',
  currentRevision: 'game-old',
  conditions: [
    { type: 'Available', status: 'True', message: 'x' },
    { type: 'Paused', status: 'False' },
    { type: 'Unsupported', status: 'True', message: 'spec.reserveOrders' },
  ],
  targets: [
    {
      podName: 'game-5',
      uid: 'p5',
      revision: 'game-new',
      phase: 'Draining',
      until: '2030-01-01T12:00:20Z',
      message: 'out of traffic',
    },
    { podName: 'game-3', uid: 'of an earlier pod', message: 'never shown' },
  ],
};

const pods = [
  pod(5, { gate: 'False', message: plan, ready: false }),
  pod(4, { gate: 'True', revision: 'game-new', since: '2030-01-01T11:59:58Z' }),
  pod(3, { gate: 'True' }),
  pod(2),
];

test('a block for people: what it does, then pod by pod, in the words of the status', () => {
  const report = reportOf(workload(status, { minReadySeconds: 10 }), pods, now);
  expect(reportLines(report)).toEqual([
    'GameStatefulSet default/game: Progressing',
    `  ${status.message}`,
    '  5 wanted, 3 ready, 1 run game-new',
    '  Unsupported: spec.reserveOrders',
    '',
    '  POD     REVISION  STAGE     READY  GATE    WAITS FOR',
    '  game-5  game-old  draining  no     closed  out of traffic, until 12:00:20 UTC',
    '  game-4  game-new  serving   yes    open    10 s of being ready, before it counts as available, until 12:00:08 UTC',
    '  game-3  game-old  serving   yes    open    game-3 waits: 2 pods unavailable of at most 2',
    '  game-2  game-old  newborn   yes    closed  the controller to open its gate',
    '  game-1  ?         missing   no     none    the StatefulSet to create it',
  ]);
});

test('the same for programs', () => {
  const report = reportOf(workload(status), pods, now);
  expect(report).toMatchObject({
    phase: 'Progressing',
    replicas: { wanted: 5, ready: 3, updated: 1 },
    revisions: { current: 'game-old', update: 'game-new' },
  });
  expect(report.pods[0]).toEqual({
    ordinal: 5,
    name: 'game-5',
    revision: 'game-old',
    stage: 'draining',
    ready: false,
    gate: 'closed',
    waitsFor: 'out of traffic',
    until: '2030-01-01T12:00:20Z',
  });
  expect(report.pods[1]).not.toHaveProperty('waitsFor');
});

const state = { revision: 'game-new', updateTimestamp: '2030-01-01T11:59:00Z', lastContainerStatuses: { game: {} } };

test.each<[string, Pod, string | undefined]>([
  ['its turn', pod(4, { gate: 'True' }), 'its turn'],
  ['the partition', pod(2, { gate: 'True' }), 'a partition below 2'],
  ['its containers', pod(4, { gate: 'True', revision: 'game-new', ready: false }), 'a node'],
  ['its own end', pod(4, { leaving: true }), 'its end; then another one takes its place'],
  ['to leave', pod(7, { gate: 'True' }), 'its turn to leave'],
  ['proof', pod(4, { gate: 'False', revision: 'game-new', message: plan, state }), 'it is not scheduled yet'],
  ['nothing', pod(4, { gate: 'True', revision: 'game-new' }), undefined],
])('a pod that waits for %s', (_, one, waitsFor) => {
  const quiet = { ...status, message: '', targets: [] };
  const partitioned = workload(quiet, { updateStrategy: { type: 'InplaceUpdate', rollingUpdate: { partition: 2 } } });
  const found = reportOf(partitioned, [one], now).pods.find(({ name }) => name === one.metadata.name)!;
  expect(found.waitsFor).toBe(waitsFor);
});

test('a status of another generation, or none, claims nothing', () => {
  const stale = { ...status, observedGeneration: 3, phase: 'Healthy' } as const;
  expect(summaryLine(reportOf(workload(stale), [], now))).toBe(
    'GameStatefulSet default/game: Unseen: the controller has seen generation 3 of 4: is it running?',
  );
  expect(reportOf(workload({}), [], now)).toMatchObject({
    phase: 'Unseen',
    message: expect.stringContaining('0 of 4'),
  });
});

test('colours only where they are asked for', () => {
  const report = reportOf(workload({ ...status, phase: 'Degraded' }), pods, now);
  expect(reportLines(report, plain).join('')).not.toContain('\u001b');
  expect(reportLines(report, coloured)[0]).toBe('GameStatefulSet default/game: \u001b[31mDegraded\u001b[0m');
  // eslint-disable-next-line no-control-regex
  const without = (line: string): string => line.replaceAll(/\u001b\[\d+m/g, '');
  expect(reportLines(report, coloured).map(without)).toEqual(reportLines(report, plain));
});
