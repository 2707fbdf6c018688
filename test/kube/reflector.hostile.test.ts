import type { WatchEvent } from '../../src/kube/api.js';
import { systemClock } from '../../src/kube/clock.js';
import { KubeError } from '../../src/kube/error.js';
import type { KubeObject } from '../../src/kube/objects.js';
import { Reflector, type ReflectorOptions } from '../../src/kube/reflector.js';
import { pods } from '../../src/kube/resource.js';
import { FakeApi } from './fake-api.js';
import { eventually, startHostile, type Hostile } from './hostile-http.js';
import {
  complete,
  cut,
  drip,
  end,
  hang,
  json,
  pause,
  reset,
  silence,
  status,
  text,
  watch,
  type Answer,
  type Exchange,
} from './hostile-server.js';
import { contentOf, LifeChecker } from './life.js';
import { VirtualClock } from './virtual-clock.js';

// The reflector behind the real HTTP client, against a server that misbehaves down at the bytes. What it should know is in a fake API;
// its times are some thousand times shorter than in a cluster.

let hostile: Hostile;
let truth: FakeApi;
let reflectors: Reflector[];
let errors: KubeError[];

beforeEach(async () => {
  hostile = await startHostile();
  truth = new FakeApi(new VirtualClock());
  reflectors = [];
  errors = [];
});

afterEach(async () => {
  await Promise.all(reflectors.map((reflector) => reflector.stop()));
  await hostile.stop();
});

function reflect(options: Partial<ReflectorOptions<KubeObject, never>> = {}): Reflector {
  const reflector = new Reflector({
    api: hostile.connect({ patience: 0 }).api,
    clock: systemClock,
    resource: pods,
    backoff: () => 2,
    healthyAfter: 0,
    onError: (error) => errors.push(error as KubeError),
    ...options,
  });
  reflectors.push(reflector);
  reflector.start();
  return reflector;
}

function put(name: string, more: object = {}): void {
  truth.put(pods, { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'n', name, ...more } });
}

function queryOf({ request }: Exchange): URLSearchParams {
  return new URL(request.path, 'http://server').searchParams;
}

/** A list as it should be. */
const honestList: Answer = async (exchange) => {
  const query = queryOf(exchange);
  const limit = query.get('limit');
  const token = query.get('continue');
  const answer = await truth
    .list(pods, { ...(limit !== null && { limit: Number(limit) }), ...(token !== null && { continue: token }) })
    .then((list) => json(200, { kind: 'PodList', apiVersion: 'v1', ...list }))
    .catch(() => status(410, 'Expired'));
  await answer(exchange);
};

/** A watch as it should be, but that each event is written by `write`; it ends with the connection. */
const watching =
  (write: (event: WatchEvent, exchange: Exchange) => Promise<void>): Answer =>
  async (exchange) => {
    const from = queryOf(exchange).get('resourceVersion')!;
    const left = new AbortController();
    exchange.socket.once('close', () => left.abort());
    try {
      // In order, it would end here: these steps say the head of the answer and nothing else.
      await watch(async () => {
        for await (const event of truth.watch(pods, { resourceVersion: from, signal: left.signal }))
          await write(event, exchange);
      })(exchange);
    } catch (error) {
      if (error instanceof KubeError && error.kind === 'gone') await gone(exchange);
    }
  };
const gone: Answer = async ({ send }) => {
  const object = { kind: 'Status', apiVersion: 'v1', code: 410, reason: 'Expired', message: 'too old', metadata: {} };
  await send(chunk(`${JSON.stringify({ type: 'ERROR', object })}\n`) + '0\r\n\r\n');
};

function lineOf(event: WatchEvent): string {
  const { type } = event;
  const object =
    type === 'BOOKMARK' ? { kind: 'Pod', metadata: { resourceVersion: event.resourceVersion } } : event.object;
  return `${JSON.stringify({ type, object })}\n`;
}

function chunk(part: string): string {
  return `${Buffer.byteLength(part).toString(16)}\r\n${part}\r\n`;
}

const honestWatch = watching((event, { send }) => send(chunk(lineOf(event))));

/** These answers first, one each, and then as it should be. */
function serve({ lists = [], watches = [] }: { lists?: Answer[]; watches?: Answer[] }): void {
  hostile.server.on('watch=true', ...watches, honestWatch);
  hostile.server.on('GET /api/v1/pods?', ...lists, honestList);
}

async function same(reflector: Reflector): Promise<void> {
  await eventually(() => reflector.store.hasSeen(String(truth.version)));
  expect(contentOf(reflector.store.list())).toEqual(contentOf(truth.objects(pods).values()));
}

