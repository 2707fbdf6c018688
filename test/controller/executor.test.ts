import type { Action, At, ChildChange } from '../../src/rollout/game-stateful-set/action.js';
import { Executor, type Acting, type ActionOutcome } from '../../src/controller/game-stateful-set/executor.js';
import { Memory } from '../../src/controller/game-stateful-set/memory.js';
import type { GamePod } from '../../src/controller/game-stateful-set/objects.js';
import { OwnWrites } from '../../src/controller/game-stateful-set/own-writes.js';
import { requestOf } from '../../src/controller/game-stateful-set/request.js';
import { gameStatefulSets } from '../../src/controller/resources.js';
import type { KubeErrorKind } from '../../src/kube/error.js';
import type { KubeObject, Stored } from '../../src/kube/objects.js';
import { pods } from '../../src/kube/resource.js';
import { WritableStore } from '../../src/kube/store.js';
import { failure } from '../kube/fake-api.js';
import { VirtualClock } from '../kube/virtual-clock.js';
import { FakeCluster } from './fake-cluster.js';

const acting: Acting = { key: 'ns/game', namespace: 'ns', name: 'game', uid: 'u', status: {} };
const at = ({ metadata: { name, uid, resourceVersion } }: Stored): At => ({ name, uid, resourceVersion });
const open = (pod: At): Action => ({ kind: 'openGate', pod, reason: 'PodStarted', why: 'it is new' });

function world(parallel?: number) {
  const clock = new VirtualClock();
  const api = new FakeCluster(clock);
  const memory = new Memory(clock);
  const store = new WritableStore();
  store.replace(new Map(), '1');
  const ownWrites = new OwnWrites(clock, () => store);
  const told: [string, ActionOutcome['kind'], number][] = [];
  const executor = new Executor({
    ...{ api, clock, memory, ownWrites },
    ...(parallel !== undefined && { parallel }),
    onAction: (_, { kind }, outcome, took) => void told.push([kind, outcome.kind, took]),
  });
  const { signal } = new AbortController();
  const run = (actions: readonly Action[]) => executor.run(acting, actions, signal);
  const pod = (name: string): Stored =>
    api.put(pods, { metadata: { namespace: 'ns', name }, spec: { containers: [] } } as KubeObject);
  const workload = (): Stored => api.put(gameStatefulSets, { metadata: { namespace: 'ns', name: 'game' } });
  return { clock, api, memory, ownWrites, executor, run, pod, workload, told };
}

