import type { ExecOptions, ExecResult } from '../../src/kube/api.js';
import type { KubeErrorKind } from '../../src/kube/error.js';
import { eventually, failureOf, one, settled, startHostile, WatchedClock, type Hostile } from './hostile-http.js';
import { close, raw, reset, silence, status, text, type Answer } from './hostile-server.js';
import { exec, exited, success, type Peer } from './websocket-server.js';

let hostile: Hostile;
beforeEach(async () => (hostile = await startHostile()));
afterEach(() => hostile.stop());

function run(answer: Answer, options?: ExecOptions, clock = new WatchedClock()): Promise<ExecResult> {
  hostile.server.always(answer);
  return hostile.connect({ clock }).api.exec(one, ['cat', 'a&b'], options);
}

const ending =
  (how: string, before: (peer: Peer) => Promise<void> | void = () => undefined) =>
  async (peer: Peer): Promise<void> => {
    await before(peer);
    await peer.send(3, how);
    await peer.close();
  };

test('asks for a command in a container', async () => {
  await run(exec(ending(success)), { container: 'game', stdin: '' });
  const { method, path, headers } = hostile.server.requests[0]!;
  expect(`${method} ${path}`).toBe(
    'GET /api/v1/namespaces/default/pods/one/exec?container=game&command=cat&command=a%26b&stdin=true&stdout=true&stderr=true',
  );
  expect(headers).toMatchObject({
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-protocol': 'v5.channel.k8s.io, v4.channel.k8s.io',
    'user-agent': 'gamezone',
  });
  expect(Buffer.from(headers['sec-websocket-key']!, 'base64').length).toBe(16);
});

test('the streams, and how it ended', async () => {
  const script = ending(exited(3), async (peer) => {
    await peer.send(1, '');
    await peer.send(2, '');
    await peer.send(1, 'one ');
    await peer.send(2, 'wrong');
    await peer.send(1, 'two');
  });
  expect(await run(exec(script))).toEqual({ exitCode: 3, stdout: 'one two', stderr: 'wrong', truncated: false });
  await eventually(() => hostile.server.openConnections === 0);
});

test('output that comes behind the word that it has ended still counts', async () => {
  const script = async (peer: Peer): Promise<void> => {
    await peer.send(3, success);
    await peer.send(1, 'late');
    await peer.close();
  };
  expect(await run(exec(script))).toMatchObject({ exitCode: 0, stdout: 'late' });
});

test('a connection that then does not end is not waited for', async () => {
  const clock = new WatchedClock();
  const result = run(
    exec((peer) => peer.send(3, success)),
    {},
    clock,
  );
  await clock.pass(1000);
  expect(await result).toMatchObject({ exitCode: 0 });
  await eventually(() => hostile.server.openConnections === 0);
  expect(clock.pending).toBe(0);
});

test('standard input, to its end', async () => {
  const input = 'x'.repeat(100_000);
  let frames: Peer['received'] = [];
  const script = ending(success, async (peer) => {
    await peer.arrived(5);
    frames = peer.received;
  });
  await run(exec(script), { stdin: Buffer.from(input) });
  expect(frames.slice(0, 4).every(({ opcode, payload }) => opcode === 2 && payload[0] === 0)).toBe(true);
  expect(Buffer.concat(frames.slice(0, 4).map(({ payload }) => payload.subarray(1))).toString()).toBe(input);
  expect([...frames[4]!.payload]).toEqual([255, 0]);
});

test('more than is kept', async () => {
  const script = ending(success, async (peer) => {
    await peer.send(1, '12345');
    await peer.send(1, '678');
    await peer.send(2, '1234567');
    await peer.send(7, 'nobody asked');
  });
  expect(await run(exec(script), { limit: 7 })).toEqual({
    exitCode: 0,
    stdout: '1234567',
    stderr: '1234567',
    truncated: true,
  });
});

test('frames: large and in pieces, pings between them, several at once', async () => {
  const large = 'y'.repeat(70_000);
  let pong: Buffer | undefined;
  const script = ending(success, async (peer) => {
    await peer.send(1, large);
    await peer.frame(0x02, Buffer.from([1, 65]));
    await peer.frame(0x89, 'ping');
    await peer.frame(0x00, 'B');
    await peer.frame(0x80, 'C');
    await peer.bytes(Buffer.from([0x82, 2, 1, 68, 0x82, 2, 1]));
    await peer.bytes(Buffer.from([69]));
    await peer.arrived(1);
    pong = peer.received.find(({ opcode }) => opcode === 10)?.payload;
  });
  expect((await run(exec(script))).stdout).toBe(`${large}ABCDE`);
  expect(pong?.toString()).toBe('ping');
});

const failing = (peer: Peer, ...frames: [number, string | Uint8Array][]): Promise<void> =>
  frames.reduce((before, frame) => before.then(() => peer.frame(...frame)), Promise.resolve());

