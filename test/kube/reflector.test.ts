import type { ListOptions, WatchOptions } from '../../src/kube/api.js';
import type { KubeObject } from '../../src/kube/objects.js';
import { Reflector, type ReflectorOptions } from '../../src/kube/reflector.js';
import { pods } from '../../src/kube/resource.js';
import { FakeApi, failure, type Call, type Fault } from './fake-api.js';
import { contentOf, LifeChecker } from './life.js';
import { VirtualClock } from './virtual-clock.js';

let clock: VirtualClock;
let server: FakeApi;
let errors: unknown[];
let started: Reflector[];

beforeEach(() => {
  clock = new VirtualClock();
  server = new FakeApi(clock);
  errors = [];
  started = [];
});

afterEach(async () => {
  for (const reflector of started) await reflector.stop();
  expect(clock.pending).toBe(0);
});

/** A running one, whose back-off is without chance: 500 ms, 1 s, 2 s ... */
function reflect(options: Partial<ReflectorOptions<KubeObject, never>> = {}): Reflector {
  const onError = (error: unknown): void => void errors.push(error);
  const reflector = new Reflector<KubeObject, never>({
    api: server,
    clock,
    resource: pods,
    random: () => 0,
    onError,
    ...options,
  });
  started.push(reflector);
  reflector.start();
  return reflector;
}

function put(name: string, more: object = {}): void {
  server.put(pods, { metadata: { namespace: 'n', name, ...more } });
}

function remove(name: string): void {
  server.remove(pods, { namespace: 'n', name });
}

/** These faults, one for each call of this verb. */
function faults(verb: Call['verb'], ...list: (Fault | undefined)[]): void {
  server.fault = (call) => (call.verb === verb ? list.shift() : undefined);
}

const always =
  (verb: Call['verb'], fault: Fault) =>
  (call: Call): Fault | undefined =>
    call.verb === verb ? fault : undefined;
const listOptions = (): ListOptions[] => server.callsOf('list').map(({ options }) => options);
const watchOptions = (): WatchOptions[] => server.callsOf('watch').map(({ options }) => options as WatchOptions);
const watch = (): FakeApi['watches'][number] => server.openWatches.at(-1)!;
const same = (reflector: Reflector): void =>
  expect(contentOf(reflector.store.list())).toEqual(contentOf(server.objects(pods).values()));