describe('requests', () => {
  const pod: At = { name: 'game-1', uid: 'p1', resourceVersion: '7' };
  const now = Date.UTC(2030, 0, 1, 12);

  test('a gate is one condition in the status, of exactly this version of this pod', () => {
    expect(requestOf(open(pod), 'ns', now)).toEqual({
      kind: 'patch',
      resource: pods,
      name: { namespace: 'ns', name: 'game-1' },
      uid: 'p1',
      subresource: 'status',
      patch: {
        type: 'strategic',
        body: {
          metadata: { uid: 'p1', resourceVersion: '7' },
          status: {
            conditions: [
              {
                type: 'InPlaceUpdateReady',
                status: 'True',
                reason: 'PodStarted',
                message: '',
                lastTransitionTime: '2030-01-01T12:00:00Z',
              },
            ],
          },
        },
      },
    });
  });

  test('a gate that closed before keeps its time when its plan changes', () => {
    const plan = { target: 'game-2', grace: 30 };
    const request = requestOf({ kind: 'closeGate', pod, plan, since: '2030-01-01T11:00:00Z', why: '' }, 'ns', now);
    expect(JSON.stringify(request)).toContain('"lastTransitionTime":"2030-01-01T11:00:00Z"');
    expect(JSON.stringify(request)).toContain('out of traffic for 30 s, then updated to game-2');
  });

  test('an update is one patch: images, sidecars, labels, annotations, the revision and what was before', () => {
    const request = requestOf(
      {
        kind: 'updatePod',
        pod,
        change: {
          images: { game: 'game:v2' },
          sidecars: { proxy: 'proxy:v2' },
          initImages: { setup: 'setup:v2' },
          labels: { tier: null, 'controller-revision-hash': 'forged' },
          annotations: { release: 'r2' },
        },
        state: { revision: 'game-2', updateTimestamp: '2030-01-01T12:00:00Z', containers: [] },
        why: '',
      },
      'ns',
      now,
    );
    expect(request).toMatchObject({
      resource: pods,
      patch: {
        type: 'strategic',
        body: {
          metadata: {
            uid: 'p1',
            resourceVersion: '7',
            labels: { tier: null, 'controller-revision-hash': 'game-2' },
            annotations: { release: 'r2', 'inplace-update-state': expect.stringContaining('"revision":"game-2"') },
          },
          spec: {
            containers: [{ name: 'game', image: 'game:v2' }],
            initContainers: [
              { name: 'proxy', image: 'proxy:v2' },
              { name: 'setup', image: 'setup:v2' },
            ],
          },
        },
      },
    });
    expect(request).not.toHaveProperty('subresource');
  });

  test('the child and the status are JSON patches that begin with the version', () => {
    const child = { name: 'game', uid: 'c', resourceVersion: '9' };
    expect(requestOf({ kind: 'changeChild', child, change: { replicas: 3 }, why: '' }, 'ns', now)).toMatchObject({
      patch: {
        type: 'json',
        operations: [
          { op: 'replace', path: '/metadata/resourceVersion', value: '9' },
          { op: 'add', path: '/spec/replicas', value: 3 },
        ],
      },
    });
    expect(
      requestOf({ kind: 'writeStatus', workload: child, status: { replicas: 1 }, why: '' }, 'ns', now),
    ).toMatchObject({
      resource: gameStatefulSets,
      subresource: 'status',
      patch: {
        operations: [
          { op: 'replace', path: '/metadata/resourceVersion', value: '9' },
          { op: 'add', path: '/status', value: { replicas: 1 } },
        ],
      },
    });
  });

  test('only this very pod is deleted', () => {
    expect(requestOf({ kind: 'deletePod', pod, why: '' }, 'ns', now)).toEqual({
      kind: 'delete',
      resource: pods,
      name: { namespace: 'ns', name: 'game-1' },
      uid: 'p1',
      resourceVersion: '7',
    });
  });
});

test('different pods side by side, up to a bound; one pod never twice at a time; the status last', async () => {
  const { clock, api, run, pod, workload, told } = world(3);
  const found = Array.from({ length: 7 }, (_, index) => pod(`game-${index}`));
  const underWay = new Map<string, number>();
  const most = { all: 0, one: 0 };
  api.fault = ({ name }) => {
    const key = name!.name;
    underWay.set(key, (underWay.get(key) ?? 0) + 1);
    most.all = Math.max(
      most.all,
      [...underWay.values()].reduce((sum, count) => sum + count, 0),
    );
    most.one = Math.max(most.one, underWay.get(key)!);
    clock.after(100, () => underWay.set(key, underWay.get(key)! - 1));
    return { before: 100 };
  };
  const actions: Action[] = [
    { kind: 'writeStatus', workload: at(workload()), status: {}, why: '' },
    ...found.flatMap((one) => [open(at(one)), open(at(one))]),
  ];
  const done = run(actions);
  await clock.advance(10_000);
  await done;
  expect(most).toEqual({ all: 3, one: 1 });
  expect(told).toHaveLength(15);
  expect(told.at(-1)).toEqual(['writeStatus', 'done', 100]);
});

test('nothing more is begun when something else is asked for by now', async () => {
  const { clock, api, executor, pod, workload } = world(2);
  api.fault = () => ({ before: 100 });
  const names = ['game-0', 'game-1', 'game-2', 'game-3'];
  const status: Action = { kind: 'writeStatus', workload: at(workload()), status: {}, why: '' };
  const actions = [...names.map((name) => open(at(pod(name)))), status];
  let isCurrent = true;
  const running = executor.run({ ...acting, isCurrent: () => isCurrent }, actions, new AbortController().signal);
  isCurrent = false;
  await clock.advance(1000);
  expect(await running).toEqual([{ kind: 'done' }, { kind: 'done' }]);
});

