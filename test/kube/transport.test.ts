import type { KubeApi } from '../../src/kube/api.js';
import type { KubeError } from '../../src/kube/error.js';
import {
  eventually,
  failureOf,
  gadget,
  gadgets,
  one,
  settled,
  startHostile,
  WatchedClock,
  type Hostile,
} from './hostile-http.js';
import { afterwards, complete, json, reset, silence, status, type Answer } from './hostile-server.js';
import { VirtualClock } from './virtual-clock.js';

let hostile: Hostile;
beforeEach(async () => (hostile = await startHostile()));
afterEach(() => hostile.stop());

const found = json(200, gadget('one'));
const body = JSON.stringify(gadget('one'));
const get = (api: KubeApi): Promise<unknown> => api.get(gadgets, one);
const create = (api: KubeApi): Promise<unknown> =>
  api.create(gadgets, { metadata: { namespace: 'default', name: 'one' } });

describe('connections', () => {
  test('are kept, and used again', async () => {
    hostile.server.always(found);
    const { api } = hostile.connect();
    for (let call = 0; call < 10; call++) await get(api);
    // A second one is opened where the first is still busy with the end of an answer.
    expect(hostile.server.connections).toBeLessThanOrEqual(2);
  });

  test('no more than allowed, however many calls; in the order of the calls', async () => {
    hostile.server.always(found);
    const { api } = hostile.connect({ maxConnections: 3 });
    const order: number[] = [];
    await Promise.all(Array.from({ length: 30 }, (_, call) => get(api).then(() => order.push(call))));
    expect(hostile.server.connections).toBe(3);
    expect(order.length).toBe(30);
    expect(order.indexOf(0)).toBeLessThan(3);
  });

  test('an urgent call does not wait for a free one', async () => {
    hostile.server.on('/slow', silence()).always(found);
    const { api } = hostile.connect({ maxConnections: 1 });
    const controller = new AbortController();
    const slow = api.raw('/slow', { signal: controller.signal }).catch(() => 'aborted');
    await hostile.server.arrived(1);
    await expect(api.get(gadgets, one, { urgent: true })).resolves.toBeDefined();
    controller.abort();
    expect(await slow).toBe('aborted');
  });

  test('a kept one that the server has given up does not fail a GET', async () => {
    const { api } = hostile.connect();
    hostile.server.next(found, reset(), reset(), found);
    await get(api);
    await expect(get(api)).resolves.toBeDefined();
    expect(hostile.server.requests.length).toBe(4);
  });

  test('all of them given up at once: as when the server restarts', async () => {
    hostile.server.always(found);
    const { api } = hostile.connect();
    await Promise.all(Array.from({ length: 8 }, () => get(api)));
    hostile.server.dropConnections();
    await expect(Promise.all(Array.from({ length: 8 }, () => get(api)))).resolves.toHaveLength(8);
    await Promise.all(Array.from({ length: 8 }, () => get(api)));
    hostile.server.dropConnections('reset');
    await expect(Promise.all(Array.from({ length: 8 }, () => get(api)))).resolves.toHaveLength(8);
  });

  test('one that ends behind each answer, unannounced', async () => {
    hostile.server.always(afterwards(found));
    const { api } = hostile.connect();
    for (let call = 0; call < 20; call++) await expect(get(api)).resolves.toBeDefined();
  });

  test('a server that always resets is asked three times, not for ever', async () => {
    hostile.server.always(reset());
    expect((await failureOf(get(hostile.connect().api))).kind).toBe('network');
    expect(hostile.server.requests.length).toBe(3);
  });

  test.each<[string, (api: KubeApi) => Promise<unknown>]>([
    ['create', create],
    ['update', (api) => api.update(gadgets, { metadata: one })],
    ['patch', (api) => api.patch(gadgets, one, { type: 'merge', body: {} })],
    ['delete', (api) => api.delete(gadgets, one)],
  ])('a %s whose fate is unknown is not repeated', async (_name, call) => {
    hostile.server.always(reset());
    expect((await failureOf(call(hostile.connect().api))).kind).toBe('network');
    expect(hostile.server.requests.length).toBe(1);
  });

  test('a GET whose answer has begun is not repeated', async () => {
    hostile.server.always(reset('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n{'));
    await failureOf(get(hostile.connect().api));
    expect(hostile.server.requests.length).toBe(1);
  });

  test('nobody listens', async () => {
    const { api } = hostile.connect();
    await hostile.server.stop();
    const error = await failureOf(get(api));
    expect(error).toMatchObject({ kind: 'network', isTransient: true });
    expect(error.message).toMatch(/no connection to 127\.0\.0\.1:\d+ \(ECONNREFUSED\)/);
  });

  test('a name that nobody knows', async () => {
    const { api } = hostile.connect({}, { server: 'http://nowhere.invalid' });
    expect((await failureOf(get(api))).message).toMatch(/no connection to nowhere\.invalid \((ENOTFOUND|EAI_AGAIN)\)/);
  });

  test('when all is closed, calls under way and later ones end', async () => {
    hostile.server.always(silence());
    const connection = hostile.connect();
    const call = failureOf(get(connection.api));
    await hostile.server.arrived(1);
    await connection.close();
    expect(await call).toMatchObject({ kind: 'aborted' });
    expect(await failureOf(get(connection.api))).toMatchObject({ kind: 'aborted' });
  });
});

