import type { WatchEvent, WatchOptions } from '../../src/kube/api.js';
import type { ConnectOptions } from '../../src/kube/connect.js';
import { KubeError, type KubeErrorKind } from '../../src/kube/error.js';
import { eventually, gadget, gadgets, settled, startHostile, type Hostile } from './hostile-http.js';
import {
  close,
  cut,
  drip,
  hang,
  inTurn,
  json,
  raw,
  reset,
  silence,
  status,
  until,
  watch,
  type Answer,
} from './hostile-server.js';
import { VirtualClock } from './virtual-clock.js';

let hostile: Hostile;
beforeEach(async () => (hostile = await startHostile()));
afterEach(() => hostile.stop());

const event = (name: string, resourceVersion = '2', type = 'MODIFIED', more: object = {}) => ({
  type,
  object: gadget(name, resourceVersion, more),
});
const line = (name: string, more: object = {}): string => `${JSON.stringify(event(name, '2', 'MODIFIED', more))}\n`;

interface Seen {
  readonly names: string[];
  readonly error?: KubeError;
}

/** All that a watch tells until it ends. */
async function seen(
  answer: Answer,
  options: Partial<WatchOptions> = {},
  connecting: ConnectOptions = {},
): Promise<Seen> {
  hostile.server.always(answer);
  const names: string[] = [];
  try {
    for await (const told of hostile.connect(connecting).api.watch(gadgets, { resourceVersion: '1', ...options }))
      names.push(told.type === 'BOOKMARK' ? `@${told.resourceVersion}` : told.object.metadata.name);
    return { names };
  } catch (error) {
    expect(error).toBeInstanceOf(KubeError);
    return { names, error: error as KubeError };
  }
}

test('asks for what is wanted', async () => {
  const options = { namespace: 'a', labelSelector: 'x=y', fieldSelector: 'z=w', timeoutSeconds: 300 };
  await seen(watch(), options);
  await seen(watch(), { bookmarks: false });
  expect(hostile.server.requests.map(({ path }) => path)).toEqual([
    '/apis/example.com/v1/namespaces/a/gadgets?labelSelector=x%3Dy&fieldSelector=z%3Dw&watch=true&resourceVersion=1&timeoutSeconds=300&allowWatchBookmarks=true',
    '/apis/example.com/v1/gadgets?watch=true&resourceVersion=1&allowWatchBookmarks=false',
  ]);
});

test('tells events and bookmarks in their order, and ends when the server does', async () => {
  const types = ['ADDED', 'MODIFIED', 'DELETED'];
  hostile.server.next(
    watch(...types.map((type, index) => event('a', String(index), type)), {
      type: 'BOOKMARK',
      object: { kind: 'Gadget', metadata: { resourceVersion: '9', creationTimestamp: null } },
    }),
  );
  const told: WatchEvent[] = [];
  for await (const one of hostile.connect().api.watch(gadgets, { resourceVersion: '1' })) told.push(one);
  expect(told).toEqual([
    ...types.map((type, index) => event('a', String(index), type)),
    { type: 'BOOKMARK', resourceVersion: '9' },
  ]);
});

describe('lines and chunks know nothing of each other', () => {
  const names = ['ä€𝄞', 'b', 'c'];
  const bytes = Buffer.from(names.map((name) => line(name)).join(''));

  test.each([1, 2, 3, 7, 100, 10_000])('chunks of %d bytes', async (size) => {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
      bytes.subarray(at * size, (at + 1) * size),
    );
    expect(await seen(watch(...chunks))).toEqual({ names });
  });

  test('empty lines, which keep connections alive', async () => {
    expect(await seen(watch('\n\r\n', line('a'), '\n', `${line('b').trimEnd()}\r\n`))).toEqual({ names: ['a', 'b'] });
  });
});

