import type { Condition } from '../../src/api/generated/types/status.js';
import { occurrencesOf } from '../../src/controller/events.js';
import type { ActionOutcome } from '../../src/controller/game-stateful-set/executor.js';
import type { Action } from '../../src/rollout/game-stateful-set/action.js';

const at = { name: 'game-1', uid: 'p1', resourceVersion: '7' };
const child = { metadata: { name: 'game' }, spec: { selector: {}, template: {} } };
const plan = { target: 'game-2', grace: 30 };
const change = { images: {}, sidecars: {}, initImages: {}, labels: {}, annotations: {} };
const state = { revision: 'game-2', updateTimestamp: '2030-01-01T00:00:00Z', containers: [] };
const why = 'because';
const done: ActionOutcome = { kind: 'done' };
const failed: ActionOutcome = { kind: 'failed', error: new Error('no') };

const heard = (action: Action, outcome: ActionOutcome, conditions: readonly Condition[] = []): string[] =>
  occurrencesOf(
    { key: 'ns/game', namespace: 'ns', name: 'game', uid: 'u', status: { conditions: [...conditions] } },
    action,
    outcome,
  ).map(
    ({ type = 'Normal', reason, note, regarding }) =>
      `${type} ${reason} of ${regarding.kind} ${regarding.metadata.namespace}/${regarding.metadata.name}: ${note}`,
  );

test.each<[string, Action, string[], string[]]>([
  [
    'createChild',
    { kind: 'createChild', child, why },
    ['Normal SuccessfulCreate of GameStatefulSet ns/game: because'],
    ['Warning FailedCreate of GameStatefulSet ns/game: because: no'],
  ],
  [
    'changeChild',
    { kind: 'changeChild', child: at, change: {}, why },
    ['Normal SuccessfulUpdate of GameStatefulSet ns/game: because'],
    ['Warning FailedUpdate of GameStatefulSet ns/game: because: no'],
  ],
  [
    'updatePod',
    { kind: 'updatePod', pod: at, change, state, why },
    ['Normal SuccessfulUpdatePodInPlace of GameStatefulSet ns/game: because'],
    ['Warning FailedUpdatePodInPlace of GameStatefulSet ns/game: because: no'],
  ],
  [
    'deletePod',
    { kind: 'deletePod', pod: at, why },
    ['Normal SuccessfulDelete of GameStatefulSet ns/game: because'],
    ['Warning FailedDelete of GameStatefulSet ns/game: because: no'],
  ],
  [
    'closeGate',
    { kind: 'closeGate', pod: at, plan, why },
    ['Normal UpdatePlanned of Pod ns/game-1: out of traffic for 30 s, then updated to game-2'],
    [],
  ],
  [
    'openGate after an update',
    { kind: 'openGate', pod: at, reason: 'UpdateVerified', why },
    ['Normal UpdateVerified of Pod ns/game-1: because'],
    [],
  ],
  ['openGate of a new pod', { kind: 'openGate', pod: at, reason: 'PodStarted', why }, [], []],
  ['resolveTemplate', { kind: 'resolveTemplate', child, generation: 1, why }, [], []],
])('%s', (_, action, whenDone, whenFailed) => {
  expect(heard(action, done)).toEqual(whenDone);
  expect(heard(action, failed)).toEqual(whenFailed);
  expect(heard(action, { kind: 'outdated', error: new Error('conflict') })).toEqual([]);
});

describe('conditions', () => {
  const condition = (type: string, holds: boolean, reason: string, message = ''): Condition => ({
    type,
    status: holds ? 'True' : 'False',
    reason,
    message,
  });
  const after = (before: readonly Condition[], now: readonly Condition[]): string[] =>
    heard({ kind: 'writeStatus', workload: at, status: { conditions: [...now] }, why }, done, before).map((line) =>
      line.replace(' of GameStatefulSet ns/game', ''),
    );
  const updating = condition('Progressing', true, 'Updating');
  const complete = condition('Progressing', true, 'Complete');
  const late = condition('Progressing', false, 'ProgressDeadlineExceeded', 'no progress in 60 s');
  const impossible = condition('InPlaceNotPossible', true, 'InPlaceNotPossible', 'spec.containers[0].env');

  test('the first status is no news, unless it is bad', () => {
    expect(after([], [updating, condition('Available', true, 'PodsAvailable')])).toEqual([]);
    expect(after([], [impossible])).toEqual([
      'Warning InPlaceNotPossible: InPlaceNotPossible is True: spec.containers[0].env',
    ]);
  });

  test('pods that are not available yet are no news; that they are not any more is', () => {
    const [missing, there] = [false, true].map((holds) => condition('Available', holds, 'PodsAvailable', '1 of 3'));
    expect(after([], [missing!])).toEqual([]);
    expect(after([missing!], [there!])).toEqual(['Normal PodsAvailable: Available is True: 1 of 3']);
    expect(after([there!], [missing!])).toEqual(['Warning PodsUnavailable: Available is False: 1 of 3']);
  });

  test('what changes is told once', () => {
    expect(after([updating], [complete])).toEqual(['Normal Complete: Progressing is True']);
    expect(after([complete], [complete])).toEqual([]);
    expect(after([complete], [late])).toEqual([
      'Warning ProgressDeadlineExceeded: Progressing is False: no progress in 60 s',
    ]);
    expect(after([late], [late])).toEqual([]);
  });

  test('a pause is nothing bad', () => {
    const paused = condition('Paused', true, 'SpecPaused', 'updateStrategy.paused is true');
    expect(after([updating], [paused])).toEqual(['Normal SpecPaused: Paused is True: updateStrategy.paused is true']);
  });

  test('a status that could not be written tells nothing', () => {
    const action: Action = { kind: 'writeStatus', workload: at, status: { conditions: [impossible] }, why };
    expect(heard(action, failed)).toEqual([]);
  });
});