describe('time', () => {
  const late = async (
    answer: Answer,
    call: (api: KubeApi) => Promise<unknown>,
    timeout: number,
  ): Promise<KubeError> => {
    hostile.server.always(answer);
    const clock = new VirtualClock();
    const failure = failureOf(call(hostile.connect({ clock }).api));
    await hostile.server.arrived(1);
    // What is on its way arrives.
    await settled();
    await clock.advance(timeout - 1);
    await clock.advance(1);
    expect(clock.pending).toBe(0);
    return failure;
  };

  test('silence before the answer', async () => {
    const error = await late(silence(), get, 30_000);
    expect(error).toMatchObject({ kind: 'timeout', isTransient: true });
    expect(error.message).toMatch(/gadgets\/one: no answer within 30000 ms/);
  });

  test('silence after the head', async () => {
    const error = await late(silence(complete(200, body).split('{')[0]), get, 30_000);
    expect(error.message).toMatch(/the answer was not complete within 30000 ms, after 0 bytes/);
  });

  test('a body that takes too long', async () => {
    const error = await late(
      silence(complete(200, body).slice(0, -5)),
      (api) => api.get(gadgets, one, { timeout: 7 }),
      7,
    );
    expect(error.message).toMatch(/not complete within 7 ms, after \d+ bytes/);
  });

  test('a write, too', async () => {
    expect((await late(silence(), create, 30_000)).kind).toBe('timeout');
    expect(hostile.server.requests.length).toBe(1);
  });

  test('no free connection', async () => {
    hostile.server.always(silence());
    const clock = new VirtualClock();
    const { api } = hostile.connect({ clock, maxConnections: 1 });
    const [first, second] = [failureOf(api.raw('/a')), failureOf(api.raw('/b', { timeout: 10 }))];
    await hostile.server.arrived(1);
    await clock.advance(10);
    expect((await second).message).toBe('GET /b: no connection within 10 ms');
    await clock.advance(30_000);
    expect((await first).kind).toBe('timeout');
    // Nobody waits for it any more, so it is not sent either, not even before the next one.
    hostile.server.always(json(200, {}));
    await api.raw('/c');
    expect(hostile.server.requests.map(({ path }) => path)).toEqual(['/a', '/c']);
  });

  test('a connection that is never accepted', async () => {
    const clock = new VirtualClock();
    // TLS with a server that does not speak it: it waits for a request that never comes.
    const { api } = hostile.connect({ clock }, { server: hostile.server.url.replace('http:', 'https:') });
    const failure = failureOf(get(api));
    await settled();
    await clock.advance(10_000);
    const error = await failure;
    expect(error).toMatchObject({ kind: 'timeout' });
    expect(error.message).toMatch(/no connection to 127\.0\.0\.1:\d+ within 10000 ms/);
  });

  test('what took too long does not come back: its connection is ended', async () => {
    await late(silence(), get, 30_000);
    await eventually(() => hostile.server.openConnections < hostile.server.connections);
  });
});

describe('the signal of the caller', () => {
  test('ends a call under way, and its connection', async () => {
    hostile.server.always(silence());
    const controller = new AbortController();
    const call = failureOf(hostile.connect().api.get(gadgets, one, { signal: controller.signal }));
    await hostile.server.arrived(1);
    controller.abort(new Error('enough'));
    expect(await call).toMatchObject({ kind: 'aborted', cause: { message: 'enough' } });
    await eventually(() => hostile.server.openConnections < hostile.server.connections);
  });

  test('aborted before: nothing is sent', async () => {
    const { api } = hostile.connect();
    const signal = AbortSignal.abort();
    expect(await failureOf(api.get(gadgets, one, { signal }))).toMatchObject({ kind: 'aborted' });
    expect(hostile.server.requests).toEqual([]);
  });

  test('is left alone by calls that ended', async () => {
    hostile.server.always(found);
    const { signal } = new AbortController();
    let listening = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listening++;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listening--;
      remove(...args);
    };
    const { api } = hostile.connect();
    await Promise.all(Array.from({ length: 20 }, () => api.get(gadgets, one, { signal })));
    expect(listening).toBe(0);
  });
});