test.each<[string, Answer, KubeErrorKind, string[], RegExp]>([
  [
    'an ERROR of an old version',
    watch(line('a'), { type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' } }),
    'gone',
    ['a'],
    /410 Expired: too old/,
  ],
  ['an ERROR of the server', watch({ type: 'ERROR', object: { kind: 'Status', code: 500 } }), 'server', [], /500/],
  ['an ERROR that says nothing', watch({ type: 'ERROR', object: null }), 'server', [], /500/],
  ['410 at once', status(410, 'Expired'), 'gone', [], /410/],
  ['403', status(403, 'Forbidden'), 'forbidden', [], /403/],
  [
    '410 behind early hints',
    inTurn(raw('HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n'), status(410, 'Expired')),
    'gone',
    [],
    /410/,
  ],
  ['a reset between lines', watch(line('a'), cut), 'network', ['a'], /broke within the answer/],
  ['a reset in mid-line', watch(line('a'), line('b').slice(0, 30), cut), 'network', ['a'], /broke within the answer/],
  ['an end in mid-line', watch(line('a'), line('b').slice(0, 30)), 'network', ['a'], /broke within an event/],
  ['an end in mid-line, at the end of its JSON', watch(line('a').trimEnd()), 'network', [], /broke within an event/],
  [
    'an end that is none',
    close('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'),
    'network',
    [],
    /broke within/,
  ],
  ['a reset before the head', reset(), 'network', [], /before an answer/],
  ['half JSON', watch(line('a'), '{"type":"ADDED","object":{\n', line('b')), 'protocol', ['a'], /that is no JSON/],
  ['a page', watch('<html>\n'), 'protocol', [], /that is no JSON/],
  [
    'invalid UTF-8',
    watch(Buffer.from(line('\x7f')).map((byte) => (byte === 0x7f ? 0xff : byte))),
    'protocol',
    [],
    /that is no JSON/,
  ],
  ['a number', watch('5\n'), 'protocol', [], /that is no JSON/],
  ['an event of nothing', watch('{"type":"ADDED"}\n'), 'protocol', [], /without an object/],
  [
    'an object of no version',
    watch('{"type":"ADDED","object":{"metadata":{"name":"a"}}}\n'),
    'protocol',
    [],
    /without an object/,
  ],
  ['a bookmark of no version', watch('{"type":"BOOKMARK","object":{"metadata":{}}}\n'), 'protocol', [], /bookmark/],
  [
    'an event that nobody knows',
    watch('{"type":"RENAMED","object":{"metadata":{"name":"a"}}}\n'),
    'protocol',
    [],
    /unknown type/,
  ],
  [
    'no HTTP in the middle',
    close(
      `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${line('a').length.toString(16)}\r\n${line('a')}\r\nzz`,
    ),
    'protocol',
    ['a'],
    /no HTTP/,
  ],
])('%s', async (_name, answer, kind, names, message) => {
  const { names: told, error } = await seen(answer);
  expect(told).toEqual(names);
  expect(error!.message).toMatch(message);
  expect(error!.kind).toBe(kind);
  expect(error!.message).toMatch(/^GET \/apis\/example\.com\/v1\/gadgets: /);
  await eventually(() => hostile.server.openConnections === 0);
});

test('an event larger than allowed ends the watch, torn or not', async () => {
  const long = line('b', { data: 'x'.repeat(3000) });
  for (const answer of [watch(line('a'), long, hang), watch(line('a'), long.slice(0, 2500), hang)]) {
    const { names, error } = await seen(answer, {}, { maxEvent: 2000 });
    expect(names).toEqual(['a']);
    expect(error).toMatchObject({ kind: 'protocol' });
    expect(error!.message).toMatch(/an event of more than 2000 bytes/);
  }
});

describe('leaving', () => {
  test('the loop closes the connection', async () => {
    hostile.server.always(watch(line('a'), hang));
    for await (const told of hostile.connect().api.watch(gadgets, { resourceVersion: '1' })) {
      expect(told.type).toBe('MODIFIED');
      break;
    }
    await eventually(() => hostile.server.openConnections === 0);
    expect(hostile.server.connections).toBe(1);
  });

  test('by return, while the next event is waited for', async () => {
    hostile.server.always(watch(line('a'), hang));
    const events = hostile.connect().api.watch(gadgets, { resourceVersion: '1' })[Symbol.asyncIterator]();
    await events.next();
    const pending = events.next();
    await events.return!();
    expect(await pending).toEqual({ done: true, value: undefined });
    expect((await events.next()).done).toBe(true);
    await eventually(() => hostile.server.openConnections === 0);
  });

  test('by return, before it began: nothing is sent', async () => {
    const events = hostile.connect().api.watch(gadgets, { resourceVersion: '1' })[Symbol.asyncIterator]();
    await events.return!();
    expect((await events.next()).done).toBe(true);
    expect(hostile.server.requests).toEqual([]);
  });

  test('by return, while it begins', async () => {
    let answer = (): void => undefined;
    const asked = new Promise<void>((resolve) => (answer = resolve));
    hostile.server.always(async (exchange) => {
      await asked;
      await watch(line('a'), hang)(exchange);
    });
    const events = hostile.connect().api.watch(gadgets, { resourceVersion: '1' })[Symbol.asyncIterator]();
    const pending = events.next();
    await hostile.server.arrived(1);
    await events.return!();
    answer();
    expect((await pending).done).toBe(true);
    await eventually(() => hostile.server.openConnections === 0);
  });

  test('by the signal: what is left is not told', async () => {
    hostile.server.always(watch(line('a') + line('b') + line('c'), hang));
    const controller = new AbortController();
    const names: string[] = [];
    const watching = (async () => {
      const options = { resourceVersion: '1', signal: controller.signal };
      for await (const told of hostile.connect().api.watch(gadgets, options)) {
        names.push(told.type);
        controller.abort();
      }
    })();
    await expect(watching).rejects.toMatchObject({ kind: 'aborted' });
    expect(names).toEqual(['MODIFIED']);
    await eventually(() => hostile.server.openConnections === 0);
  });

  test('by the signal, before and while it begins', async () => {
    const controller = new AbortController();
    hostile.server.always(silence());
    const { api } = hostile.connect();
    const first = (signal: AbortSignal) =>
      api.watch(gadgets, { resourceVersion: '1', signal })[Symbol.asyncIterator]().next();
    await expect(first(AbortSignal.abort())).rejects.toMatchObject({ kind: 'aborted' });
    const begun = first(controller.signal);
    await hostile.server.arrived(1);
    controller.abort();
    await expect(begun).rejects.toMatchObject({ kind: 'aborted' });
    await eventually(() => hostile.server.openConnections === 0);
  });

  test('with the connection to the cluster', async () => {
    hostile.server.always(watch(line('a'), hang));
    const connection = hostile.connect();
    const events = connection.api.watch(gadgets, { resourceVersion: '1' })[Symbol.asyncIterator]();
    await events.next();
    const pending = events.next();
    await Promise.all([expect(pending).rejects.toMatchObject({ kind: 'aborted' }), connection.close()]);
  });
});

describe('time', () => {
  const begin = (answer: Answer, idleTimeout?: number) => {
    hostile.server.always(answer);
    const clock = new VirtualClock();
    const options = { resourceVersion: '1', ...(idleTimeout && { idleTimeout }) };
    const events = hostile.connect({ clock }).api.watch(gadgets, options)[Symbol.asyncIterator]();
    return { clock, events };
  };

  test('silence before it begins', async () => {
    const { clock, events } = begin(silence());
    const first = expect(events.next()).rejects.toMatchObject({ kind: 'timeout' });
    await hostile.server.arrived(1);
    await clock.advance(30_000);
    await first;
  });

  test('silence afterwards, counted from the last byte', async () => {
    let go = (): void => undefined;
    const more = new Promise<void>((resolve) => (go = resolve));
    const { clock, events } = begin(watch(line('a'), until(more), line('b'), hang), 40_000);
    await events.next();
    await clock.advance(39_000);
    go();
    expect((await events.next()).value).toMatchObject({ object: { metadata: { name: 'b' } } });
    const pending = events.next().catch((error: unknown) => error);
    await clock.advance(39_999);
    expect(clock.pending).toBe(1);
    await clock.advance(1);
    expect(await pending).toMatchObject({
      kind: 'timeout',
      message: expect.stringContaining('not a byte for 40000 ms'),
    });
    expect(clock.pending).toBe(0);
    await eventually(() => hostile.server.openConnections === 0);
  });

  test('without a limit silence may last', async () => {
    const { clock, events } = begin(watch(line('a'), hang));
    await events.next();
    await clock.advance(100 * 3_600_000);
    expect(clock.pending).toBe(0);
    expect(hostile.server.openConnections).toBe(1);
  });
});

test('a reader that is slow holds the server up, and misses nothing', async () => {
  const filler = 'x'.repeat(10_000);
  const count = 2000;
  let sent = 0;
  hostile.server.always(
    watch(
      ...Array.from({ length: count }, (_, index) => [
        line(`g${index}`, { filler }),
        () => {
          sent++;
        },
      ]).flat(),
    ),
  );
  const clock = new VirtualClock();
  const { api } = hostile.connect({ clock });
  const names: string[] = [];
  for await (const told of api.watch(gadgets, { resourceVersion: '1', idleTimeout: 1000 })) {
    if (names.length === 0) {
      // Until the server gets nothing more away. Both are in this process: while it is slow, it is so for both.
      for (let turns = 0; turns < 10;) {
        const before = sent;
        await settled();
        turns = sent > 0 && before === sent ? turns + 1 : 0;
      }
      expect(sent).toBeLessThan(count);
      // It is not the server that is silent.
      await clock.advance(10_000);
    }
    if (told.type !== 'BOOKMARK') names.push(told.object.metadata.name);
  }
  expect(names).toEqual(Array.from({ length: count }, (_, index) => `g${index}`));
});

test('it has a connection of its own, and calls have theirs', async () => {
  hostile.server.on('watch=true', watch(line('a'), hang)).always(json(200, gadget('one')));
  const { api } = hostile.connect({ maxConnections: 1 });
  const watches = Array.from({ length: 5 }, () => api.watch(gadgets, { resourceVersion: '1' })[Symbol.asyncIterator]());
  await Promise.all(watches.map((events) => events.next()));
  await expect(api.get(gadgets, { namespace: 'default', name: 'one' })).resolves.toBeDefined();
  expect(hostile.server.connections).toBe(6);
});

test('drips and a head in pieces are no failure', async () => {
  const body = line('a') + line('b');
  expect(await seen(drip(body, { size: 50 }))).toEqual({ names: ['a', 'b'] });
  const stream = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n${body}`;
  expect(await seen(raw(stream, 'close'))).toEqual({ names: ['a', 'b'] });
});
