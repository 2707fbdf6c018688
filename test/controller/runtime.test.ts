import { fenced } from '../../src/controller/fence.js';
import { silent } from '../../src/controller/log.js';
import { gameStatefulSets } from '../../src/controller/resources.js';
import { Runtime, type RuntimeOptions } from '../../src/controller/runtime.js';
import type { KubeObject } from '../../src/kube/objects.js';
import { leases, pods, statefulSets } from '../../src/kube/resource.js';
import { failure } from '../kube/fake-api.js';
import { VirtualClock } from '../kube/virtual-clock.js';
import { FakeCluster } from './fake-cluster.js';
import { gameStatefulSet } from './workloads.js';

const lease = { namespace: 'system', name: 'gamezone-controller' };

function world() {
  const clock = new VirtualClock();
  const api = new FakeCluster(clock);
  const put = (name: string): void => {
    const workload = gameStatefulSet(name) as unknown as KubeObject;
    api.put(gameStatefulSets, { ...workload, metadata: { ...workload.metadata, generation: 1 } });
  };
  const runtime = (identity: string, options: Partial<RuntimeOptions> = {}): Runtime =>
    new Runtime({ api, clock, identity, lease, log: silent, random: () => 0.5, ...options });
  const children = (): string[] => [...api.objects(statefulSets).keys()];
  /** Moves time while something is waited for. */
  const during = async (promise: Promise<unknown>, time = 30_000): Promise<void> => {
    await clock.advance(time);
    await promise;
  };
  return { clock, api, put, runtime, children, during };
}

describe('a fence', () => {
  test('lets reads through always, and writes until it is down', async () => {
    const { api, put } = world();
    put('game');
    const term = new AbortController();
    const behind = fenced(api, { signal: term.signal });
    const name = { namespace: 'default', name: 'game' };
    await behind.patch(gameStatefulSets, name, { type: 'merge', body: { spec: { replicas: 5 } } });
    term.abort(new Error('over'));
    const writes = [
      () => behind.create(pods, { metadata: { name: 'x' } }),
      () => behind.update(gameStatefulSets, { metadata: name }),
      () => behind.patch(gameStatefulSets, name, { type: 'merge', body: {} }),
      () => behind.delete(gameStatefulSets, name),
      () => behind.createUnder(pods, name, 'eviction', {}),
      () => behind.exec(name, ['true']),
    ];
    const { length } = api.calls;
    for (const write of writes) await expect(write()).rejects.toMatchObject({ kind: 'aborted' });
    expect(api.calls).toHaveLength(length);
    await expect(behind.get(gameStatefulSets, name)).resolves.toMatchObject({ spec: { replicas: 5 } });
    await expect(behind.list(gameStatefulSets)).resolves.toMatchObject({ items: [{}] });
  });

  test('ends a write that is on its way', async () => {
    const { api, put, clock } = world();
    put('game');
    api.fault = () => ({ before: 1000 });
    const term = new AbortController();
    const own = new AbortController();
    const name = { namespace: 'default', name: 'game' };
    const write = (options: object) =>
      fenced(api, { signal: term.signal })
        .delete(gameStatefulSets, name, options)
        .catch((error: unknown) => error);
    const both = Promise.all([write({}), write({ signal: own.signal })]);
    await clock.advance(500);
    term.abort(new Error('over'));
    await clock.advance(1000);
    expect(await both).toEqual([expect.any(Error), expect.any(Error)]);
    expect(api.objects(gameStatefulSets).size).toBe(1);
  });

  test('asks right before each write', async () => {
    const { api, put } = world();
    put('game');
    let leads = true;
    const behind = fenced(api, { signal: new AbortController().signal, mayWrite: () => leads });
    const name = { namespace: 'default', name: 'game' };
    await behind.patch(gameStatefulSets, name, { type: 'merge', body: {} });
    leads = false;
    await expect(behind.delete(gameStatefulSets, name)).rejects.toMatchObject({ kind: 'aborted' });
  });
});