describe('lists', () => {
  test('come in pages, whole, with the selection', async () => {
    for (let i = 0; i < 1100; i++) put(`p${i}`);
    const selection = { namespace: 'n', labelSelector: 'a=b', fieldSelector: 'c=d' };
    const sizes = new Set<number>();
    const { store, state } = reflect({ selection });
    store.subscribe(() => sizes.add(store.size));
    expect(state.synced).toBe(false);
    await store.whenSynced();
    expect(listOptions()).toEqual([
      expect.objectContaining({ ...selection, limit: 500 }),
      expect.objectContaining({ ...selection, limit: 500, continue: '2100:600' }),
      expect.objectContaining({ ...selection, limit: 500, continue: '2100:100' }),
    ]);
    expect(listOptions()[0]).not.toHaveProperty('resourceVersion');
    expect(sizes).toEqual(new Set([1100]));
    await clock.settle();
    expect(watchOptions()).toEqual([
      expect.objectContaining({ ...selection, resourceVersion: '2100', bookmarks: true, timeoutSeconds: 300 }),
    ]);
  });

  test('begin again when a page has expired, with larger pages, and show no half state meanwhile', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) put(name);
    const reflector = reflect({ pageSize: 2 });
    let pages = 0;
    server.fault = ({ verb, options }) => {
      if (verb === 'list' && options.continue !== undefined && ++pages <= 2) {
        remove('a');
        put(`new-${pages}`);
        server.compact();
      }
      return undefined;
    };
    await reflector.store.whenSynced();
    expect(listOptions().map(({ limit, continue: token }) => [limit, token !== undefined])).toEqual([
      [2, false],
      [2, true],
      [4, false],
      [4, true],
      [8, false],
    ]);
    expect(clock.monotonic()).toBe(0);
    same(reflector);
    expect(errors).toEqual([]);
  });

  test('are asked for in one piece at last, and then with a back-off', async () => {
    for (let i = 0; i < 200; i++) put(`p${i}`);
    const reflector = reflect({ pageSize: 1 });
    server.fault = ({ verb, options }) => {
      if (verb !== 'list') return undefined;
      if (options.limit === undefined) return clock.monotonic() < 1500 ? { error: failure('gone') } : undefined;
      server.compact();
      put('p0');
      return undefined;
    };
    await clock.until(() => reflector.store.synced);
    expect(clock.monotonic()).toBe(1500);
    const limits = listOptions().filter(({ continue: token }) => token === undefined);
    const turn = [1, 2, 4, 8, 16, undefined];
    expect(limits.map(({ limit }) => limit)).toEqual([...turn, ...turn, ...turn]);
  });

  test.each([
    ['of pages of different versions', { resourceVersion: '7', continue: 'x' }, { resourceVersion: '8' }],
    [
      'that lead back to the same page',
      { resourceVersion: '7', continue: 'x' },
      { resourceVersion: '7', continue: 'x' },
    ],
    ['without a version', { resourceVersion: '' }],
    ['at version 0', { resourceVersion: '0' }],
    ['of an opaque version', { resourceVersion: 'ab' }],
    ['without metadata', undefined],
  ])('%s are not believed', async (_, ...pages) => {
    put('a');
    const honest = server.list.bind(server);
    server.list = (resource, options) =>
      pages.length === 0
        ? honest(resource, options)
        : Promise.resolve({ metadata: pages.shift() as { resourceVersion: string }, items: [] });
    const reflector = reflect();
    await clock.until(() => reflector.store.synced);
    expect(clock.monotonic()).toBeGreaterThanOrEqual(500);
    same(reflector);
    expect(errors).toHaveLength(1);
    server.list = honest;
  });

  test('that do not answer are given up, even if the call ignores that', async () => {
    const honest = server.list.bind(server);
    server.list = () => new Promise(() => undefined);
    const reflector = reflect({ pageTimeout: 20_000 });
    await clock.advance(19_999);
    expect(errors).toEqual([]);
    await clock.advance(1);
    expect(errors).toEqual([expect.objectContaining({ kind: 'timeout' })]);
    server.list = honest;
    await clock.advance(500);
    expect(reflector.state.synced).toBe(true);
  });

  test('keep objects without managedFields, or as told, and say what kind they are of', async () => {
    put('a', { managedFields: [{ manager: 'x' }], labels: { app: 'x' } });
    const plain = reflect();
    const stripped = reflect({
      strip: (object) => ({ ...object, metadata: { ...object.metadata, labels: {} } }),
    });
    const odd = reflect({
      strip: () => {
        throw new Error('strip');
      },
    });
    await clock.settle();
    put('b', { managedFields: [] });
    await clock.settle();
    const [a, b] = plain.store.list();
    expect(a).toMatchObject({ apiVersion: 'v1', kind: 'Pod', metadata: { labels: { app: 'x' } } });
    expect([a?.metadata, b?.metadata].some((metadata) => 'managedFields' in metadata!)).toBe(false);
    expect(stripped.store.get('n/a')?.metadata).toMatchObject({ managedFields: [{ manager: 'x' }], labels: {} });
    expect(odd.store.size).toBe(2);
    expect(errors.map(String)).toEqual(['Error: strip', 'Error: strip']);
    expect(server.objects(pods).get('n/a')?.metadata).toHaveProperty('managedFields');
  });
});

