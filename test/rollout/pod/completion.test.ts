import { describe, expect, test } from '@jest/globals';
import type { ContainerState, ContainerStatus, Pod } from '../../../src/api/pod.js';
import { ObservedFacts } from '../../../src/rollout/observations.js';
import { completionOf, isBeingCreated, unprovenContainers } from '../../../src/rollout/pod/completion.js';
import type { ContainerBefore, UpdateState } from '../../../src/rollout/pod/update-state.js';
import { ago, NOW, podOf } from '../fixtures.js';

const running: ContainerState = { running: { startedAt: ago(9) } };
const before: ContainerBefore = { name: 'game', imageID: 'old', containerIDs: ['c-1', 'c-2'] };
const good: ContainerStatus = {
  name: 'game',
  image: 'reg/game:B',
  imageID: 'new',
  containerID: 'c-3',
  restartCount: 1,
  ready: true,
  started: true,
  state: running,
};

interface Case {
  readonly status?: Partial<ContainerStatus> | 'none';
  readonly before?: Partial<ContainerBefore>;
  readonly image?: string;
  /** Seconds since the patch, and since this process first saw the container. */
  readonly patched?: number;
  readonly seen?: number;
  readonly pod?: (pod: Pod) => Pod;
}

function told({ status = {}, image = 'game:B', patched = 10, seen = 0, pod = (same) => same, ...rest }: Case): string {
  const statuses = status === 'none' ? [] : [{ ...good, ...status }];
  const made = pod(podOf({ ordinal: 0, containers: [{ name: 'game', image }], statuses }));
  const state: UpdateState = {
    revision: 'B',
    updateTimestamp: ago(patched),
    containers: [{ ...before, ...rest.before }],
  };
  const facts = new ObservedFacts();
  if (seen > 0) {
    completionOf(made, state, facts, NOW - seen * 1000);
    facts.forgetOthers();
  }
  const completion = completionOf(made, state, facts, NOW);
  if (completion.kind !== 'pending')
    return [completion.kind, ...('why' in completion ? [completion.why] : [])].join(': ');
  const at = completion.at === undefined ? '' : `, look again in ${(completion.at - NOW) / 1000} s`;
  return `${completion.acted ? 'acted' : 'not acted'}: ${completion.why}${at}`;
}

describe('done, or not', () => {
  test.each<[what: string, given: Case, told: string]>([
    ['a new container of another image, running and ready', {}, 'complete'],
    [
      'the old container, running and ready',
      { status: { containerID: 'c-2', imageID: 'old' } },
      'not acted: container game is still the one from before the patch, look again in 80 s',
    ],
    [
      'one from before the last patch',
      { status: { containerID: 'c-1' } },
      'not acted: container game is still the one from before the patch, look again in 80 s',
    ],
    [
      'no container yet',
      { status: { containerID: '' } },
      'not acted: container game is still the one from before the patch, look again in 80 s',
    ],
    ['no status', { status: 'none' }, 'not acted: container game has no status yet, look again in 80 s'],
    [
      'no node',
      { status: 'none', pod: (pod) => ({ ...pod, spec: { containers: pod.spec.containers } }) },
      'acted: it is not scheduled yet',
    ],
    [
      'an image that cannot be pulled',
      { status: { containerID: 'c-2', state: { waiting: { reason: 'ErrImagePull', message: 'not found\nat all' } } } },
      'acted: container game waits (ErrImagePull: not found)',
    ],
    [
      'a crash loop',
      { status: { state: { waiting: { reason: 'CrashLoopBackOff' } } } },
      'acted: container game waits (CrashLoopBackOff)',
    ],
    [
      'a wait without a reason',
      { status: { state: { waiting: {} } } },
      'acted: container game waits (no reason given)',
    ],
    [
      'about to be created',
      { status: { state: { waiting: { reason: 'ContainerCreating' } } } },
      'not acted: container game waits (ContainerCreating)',
    ],
    [
      'behind an init container',
      { status: { containerID: '', state: { waiting: { reason: 'PodInitializing' } } } },
      'acted: container game waits (PodInitializing)',
    ],
    [
      'a new one that has ended',
      { status: { state: { terminated: { exitCode: 1 } } } },
      'acted: container game has ended again',
    ],
    [
      'a new one in its startup probe',
      { status: { started: false, ready: false } },
      'acted: container game has not passed its startup probe',
    ],
    ['a new one that is not ready', { status: { ready: false } }, 'acted: container game is not ready'],
  ])('%s', (_, given, expected) => {
    expect(told(given)).toBe(expected);
  });
});

describe('an image that tells nothing', () => {
  const wait = (seconds: number, left: number) =>
    `acted: container game cannot be told from another by its image and must stand for ${seconds} s, look again in ${left} s`;
  test.each<[what: string, given: Case, told: string]>([
    ['the same image, seen just now', { status: { imageID: 'old' } }, wait(5, 5)],
    ['the same image, seen for 3 s', { status: { imageID: 'old' }, seen: 3 }, wait(5, 2)],
    ['the same image, seen for 5 s', { status: { imageID: 'old' }, seen: 5 }, 'complete'],
    ['nothing known of before, the name as asked for', { before: { imageID: '' } }, wait(5, 5)],
    ['nothing known of before, the name as asked for, seen for 5 s', { before: { imageID: '' }, seen: 5 }, 'complete'],
    [
      'nothing known of before, another name',
      { before: { imageID: '' }, status: { image: 'reg/game:A' }, seen: 20 },
      wait(60, 40),
    ],
    [
      'nothing known of before, another name, seen for a minute',
      { before: { imageID: '' }, status: { image: 'reg/game:A' }, seen: 60 },
      'complete',
    ],
    ['a name that only ends like it', { before: { imageID: '' }, status: { image: 'reg/newgame:B' } }, wait(60, 60)],
    [
      'the same image, and it is the pinned one',
      {
        image: 'game:B@sha256:0b',
        status: { imageID: 'reg/game@sha256:0b' },
        before: { imageID: 'reg/game@sha256:0b' },
      },
      'complete',
    ],
    [
      'the same image, and another one is pinned',
      { image: 'game:B@sha256:0b', status: { imageID: 'old' } },
      wait(5, 5),
    ],
    [
      'another image than the pinned one, but a new one',
      { image: 'game:B@sha256:0b', status: { imageID: 'new' } },
      'complete',
    ],
  ])('%s', (_, given, expected) => {
    expect(told(given)).toBe(expected);
  });
});

