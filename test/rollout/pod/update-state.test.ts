import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ContainerStatus, Pod } from '../../../src/api/pod.js';
import {
  containersBefore,
  unknownState,
  UPDATE_STATE,
  updateStateOf,
  updateStateText,
  type UpdateState,
} from '../../../src/rollout/pod/update-state.js';
import { ago, podOf } from '../fixtures.js';

const carrying = (text: string): Pod => podOf({ ordinal: 0, annotations: { [UPDATE_STATE]: text } });

const state: UpdateState = {
  revision: 'zone-2',
  updateTimestamp: '2026-11-22T12:00:00Z',
  containers: [{ name: 'game', imageID: 'game@sha256:0a', containerIDs: ['c-1', 'c-2'] }],
};

test('what is written is read', () => {
  expect(updateStateOf(carrying(updateStateText(state)))).toEqual({ kind: 'state', state });
});

test('any state is read as it was written', () => {
  const text = fc.string({ minLength: 1 });
  const containers = fc.uniqueArray(
    fc.record({
      name: text.filter((name) => name !== '__proto__'),
      imageID: fc.string(),
      containerIDs: fc.array(text),
    }),
    { selector: ({ name }) => name },
  );
  const integers = /^\d+$/;
  fc.assert(
    fc.property(text, containers, (revision, some) => {
      // Keys that are numbers come first in an object, whatever their order was.
      fc.pre(some.every(({ name }) => !integers.test(name)));
      const written = { ...state, revision, containers: some };
      expect(updateStateOf(carrying(updateStateText(written)))).toEqual({ kind: 'state', state: written });
    }),
  );
});

test("the seed system's own state is read", () => {
  const text =
    '{"revision":"zone-2","updateTimestamp":"2021-07-05T08:00:00Z","lastContainerStatuses":{"game":{"imageID":"a"}}}';
  const containers = [{ name: 'game', imageID: 'a', containerIDs: [] }];
  expect(updateStateOf(carrying(text))).toEqual({
    kind: 'state',
    state: { revision: 'zone-2', updateTimestamp: '2021-07-05T08:00:00Z', containers },
  });
});

describe('what nothing can be concluded from', () => {
  test.each<[text: string, why: string]>([
    ['', 'it is not JSON'],
    ['{', 'it is not JSON'],
    ['null', 'it is not a JSON object'],
    ['[]', 'it is not a JSON object'],
    ['{}', 'it names no revision'],
    ['{"revision":""}', 'it names no revision'],
    ['{"revision":"a"}', 'its updateTimestamp is not a time'],
    ['{"revision":"a","updateTimestamp":"soon"}', 'its updateTimestamp is not a time'],
    [
      '{"revision":"a","updateTimestamp":"2026-11-22T12:00:00Z","lastContainerStatuses":[]}',
      'its lastContainerStatuses is not an object',
    ],
  ])('%s', (text, why) => {
    expect(updateStateOf(carrying(text))).toEqual({ kind: 'unreadable', why });
  });

  test('no state is none', () => {
    expect(updateStateOf(podOf({ ordinal: 0 }))).toEqual({ kind: 'none' });
  });

  test('parts that are damaged are empty', () => {
    const text =
      '{"revision":"a","updateTimestamp":"2026-11-22T12:00:00Z","lastContainerStatuses":{"game":7,"log":{"imageID":1,"containerIDs":["x",2]}}}';
    const found = updateStateOf(carrying(text));
    expect(found.kind === 'state' && found.state.containers).toEqual([
      { name: 'game', imageID: '', containerIDs: [] },
      { name: 'log', imageID: '', containerIDs: ['x'] },
    ]);
  });
});

describe('what ran before a patch', () => {
  const running: ContainerStatus = {
    name: 'game',
    image: 'x',
    imageID: 'i-1',
    containerID: 'c-1',
    restartCount: 0,
    ready: true,
    state: { running: {} },
  };
  const with_ = (status: Partial<ContainerStatus>, earlier?: UpdateState): Pod =>
    podOf({
      ordinal: 0,
      statuses: [{ ...running, ...status }],
      ...(earlier && { annotations: { [UPDATE_STATE]: updateStateText(earlier) } }),
    });

  test.each<[what: string, pod: Pod, imageID: string, containerIDs: string[]]>([
    ['a running one', with_({}), 'i-1', ['c-1']],
    [
      'with the one before it',
      with_({ lastState: { terminated: { exitCode: 1, containerID: 'c-0' } } }),
      'i-1',
      ['c-1', 'c-0'],
    ],
    [
      'one that waits: what comes next may be anything',
      with_({ state: { waiting: { reason: 'ErrImagePull' } } }),
      '',
      ['c-1'],
    ],
    ['one that has ended', with_({ state: { terminated: { exitCode: 1, containerID: 'c-1' } } }), '', ['c-1']],
    ['none yet', with_({ containerID: '', imageID: '', state: { waiting: {} } }), '', []],
    [
      'with those of the patch before',
      with_({}, { ...state, containers: [{ name: 'game', imageID: 'i-0', containerIDs: ['c-a', 'c-1'] }] }),
      'i-1',
      ['c-a', 'c-1'],
    ],
    [
      'with those of another container',
      with_({}, { ...state, containers: [{ name: 'log', imageID: 'i-0', containerIDs: ['c-a'] }] }),
      'i-1',
      ['c-1'],
    ],
  ])('%s', (_, pod, imageID, containerIDs) => {
    expect(containersBefore(pod, ['game'])).toEqual([{ name: 'game', imageID, containerIDs }]);
  });

  test('the newest eight are remembered', () => {
    const many = Array.from({ length: 12 }, (_, index) => `c-${index + 10}`);
    const [before] = containersBefore(
      with_({}, { ...state, containers: [{ name: 'game', imageID: '', containerIDs: many }] }),
      ['game'],
    );
    expect(before?.containerIDs).toEqual([...many.slice(5), 'c-1']);
  });

  test('native sidecars are found as well; a container without a status has nothing', () => {
    const pod = podOf({ ordinal: 0 });
    const sidecar = { ...running, name: 'proxy', containerID: 'p-1' };
    expect(
      containersBefore({ ...pod, status: { ...pod.status, initContainerStatuses: [sidecar] } }, ['proxy', 'other']),
    ).toEqual([
      { name: 'proxy', imageID: 'i-1', containerIDs: ['p-1'] },
      { name: 'other', imageID: '', containerIDs: [] },
    ]);
  });
});

test('of a pod whose own account is lost nothing is known', () => {
  expect(unknownState(podOf({ ordinal: 0 }), 'B', ago(5))).toEqual({
    revision: 'B',
    updateTimestamp: ago(5),
    containers: [{ name: 'game', imageID: '', containerIDs: [] }],
  });
});