describe('watches', () => {
  test('tell what changes', async () => {
    put('a');
    const { store } = reflect();
    const events: string[] = [];
    store.subscribe(({ type, object }) => void events.push(`${type} ${object.metadata.name}`));
    await clock.settle();
    put('b');
    put('a');
    remove('b');
    await clock.settle();
    expect(events).toEqual(['added a', 'added b', 'changed a', 'removed b']);
  });

  test('that end in order are resumed at once, from the newest version, bookmarks included', async () => {
    put('a');
    const { state } = reflect();
    await clock.advance(1000);
    put('b');
    await clock.settle();
    watch().close();
    await clock.settle();
    expect(watchOptions().at(-1)).toMatchObject({ resourceVersion: '1002' });
    watch().bookmark(5000);
    await clock.settle();
    watch().close();
    await clock.settle();
    expect(watchOptions().at(-1)).toMatchObject({ resourceVersion: '5000' });
    expect([clock.monotonic(), server.callsOf('list').length, errors.length]).toEqual([1000, 1, 0]);
    expect(state.failures).toBe(0);
  });

  test('are ended by the server after 5 to 10 minutes, at random', async () => {
    let chance = 0;
    reflect({ random: () => chance });
    await clock.advance(1000);
    chance = 0.5;
    watch().close();
    await clock.advance(1000);
    chance = 0.9999;
    watch().close();
    await clock.settle();
    expect(watchOptions().map(({ timeoutSeconds }) => timeoutSeconds)).toEqual([300, 450, 600]);
  });

  test('that end at once, again and again, are no hot loop', async () => {
    let watches = 0;
    server.watch = () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve(ended(++watches)) }) });
    const ended = (_: number): IteratorReturnResult<undefined> => ({ done: true, value: undefined });
    const reflector = reflect();
    await clock.advance(60_000);
    expect(watches).toBeLessThan(12);
    expect(server.callsOf('list').length).toBeLessThan(12);
    expect(reflector.state.failures).toBeGreaterThan(3);
  });

  test('that break are resumed after a growing back-off, which is forgotten when one lasts', async () => {
    const reflector = reflect();
    await clock.settle();
    const times: number[] = [];
    faults('watch', ...Array.from({ length: 9 }, () => ({ error: failure('network') })));
    watch().cut();
    await clock.until(() => {
      times[server.callsOf('watch').length - 1] ??= clock.monotonic();
      return server.callsOf('watch').length === 11;
    });
    const waits = times.slice(1).map((time, at) => time - times[at]!);
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000, 30_000]);
    expect(reflector.state).toMatchObject({ failures: 10, lists: 1 });
    await clock.advance(29_999);
    expect(reflector.state.failures).toBe(10);
    await clock.advance(1);
    expect(reflector.state.failures).toBe(0);
    const before = clock.monotonic();
    watch().cut();
    await clock.settle();
    await clock.until(() => server.openWatches.length === 1);
    expect(clock.monotonic() - before).toBe(500);
  });

  test('that do not last do not make the back-off shorter', async () => {
    reflect();
    for (const expected of [500, 1000, 2000, 4000]) {
      await clock.advance(29_999);
      const before = clock.monotonic();
      watch().cut();
      await clock.settle();
      await clock.until(() => server.openWatches.length === 1);
      expect(clock.monotonic() - before).toBe(expected);
    }
  });

  test.each(['unauthorized', 'forbidden', 'notFound', 'tooManyRequests', 'server', 'refused', 'badRequest'] as const)(
    'and lists that are answered with %s are tried again for ever, and the state says why',
    async (kind) => {
      server.fault = always('list', { error: failure(kind) });
      const reflector = reflect();
      await clock.advance(3_600_000);
      expect(server.calls.length).toBeGreaterThan(110);
      expect(server.calls.length).toBeLessThan(130);
      expect(reflector.state).toMatchObject({
        synced: false,
        activity: 'waiting',
        lastError: { message: `scripted: ${kind}`, error: expect.objectContaining({ kind }) },
      });
      server.fault = () => undefined;
      await clock.advance(30_000);
      expect(reflector.state).toMatchObject({ synced: true, activity: 'watching' });
    },
  );

  test('what the server asks to wait is waited, but not for ever', async () => {
    faults('list', { error: failure('tooManyRequests', 7000) }, { error: failure('server', 1e12) });
    const { store } = reflect();
    await clock.until(() => store.synced);
    expect(clock.monotonic()).toBe(67_000);
  });

  test('from a version that is too old: a list, and only what it changes is told', async () => {
    for (const name of ['a', 'b', 'c']) put(name);
    const reflector = reflect();
    await clock.advance(40_000);
    watch().silent = true;
    put('a');
    remove('b');
    remove('c');
    put('c');
    put('d');
    remove('d');
    server.compact();
    const events: string[] = [];
    reflector.store.subscribe(({ type, object }) => {
      events.push(`${type} ${object.metadata.name} ${object.metadata.uid}`);
    });
    const before = clock.monotonic();
    watch().fail('gone');
    await clock.settle();
    expect(events).toEqual(['removed b uid-2', 'changed a uid-1', 'removed c uid-3', 'added c uid-4']);
    same(reflector);
    expect([clock.monotonic() - before, errors.length, reflector.state.lists]).toEqual([0, 0, 2]);
  });

  test('that are too old just after a list are no hot loop of lists', async () => {
    server.fault = always('watch', { error: failure('gone') });
    reflect();
    await clock.advance(600_000);
    expect(server.callsOf('list').length).toBeLessThan(30);
  });

  test.each([
    ['nothing', null],
    ['an object without a UID', { type: 'ADDED', object: { metadata: { name: 'a', resourceVersion: '2000' } } }],
    ['an object without a name', { type: 'ADDED', object: { metadata: { uid: 'u', resourceVersion: '2000' } } }],
    ['an opaque version', { type: 'ADDED', object: { metadata: { name: 'a', uid: 'u', resourceVersion: 'ab' } } }],
    ['an older version', { type: 'ADDED', object: { metadata: { name: 'x', uid: 'u', resourceVersion: '999' } } }],
    ['an older bookmark', { type: 'BOOKMARK', resourceVersion: '999' }],
    ['a bookmark without version', { type: 'BOOKMARK' }],
  ])('that tell %s lead to a list', async (_, event) => {
    put('a');
    const reflector = reflect();
    const life = new LifeChecker(reflector.store);
    await clock.settle();
    watch().push(event);
    put('b');
    await clock.advance(500);
    expect(reflector.state).toMatchObject({ lists: 2, lastError: { error: expect.anything() } });
    same(reflector);
    expect(life.problems).toEqual([]);
    expect(errors).toHaveLength(1);
  });

  test('that tell the last event twice are believed once', async () => {
    const reflector = reflect();
    const life = new LifeChecker(reflector.store);
    await clock.settle();
    put('a');
    watch().push(watch().sent.at(-1));
    remove('a');
    watch().push(watch().sent.at(-1));
    await clock.settle();
    expect([life.events, life.problems.length, errors.length]).toEqual([2, 0, 0]);
  });

  test('may tell several changes of one version: what etcd lets expire together goes together', async () => {
    put('a');
    put('b');
    const { store } = reflect();
    await clock.settle();
    const at = (name: string, uid: string) => ({ metadata: { namespace: 'n', name, uid, resourceVersion: '2000' } });
    watch().push({ type: 'DELETED', object: at('a', 'uid-1') });
    watch().push({ type: 'DELETED', object: at('b', 'uid-2') });
    await clock.settle();
    expect([store.size, errors.length]).toEqual([0, 0]);
  });

  test('that fall silent are left, even if the connection ignores that', async () => {
    put('a');
    const reflector = reflect();
    await clock.advance(100_000);
    put('b');
    await clock.advance(100_000);
    watch().bookmark(1500);
    await clock.advance(1);
    expect(server.callsOf('watch')).toHaveLength(1);
    watch().silent = true;
    put('c');
    await clock.advance(119_998);
    expect(errors).toEqual([]);
    await clock.advance(502);
    expect(errors).toEqual([expect.objectContaining({ kind: 'timeout' })]);
    expect(server.callsOf('watch')).toHaveLength(2);
    expect(watchOptions()[0]?.signal?.aborted).toBe(true);
    same(reflector);
  });

  test('a clock that jumps does no harm', async () => {
    put('a');
    const reflector = reflect();
    await clock.advance(1000);
    clock.jumpWall(-86_400_000);
    put('b');
    await clock.advance(1000);
    clock.jumpWall(7 * 86_400_000);
    put('c');
    await clock.advance(1000);
    expect([reflector.store.size, server.calls.length, errors.length]).toEqual([3, 2, 0]);
    await clock.freeze(3_600_000);
    put('d');
    await clock.advance(1000);
    same(reflector);
  });
});