describe('a kubelet that does not act', () => {
  const old: Case['status'] = { containerID: 'c-2' };
  test.each<[what: string, given: Case, told: string]>([
    [
      'shortly before',
      { status: old, patched: 89 },
      'not acted: container game is still the one from before the patch, look again in 1 s',
    ],
    [
      'after the termination grace and a minute',
      { status: old, patched: 90 },
      'overdue: the kubelet did not act on the patch in 90 s: container game is still the one from before the patch',
    ],
    [
      'with a longer grace',
      {
        status: old,
        patched: 179,
        pod: (pod) => ({ ...pod, spec: { ...pod.spec, terminationGracePeriodSeconds: 120 } }),
      },
      'not acted: container game is still the one from before the patch, look again in 1 s',
    ],
    [
      'it waits for a pull, which is an act',
      { status: { state: { waiting: { reason: 'ErrImagePull' } } }, patched: 900 },
      'acted: container game waits (ErrImagePull)',
    ],
    [
      'it creates a container, which may take its time',
      { status: { state: { waiting: { reason: 'ContainerCreating' } } }, patched: 900 },
      'not acted: container game waits (ContainerCreating)',
    ],
  ])('%s', (_, given, expected) => {
    expect(told(given)).toBe(expected);
  });
});

describe('the generation that the kubelet has seen', () => {
  const generations =
    (generation: number, observedGeneration: number | undefined) =>
    (pod: Pod): Pod => ({
      ...pod,
      metadata: { ...pod.metadata, generation },
      status: { ...pod.status, ...(observedGeneration !== undefined && { observedGeneration }) },
    });
  test.each<[what: string, given: Case, told: string]>([
    ['behind', { pod: generations(3, 2) }, 'acted: the kubelet has seen generation 2 of 3'],
    ['there', { pod: generations(3, 3) }, 'complete'],
    ['not told', { pod: generations(3, undefined) }, 'complete'],
    [
      'there, and the container is the old one: it proves nothing',
      { pod: generations(3, 3), status: { containerID: 'c-1' } },
      'not acted: container game is still the one from before the patch, look again in 80 s',
    ],
  ])('%s', (_, given, expected) => {
    expect(told(given)).toBe(expected);
  });
});

describe('several containers', () => {
  const state: UpdateState = {
    revision: 'B',
    updateTimestamp: ago(10),
    containers: [before, { ...before, name: 'log' }],
  };
  const pod = (game: Partial<ContainerStatus>, log: Partial<ContainerStatus>) =>
    podOf({
      ordinal: 0,
      statuses: [
        { ...good, ...game },
        { ...good, name: 'log', ...log },
      ],
    });
  const facts = () => new ObservedFacts();

  test('all have to be proven', () => {
    expect(completionOf(pod({}, {}), state, facts(), NOW)).toEqual({ kind: 'complete' });
    expect(completionOf(pod({}, { ready: false }), state, facts(), NOW)).toMatchObject({
      kind: 'pending',
      acted: true,
    });
  });

  test('one that the kubelet has not touched counts more than one that waits', () => {
    const waits = { state: { waiting: { reason: 'ErrImagePull' } } };
    expect(completionOf(pod(waits, { containerID: 'c-1' }), state, facts(), NOW)).toMatchObject({
      acted: false,
      why: 'container log is still the one from before the patch',
    });
  });

  test('those in doubt are named', () => {
    expect(unprovenContainers(pod({}, { ready: false }), state, facts(), NOW)).toEqual([{ ...before, name: 'log' }]);
    expect(unprovenContainers(pod({}, {}), state, facts(), NOW)).toEqual([]);
  });

  test('a patch of labels alone is done at once', () => {
    expect(completionOf(pod({ containerID: 'c-1' }, {}), { ...state, containers: [] }, facts(), NOW)).toEqual({
      kind: 'complete',
    });
  });
});

describe('a container about to be created', () => {
  const waiting = (reason: string): ContainerStatus => ({
    ...good,
    containerID: '',
    ready: false,
    state: { waiting: { reason } },
  });
  test.each<[what: string, pod: Pod, created: boolean]>([
    ['no node: nobody is about to', podOf({ ordinal: 0, node: null, statuses: [] }), false],
    ['a node, and no word of it', podOf({ ordinal: 0, statuses: [] }), true],
    ['creating', podOf({ ordinal: 0, statuses: [waiting('ContainerCreating')] }), true],
    ['one of two', podOf({ ordinal: 0, statuses: [good, waiting('ContainerCreating')] }), true],
    ['init containers first', podOf({ ordinal: 0, statuses: [waiting('PodInitializing')] }), false],
    ['it has failed', podOf({ ordinal: 0, statuses: [waiting('ErrImagePull')] }), false],
    ['it runs', podOf({ ordinal: 0 }), false],
  ])('%s', (_, pod, created) => {
    expect(isBeingCreated(pod)).toBe(created);
  });
});