describe('sizes', () => {
  test('an answer larger than allowed is not read to its end', async () => {
    hostile.server.always(json(200, gadget('one', '1', { data: 'x'.repeat(200_000) })));
    const error = await failureOf(get(hostile.connect({ maxBody: 100_000 }).api));
    expect(error).toMatchObject({ kind: 'protocol', status: 200 });
    expect(error.message).toMatch(/an answer of more than 100000 bytes/);
  });

  test('an answer just as large as allowed is read', async () => {
    hostile.server.always(found);
    await expect(get(hostile.connect({ maxBody: body.length }).api)).resolves.toBeDefined();
    expect((await failureOf(get(hostile.connect({ maxBody: body.length - 1 }).api))).kind).toBe('protocol');
  });
});

describe('too many requests', () => {
  const busy = (seconds: string, more: object = {}): Answer =>
    status(429, 'TooManyRequests', 'busy', more, { 'retry-after': seconds });

  test('waits as long as the server asks for, and then does it', async () => {
    hostile.server.next(busy('2'), found);
    const clock = new WatchedClock();
    const call = create(hostile.connect({ clock }).api);
    await clock.pass(2000);
    await call;
    expect(hostile.server.requests.length).toBe(2);
  });

  test('a date is as good', async () => {
    const clock = new WatchedClock();
    hostile.server.next(busy(new Date(clock.now() + 3000).toUTCString()), found);
    const call = get(hostile.connect({ clock }).api);
    await clock.pass(3000);
    await call;
  });

  test('does not wait longer than it is patient, nor longer than the call may take', async () => {
    hostile.server.always(busy('60'));
    const { api } = hostile.connect({ clock: new VirtualClock() });
    const hurried = api.get(gadgets, one, { timeout: 3_600_000 });
    expect(await failureOf(hurried)).toMatchObject({ kind: 'tooManyRequests', retryAfter: 60_000 });
    hostile.server.always(busy('5'));
    expect((await failureOf(api.get(gadgets, one, { timeout: 5000 }))).kind).toBe('tooManyRequests');
    expect(hostile.server.requests.length).toBe(2);
  });

  test('an eviction that a budget forbids is for the caller to repeat', async () => {
    const causes = [{ reason: 'DisruptionBudget', message: 'The disruption budget zone needs 3 healthy pods' }];
    hostile.server.always(busy('1', { details: { causes } }));
    const error = await failureOf(hostile.connect().api.createUnder(gadgets, one, 'eviction', {}));
    expect(error).toMatchObject({ kind: 'tooManyRequests', retryAfter: 1000, causes });
    expect(hostile.server.requests.length).toBe(1);
  });

  test('the wait ends with the signal', async () => {
    hostile.server.always(busy('5'));
    const controller = new AbortController();
    const clock = new WatchedClock();
    const call = failureOf(hostile.connect({ clock }).api.get(gadgets, one, { signal: controller.signal }));
    await eventually(() => clock.delays.includes(5000));
    controller.abort();
    expect((await call).kind).toBe('aborted');
    expect(clock.pending).toBe(0);
  });
});

test('a rate holds for all calls, urgent ones first, and watches count', async () => {
  hostile.server.always(found);
  const clock = new VirtualClock();
  const { api } = hostile.connect({ clock, rate: { perSecond: 1, burst: 1 } });
  await get(api);
  const hasty = failureOf(api.raw('/hasty', { timeout: 500 }));
  const normal = api.raw('/normal');
  const urgent = api.raw('/urgent', { urgent: true });
  const events = api.watch(gadgets, { resourceVersion: '1' })[Symbol.asyncIterator]();
  const watched = failureOf(events.next());
  await clock.advance(500);
  expect((await hasty).message).toMatch(/own rate let it wait for 500 ms/);
  await clock.advance(500);
  await urgent;
  await clock.advance(1000);
  await normal;
  await clock.advance(1000);
  expect((await watched).kind).toBe('network');
  const asked = hostile.server.requests.map(({ path }) => path.replace(/\?.*/, ''));
  expect(asked.slice(1)).toEqual(['/urgent', '/normal', '/apis/example.com/v1/gadgets']);
});