describe('a server restored from a backup', () => {
  test('is found out by the version of a list, though a watch would be accepted', async () => {
    put('a');
    const { backup } = server;
    put('b');
    put('a');
    const reflector = reflect();
    await clock.advance(1000);
    server.restore(backup);
    await clock.advance(500);
    expect(reflector.state).toMatchObject({ rewinds: 1, lists: 2 });
    same(reflector);
    put('c');
    await clock.settle();
    same(reflector);
    // One object, to see where the server is.
    expect(listOptions()[1]).toMatchObject({ limit: 1 });
  });

  test('costs a server that was not restored one small list', async () => {
    for (let i = 0; i < 10; i++) put(`p${i}`);
    const reflector = reflect();
    await clock.advance(1000);
    watch().cut();
    await clock.advance(500);
    expect(reflector.state).toMatchObject({ rewinds: 0, lists: 1, watches: 2 });
    expect(listOptions().map(({ limit }) => limit)).toEqual([500, 1]);
  });
});

describe('in its process', () => {
  test('listeners and onError that throw break nothing', async () => {
    put('a');
    const reflector = reflect({
      onError: (error) => {
        errors.push(error);
        throw new Error('onError');
      },
    });
    reflector.store.subscribe(() => {
      throw new Error('listener');
    });
    await clock.settle();
    put('b');
    await clock.settle();
    watch().cut();
    await clock.advance(500);
    same(reflector);
    expect(errors).toHaveLength(3);
  });

  test('an API that throws what it must not is tried again', async () => {
    const honest = server.list.bind(server);
    let calls = 0;
    server.list = ((...args: Parameters<typeof honest>) => {
      calls++;
      // eslint-disable-next-line @typescript-eslint/only-throw-error
      if (calls === 1) throw 'a text';
      if (calls === 2) return undefined;
      if (calls === 3) return Promise.reject(new TypeError('x'));
      return honest(...args);
    }) as typeof server.list;
    const { store } = reflect();
    await clock.until(() => store.synced);
    expect(errors.map(String)).toEqual(['Error: a text', expect.stringContaining('TypeError'), 'TypeError: x']);
  });

  test.each([
    ['a list', 'list', 0],
    ['the second page', 'list', 1],
    ['a watch', 'watch', 0],
  ] as const)('stop ends %s that hangs, at once and for good', async (_, verb, after) => {
    for (const name of ['a', 'b', 'c']) put(name);
    faults(verb, ...Array.from({ length: after }, () => undefined), { before: 1e9 });
    const reflector = reflect({ pageSize: 2, pageTimeout: 1e10, idleTimeout: 1e10 });
    await clock.advance(1000);
    const { calls } = server;
    const before = calls.length;
    await reflector.stop();
    expect(reflector.state.activity).toBe('stopped');
    put('d');
    reflector.start();
    await clock.advance(3_600_000);
    expect([calls.length, clock.pending]).toEqual([before, 0]);
    expect(reflector.store.size).toBe(verb === 'watch' ? 3 : 0);
    expect(errors).toEqual([]);
  });

  test('stop ends a back-off, and what was under way changes nothing any more', async () => {
    server.fault = always('list', { error: failure('server') });
    const reflector = reflect();
    await clock.advance(10_000);
    await reflector.stop();
    expect([reflector.state.activity, clock.pending]).toEqual(['stopped', 0]);

    server.fault = () => undefined;
    const watching = reflect();
    await clock.settle();
    put('a');
    void watching.stop();
    await clock.settle();
    expect(watching.store.size).toBe(0);
  });

  test('stopped by a listener, it tells that one list to its end and then nothing', async () => {
    put('a');
    put('b');
    const reflector = reflect();
    const seen: string[] = [];
    reflector.store.subscribe(({ object }) => {
      seen.push(object.metadata.name);
      void reflector.stop();
    });
    await clock.advance(10_000);
    expect([seen, server.callsOf('watch').length]).toEqual([['a', 'b'], 0]);
  });

  test('the state is counted', async () => {
    put('a');
    const reflector = reflect();
    expect(reflector.state.activity).toBe('listing');
    await clock.advance(1000);
    put('b');
    await clock.advance(1000);
    const at = clock.now() - 1000;
    expect(reflector.state).toEqual({
      activity: 'watching',
      synced: true,
      lastEventAt: at,
      lastContactAt: at,
      lastError: undefined,
      failures: 0,
      lists: 1,
      watches: 1,
      events: 1,
      rewinds: 0,
    });
    watch().bookmark(3000);
    await clock.settle();
    expect(reflector.state).toMatchObject({ lastEventAt: at, lastContactAt: at + 1000, events: 1 });
  });
});