const page = (): string =>
  JSON.stringify({ kind: 'PodList', metadata: { resourceVersion: '1001' }, items: [{ metadata: {} }] });
const lists: [string, Answer][] = [
  ['500', status(500, 'InternalError')],
  ['a page of a proxy', text(502, '<html><title>Bad gateway</title></html>')],
  ['a page of a proxy that means well', text(200, '<html>Welcome</html>')],
  ['half JSON', json(200, '')],
  ['half an answer and an end', reset(complete(200, page()).slice(0, 60))],
  ['no answer at all', reset()],
  ['silence', silence()],
  ['half an answer and silence', silence(complete(200, page()).slice(0, 90))],
  ['a body that takes longer than anybody waits', drip(page(), { size: 1, every: 40 })],
  ['a list without items', json(200, { kind: 'PodList', metadata: { resourceVersion: '5' } })],
  [
    'items that are none',
    json(200, { kind: 'PodList', metadata: { resourceVersion: '5' }, items: [{ metadata: {} }] }),
  ],
  ['410 to the first page', status(410, 'Expired')],
  ['401', status(401, 'Unauthorized')],
  ['403', status(403, 'Forbidden')],
  ['404', text(404, '404 page not found', 'text/plain')],
  ['429', status(429, 'TooManyRequests', '', {}, { 'retry-after': '0' })],
];

test.each(lists)('a list that is answered with %s is asked for again', async (_, answer) => {
  put('a');
  serve({ lists: [answer] });
  const reflector = reflect({ pageTimeout: 300 });
  await reflector.store.whenSynced();
  await same(reflector);
  // Some of it the client does by itself.
  expect(hostile.server.requests.filter(({ path }) => path.includes('limit=')).length).toBeGreaterThanOrEqual(2);
  expect(errors.every((error) => error instanceof KubeError)).toBe(true);
});