test('without a lease it acts at once', async () => {
  const { clock, put, children, during, api } = world();
  put('game');
  const one = new Runtime({ api, clock, identity: 'a', log: silent });
  one.start();
  await clock.advance(1000);
  expect(one.vitals).toMatchObject({ leads: true, leader: 'a' });
  expect(children()).toEqual(['default/game']);
  await during(one.stop());
  expect(one.vitals.work).toBeUndefined();
});

test('of two, one acts and the other looks at nothing; it takes over when the first one ends', async () => {
  const { clock, api, put, runtime, children, during } = world();
  const [first, second] = [runtime('a'), runtime('b')];
  first.start();
  await clock.advance(1000);
  second.start();
  await clock.advance(5000);
  expect([first.vitals.leads, second.vitals.leads, second.vitals.leader]).toEqual([true, false, 'a']);
  expect(second.vitals.work).toBeUndefined();
  put('one');
  await clock.advance(1000);
  expect(children()).toEqual(['default/one']);
  await during(first.stop(), 5000);
  expect(api.objects(leases).get('system/gamezone-controller')).toMatchObject({ spec: { holderIdentity: 'b' } });
  put('two');
  await clock.advance(1000);
  expect(second.vitals.leads).toBe(true);
  expect(children()).toEqual(['default/one', 'default/two']);
  await during(second.stop());
});

test('a leader that cannot renew its lease stops writing before anybody else may', async () => {
  const { clock, api, put, runtime, children, during } = world();
  const one = runtime('a');
  one.start();
  await clock.advance(1000);
  api.fault = ({ resource }) => (resource.plural === 'leases' ? { error: failure('network') } : undefined);
  await clock.advance(10_000);
  expect(one.vitals.leads).toBe(false);
  const { length } = api.callsOf('create', 'update', 'patch', 'delete').filter(({ resource }) => resource !== leases);
  put('game');
  await clock.advance(10_000);
  expect(children()).toEqual([]);
  expect(api.callsOf('create', 'patch', 'delete').filter(({ resource }) => resource !== leases)).toHaveLength(length);
  // It may lead again, and then begins by looking at everything anew.
  api.fault = () => undefined;
  await clock.advance(20_000);
  expect(one.vitals.leads).toBe(true);
  expect(children()).toEqual(['default/game']);
  await during(one.stop());
});

test('a process that stood still writes nothing when it goes on', async () => {
  const { clock, api, put, runtime, children, during } = world();
  const one = runtime('a');
  one.start();
  await clock.advance(1000);
  put('game');
  // Its watch has told it of the workload; then the process stands still for so long that another one takes over.
  const held = api.objects(leases).get('system/gamezone-controller') as KubeObject & { readonly spec: object };
  api.put(leases, { ...held, spec: { ...held.spec, holderIdentity: 'b' } } as KubeObject);
  await clock.freeze(30_000);
  await clock.advance(10_000);
  expect(one.vitals).toMatchObject({ leads: false, leader: 'b' });
  expect([children(), api.dryRuns]).toEqual([[], []]);
  await during(one.stop());
});

test('when it is stopped it finishes, tells its events, and gives the lease away', async () => {
  const { clock, api, put, runtime, children, during } = world();
  const one = runtime('a');
  one.start();
  await clock.advance(1000);
  api.fault = ({ resource, verb, options }) =>
    resource.plural === 'statefulsets' && verb === 'create' && !('dryRun' in options && options.dryRun)
      ? { before: 3000 }
      : undefined;
  put('game');
  await clock.advance(100);
  expect(children()).toEqual([]);
  await during(one.stop());
  expect(children()).toEqual(['default/game']);
  expect(api.objects(leases).get('system/gamezone-controller')).toMatchObject({ spec: { holderIdentity: '' } });
  expect(api.callsOf('create').some(({ resource }) => resource.plural === 'events')).toBe(true);
  const { length } = api.calls;
  await clock.advance(600_000);
  expect(api.calls).toHaveLength(length);
  expect(clock.pending).toBe(0);
});