test.each<[string, Answer, KubeErrorKind, RegExp]>([
  ['403', status(403, 'Forbidden', 'no exec'), 'forbidden', /403 Forbidden: no exec/],
  ['404', status(404, 'NotFound'), 'notFound', /404/],
  ['a proxy that knows no WebSockets', text(400, '<title>Bad Request</title>'), 'badRequest', /400: Bad Request/],
  ['an answer that is none', text(200, 'hello'), 'protocol', /200/],
  ['a reset before an answer', reset(), 'network', /before an answer/],
  ['no HTTP', close('SSH-2.0\r\n'), 'network', /before an answer/],
  ['the wrong key', exec(() => undefined, { accept: 'x' }), 'protocol', /something else/],
  ['another protocol', exec(() => undefined, { protocol: 'v3.channel.k8s.io' }), 'protocol', /something else/],
  [
    'no such program',
    exec(
      ending(
        JSON.stringify({
          metadata: {},
          status: 'Failure',
          reason: 'InternalError',
          code: 500,
          message: 'no such file',
        }),
      ),
    ),
    'server',
    /500 InternalError: no such file/,
  ],
  ['an end that nobody understands', exec(ending('oops')), 'protocol', /no JSON/],
  ['an end without a word', exec((peer) => peer.close()), 'network', /closed before the command ended/],
  ['a reset', exec((peer) => peer.send(1, 'x').then(() => peer.reset())), 'network', /ECONNRESET|closed/],
  [
    'a masked frame',
    exec((peer) => peer.bytes(Buffer.from([0x82, 0x81, 0, 0, 0, 0, 1]))),
    'protocol',
    /no server may send/,
  ],
  ['an extension that nobody asked for', exec((peer) => peer.frame(0xc2, 'x')), 'protocol', /no server may send/],
  ['half a ping', exec((peer) => peer.frame(0x09, 'x')), 'protocol', /no server may send/],
  ['a large ping', exec((peer) => peer.frame(0x89, 'x'.repeat(126))), 'protocol', /no server may send/],
  ['a part of nothing', exec((peer) => peer.frame(0x80, 'x')), 'protocol', /out of their order/],
  [
    'a message within a message',
    exec((peer) => failing(peer, [0x02, 'x'], [0x82, 'y'])),
    'protocol',
    /out of their order/,
  ],
  [
    'a message without an end',
    exec((peer) =>
      failing(peer, ...Array.from({ length: 70 }, (_, at): [number, string] => [at === 0 ? 2 : 0, 'z'.repeat(65_535)])),
    ),
    'protocol',
    /more than 4194304 bytes/,
  ],
  [
    'a frame of four exabytes',
    exec((peer) => peer.bytes(Buffer.from([0x82, 127, 0x40, 0, 0, 0, 0, 0, 0, 0]))),
    'protocol',
    /more than 4194304 bytes/,
  ],
])('%s', async (_name, answer, kind, message) => {
  const error = await failureOf(run(answer));
  expect(error.message).toMatch(message);
  expect(error.kind).toBe(kind);
  // Not the command, which may hold a secret.
  expect(error.message).toMatch(/^GET \/api\/v1\/namespaces\/default\/pods\/one\/exec: /);
  await eventually(() => hostile.server.openConnections === 0);
});

test('a server that cannot end standard input is told none', async () => {
  const old = exec(() => undefined, { protocol: 'v4.channel.k8s.io' });
  expect(await failureOf(run(old, { stdin: 'x' }))).toMatchObject({ kind: 'refused' });
  expect(await run(exec(ending(success), { protocol: 'v4.channel.k8s.io' }))).toMatchObject({ exitCode: 0 });
});

test('an exec is never repeated', async () => {
  await failureOf(run(reset()));
  expect(hostile.server.requests.length).toBe(1);
});

describe('time and signals', () => {
  test.each<[string, Answer]>([
    ['before an answer', silence()],
    ['before the end', exec((peer) => peer.send(1, 'x'))],
    ['within a refusal', raw('HTTP/1.1 403 Forbidden\r\ncontent-length: 100\r\n\r\n{')],
  ])('silence %s', async (_name, answer) => {
    const clock = new WatchedClock();
    const call = failureOf(run(answer, { timeout: 9000 }, clock));
    await hostile.server.arrived(1);
    await settled();
    await clock.advance(9000);
    expect(await call).toMatchObject({ kind: 'timeout', message: expect.stringContaining('within 9000 ms') });
    await eventually(() => hostile.server.openConnections === 0);
    expect(clock.pending).toBe(0);
  });

  test('the signal ends it', async () => {
    const controller = new AbortController();
    const call = failureOf(
      run(
        exec((peer) => peer.send(1, 'x')),
        { signal: controller.signal },
      ),
    );
    await hostile.server.arrived(1);
    await settled();
    controller.abort();
    expect(await call).toMatchObject({ kind: 'aborted' });
    await eventually(() => hostile.server.openConnections === 0);
  });

  test('the signal was there before', async () => {
    expect(await failureOf(run(silence(), { signal: AbortSignal.abort() }))).toMatchObject({ kind: 'aborted' });
    expect(hostile.server.requests).toEqual([]);
  });
});