const pod = (version: number, name = 'x') => ({
  type: 'ADDED',
  object: { kind: 'Pod', metadata: { namespace: 'n', name, uid: `u-${name}`, resourceVersion: String(version) } },
});
const half = `{"type":"ADDED","object":{"kind":"Pod","metadata":{"namespace":"n","na`;
const expired = { type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' } };
const watches: [string, Answer, { lists: number; errors: number }][] = [
  ['a reset in mid-line', watch(half, cut), { lists: 1, errors: 1 }],
  ['an end in mid-line', watch(half, end), { lists: 1, errors: 1 }],
  ['half JSON in a line', watch(`${half}\n`, hang), { lists: 2, errors: 1 }],
  ['something that is no event', watch('"hello"\n', hang), { lists: 2, errors: 1 }],
  ['an event without an object', watch({ type: 'ADDED', object: null }, hang), { lists: 2, errors: 1 }],
  ['an older version', watch(pod(3), hang), { lists: 2, errors: 1 }],
  ['an opaque version', watch(pod(NaN), hang), { lists: 2, errors: 1 }],
  ['410 as an event', watch(expired, end), { lists: 2, errors: 0 }],
  ['410 as an answer', status(410, 'Expired'), { lists: 2, errors: 0 }],
  ['500', status(500, 'InternalError'), { lists: 1, errors: 1 }],
  ['500 as an event', watch({ type: 'ERROR', object: { kind: 'Status', code: 500 } }, end), { lists: 1, errors: 1 }],
  ['no answer', reset(), { lists: 1, errors: 0 }],
  ['silence from the begin', silence(), { lists: 1, errors: 1 }],
  ['silence after a while', watch(pause(10), hang), { lists: 1, errors: 1 }],
  ['silence in mid-line', watch(half, hang), { lists: 1, errors: 1 }],
];

test.each(watches)('a watch with %s loses nothing and invents nothing', async (_, answer, expected) => {
  put('a');
  serve({ watches: [answer] });
  const reflector = reflect({ idleTimeout: 150 });
  const life = new LifeChecker(reflector.store);
  await reflector.store.whenSynced();
  // Meanwhile: seen by the list, or by the watch that comes after.
  put('b');
  put('a');
  truth.remove(pods, { namespace: 'n', name: 'b' });
  put('c');
  await same(reflector);
  expect([life.problems, reflector.store.size]).toEqual([[], 2]);
  expect([reflector.state.lists, errors.length]).toEqual([expected.lists, expected.errors]);
});

test('events torn into bytes, and characters torn too, are whole', async () => {
  serve({
    watches: [
      watching(async (event, { send }) => {
        const bytes = Buffer.from(lineOf(event));
        for (const byte of bytes)
          await send(Buffer.concat([Buffer.from('1\r\n'), Buffer.from([byte]), Buffer.from('\r\n')]));
      }),
    ],
  });
  const reflector = reflect();
  await reflector.store.whenSynced();
  put('a', { annotations: { note: 'größer 🎲' } });
  put('b');
  await same(reflector);
  expect(reflector.store.get('n/a')?.metadata.annotations).toEqual({ note: 'größer 🎲' });
});

test('50,000 objects: pages that break, expire and come again; no half state; then a restart of the server', async () => {
  for (let i = 0; i < 50_000; i++) put(`p${i}`, { labels: { app: `a${i % 100}` } });
  let pages = 0;
  hostile.server.on('watch=true', honestWatch);
  hostile.server.on('GET /api/v1/pods?', async (exchange) => {
    pages++;
    if (pages === 10) return reset(complete(200, page()).slice(0, 80))(exchange);
    if (pages === 60) truth.compact();
    if (pages === 61) put('p0');
    await honestList(exchange);
  });
  const sizes = new Set<number>();
  const reflector = reflect();
  const life = new LifeChecker(reflector.store);
  reflector.store.subscribe(() => sizes.add(reflector.store.size));
  await reflector.store.whenSynced();
  await same(reflector);
  expect([...sizes]).toEqual([50_000]);
  for (let i = 0; i < 1000; i++) truth.remove(pods, { namespace: 'n', name: `p${i * 7}` });
  for (let i = 0; i < 1000; i++) put(`q${i}`);
  hostile.server.dropConnections('reset');
  await same(reflector);
  truth.compact();
  for (let i = 0; i < 1000; i++) truth.remove(pods, { namespace: 'n', name: `p${i * 7 + 1}` });
  truth.compact();
  hostile.server.dropConnections();
  await same(reflector);
  expect([life.problems, life.removals]).toEqual([[], 2000]);
}, 120_000);

/** Reproducible chance (mulberry32). */
function chanceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const seeds = Number(process.env['GAMEZONE_SEEDS'] ?? 12);

test.each(Array.from({ length: seeds }, (_, at) => at + 1))(
  'a server that does anything at any time, seed %i',
  async (seed) => {
    const random = chanceOf(seed);
    const oneOf = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
    let kind = true;
    const badLists = lists.map(([, answer]) => answer);
    const badWatches = watches.map(([, answer]) => answer);
    const hostileWatch = watching(async (event, exchange) => {
      const { send, reset: breakOff } = exchange;
      const line = lineOf(event);
      const at = Math.floor(random() * line.length);
      const turn = kind ? 1 : random();
      if (turn < 0.04) await send(chunk(line.slice(0, at))).then(breakOff);
      else if (turn < 0.07) await send(`${chunk(line.slice(0, at))}0\r\n\r\n`);
      else if (turn < 0.1) await send(chunk(`${line.slice(0, at)}\n`));
      else if (turn < 0.13) await send(chunk(line) + chunk(line));
      else if (turn < 0.16) await send(`${chunk(line)}0\r\n\r\n`);
      else if (turn < 0.18) await gone(exchange);
      else if (turn < 0.2) await send(line.slice(0, 10)).then(() => hang(exchange));
      else if (turn < 0.4) await send(chunk(line.slice(0, at)) + chunk(line.slice(at)));
      else await send(chunk(line));
    });
    hostile.server.on('watch=true', (exchange) =>
      (!kind && random() < 0.3 ? oneOf(badWatches) : hostileWatch)(exchange),
    );
    hostile.server.on('GET /api/v1/pods?', (exchange) =>
      (!kind && random() < 0.4 ? oneOf(badLists) : honestList)(exchange),
    );
    const reflector = reflect({ pageSize: 7, pageTimeout: 60, idleTimeout: 80 });
    const life = new LifeChecker(reflector.store);
    kind = false;
    for (let step = 0; step < 400; step++) {
      const name = `p${Math.floor(random() * 40)}`;
      const turn = random();
      if (turn < 0.55) put(name);
      else if (turn < 0.75) truth.remove(pods, { namespace: 'n', name });
      else if (turn < 0.85) {
        truth.remove(pods, { namespace: 'n', name });
        put(name);
      } else if (turn < 0.87) truth.compact();
      // Never an orderly end first: Node does not exit after `end` and `resetAndDestroy` of one socket.
      else if (turn < 0.89) hostile.server.dropConnections('reset');
      else await new Promise((resolve) => setImmediate(resolve));
    }
    await eventually(() => life.events > 0 || reflector.state.failures > 20);
    for (let step = 0; step < 40; step++) {
      put(`p${step}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    kind = true;
    hostile.server.dropConnections('reset');
    await same(reflector);
    expect(life.problems).toEqual([]);
  },
);