test('what was acknowledged is kept until the stores show it', async () => {
  const { ownWrites, run, pod, api } = world();
  const one = pod('game-1');
  await run([open(at(one))]);
  expect(api.objects(pods).get('ns/game-1')).toMatchObject({
    status: { conditions: [{ type: 'InPlaceUpdateReady', status: 'True' }] },
  });
  expect(ownWrites.waits(acting.key)).toBeGreaterThan(0);
  expect(ownWrites.unknown(acting.key)).toEqual([]);
});

const gone = 'unknown';
test.each<[KubeErrorKind, ActionOutcome['kind'], typeof gone | 'known']>([
  ['conflict', 'outdated', gone],
  ['notFound', 'outdated', gone],
  ['timeout', 'failed', gone],
  ['network', 'failed', gone],
  ['server', 'failed', gone],
  ['protocol', 'failed', gone],
  ['aborted', 'failed', gone],
  ['tooManyRequests', 'failed', 'known'],
  ['unauthorized', 'failed', 'known'],
  ['invalid', 'refused', 'known'],
  ['forbidden', 'refused', 'known'],
  ['badRequest', 'refused', 'known'],
])('%s: the action is %s, the fate of the pod %s', async (kind, outcome, fate) => {
  const { api, run, pod, ownWrites } = world();
  api.fault = () => ({ error: failure(kind) });
  const outcomes = await run([open(at(pod('game-1')))]);
  expect(outcomes.map((one) => one.kind)).toEqual([outcome]);
  expect(ownWrites.unknown(acting.key).map(({ name }) => name.name)).toEqual(fate === gone ? ['game-1'] : []);
});

test('a version that is not the stored one any more is a conflict', async () => {
  const { run, pod, api } = world();
  const seen = pod('game-1');
  api.put(pods, { ...seen, metadata: { ...seen.metadata, labels: { changed: 'yes' } } });
  const [outcome] = await run([open(at(seen))]);
  expect(outcome).toMatchObject({ kind: 'outdated' });
  expect((api.objects(pods).get('ns/game-1') as Stored<GamePod>).status).toBeUndefined();
});

test.each<[what: string, change: ChildChange, kind: KubeErrorKind, outcome: ActionOutcome['kind'], isFixed: boolean]>([
  ['refused by itself: known from now on', { revisionHistoryLimit: 3 }, 'invalid', 'answered', true],
  ['forbidden by itself: no answer about the field', { revisionHistoryLimit: 3 }, 'forbidden', 'refused', false],
  ['refused with others', { revisionHistoryLimit: 3, replicas: 2 }, 'invalid', 'refused', false],
  ['not answered', { revisionHistoryLimit: 3 }, 'timeout', 'failed', false],
])('a history limit, %s', async (_, change, kind, outcome, isFixed) => {
  const { api, memory, run } = world();
  api.patch = () => Promise.reject(failure(kind));
  const child = { name: 'game', uid: 'child', resourceVersion: '1' };
  expect(await run([{ kind: 'changeChild', child, change, why: '' }])).toMatchObject([{ kind: outcome }]);
  expect(memory.historyLimitIsFixed).toBe(isFixed);
});

test('a resolved template is remembered for its generation; a refused one too; a failure is not', async () => {
  const { api, memory, run } = world();
  const template = { spec: { containers: [{ name: 'game' }] } };
  const child = { metadata: { namespace: 'ns', name: 'game' }, spec: { selector: {}, template } };
  const resolve = (generation: number): Action => ({ kind: 'resolveTemplate', child, generation, why: '' });
  await run([resolve(3)]);
  expect(memory.of(acting.key, acting.uid).resolved).toEqual({ generation: 3, template, claims: [] });
  api.create = () => Promise.reject(failure('network'));
  expect(await run([resolve(4)])).toMatchObject([{ kind: 'failed' }]);
  expect(memory.of(acting.key, acting.uid).resolved?.generation).toBe(3);
  api.create = () => Promise.reject(failure('invalid'));
  expect(await run([resolve(5)])).toMatchObject([{ kind: 'answered' }]);
  expect(memory.of(acting.key, acting.uid).resolved).toEqual({ generation: 5, refused: 'scripted: invalid' });
});
