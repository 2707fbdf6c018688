import { connect as connectTo } from 'node:net';
import type { KubeError } from '../../src/kube/error.js';
import { proxyFor } from '../../src/kube/proxy.js';
import { CertificateMaker } from '../../src/cluster/api-server/http/certificate-maker.js';
import { eventually, gadget, gadgets, one, startHostile, WatchedClock, type Hostile } from './hostile-http.js';
import { close, HostileServer, json, raw, silence, type Answer } from './hostile-server.js';

test.each<[string, Record<string, string>, string | undefined]>([
  ['https://api.example.com', {}, undefined],
  ['https://api.example.com', { HTTPS_PROXY: 'http://p:3128' }, 'http://p:3128/'],
  ['https://api.example.com', { https_proxy: 'p:3128', HTTPS_PROXY: 'http://q' }, 'http://p:3128/'],
  ['https://api.example.com', { HTTP_PROXY: 'http://p' }, undefined],
  ['http://api.example.com', { HTTP_PROXY: 'http://p', HTTPS_PROXY: 'http://q' }, 'http://p/'],
  ['https://localhost:6443', { HTTPS_PROXY: 'http://p' }, undefined],
  ['https://127.0.0.1:6443', { HTTPS_PROXY: 'http://p' }, undefined],
  ['https://[::1]:6443', { HTTPS_PROXY: 'http://p' }, undefined],
])('%s with %j: %s', (server, environment, expected) => {
  expect(proxyFor(new URL(server), undefined, environment)?.href).toBe(expected);
});

test('the one of the kubeconfig goes before all others, whatever NO_PROXY says', () => {
  const environment = { HTTPS_PROXY: 'http://q', NO_PROXY: '*' };
  expect(proxyFor(new URL('https://127.0.0.1'), 'https://p:1', environment)?.href).toBe('https://p:1/');
});

test.each<[string, string, boolean]>([
  ['https://api.example.com', '*', true],
  ['https://api.example.com', 'example.com', true],
  ['https://api.example.com', '.example.com', true],
  ['https://api.example.com', '*.example.com', true],
  ['https://api.example.com', ' other , API.example.com ', true],
  ['https://api.example.com', 'ample.com', false],
  ['https://api.example.com', 'api.example.com:443', true],
  ['https://api.example.com', 'api.example.com:6443', false],
  ['https://api.example.com:6443', 'example.com:6443', true],
  ['https://api.example.com', ',', false],
  ['https://10.96.0.1', '10.0.0.0/8', true],
  ['https://10.96.0.1', '10.96.0.1', true],
  ['https://10.96.0.1', '10.97.0.0/16', false],
  ['https://10.96.0.1', '10.96.0.0/99', false],
  ['https://10.96.0.1', 'fd00::/8', false],
  ['https://[fd00::1]', 'fd00::/8', true],
  ['https://[fd00::1]:6443', 'fd00::1', true],
  ['https://api.example.com', '10.0.0.0/8', false],
])('%s with NO_PROXY=%s goes without: %s', (server, list, without) => {
  const proxy = proxyFor(new URL(server), undefined, { HTTPS_PROXY: 'http://p', NO_PROXY: list });
  expect(proxy === undefined).toBe(without);
});

describe('through a proxy', () => {
  const authority = new CertificateMaker();
  const ca = { data: Buffer.from(authority.cert) };
  let hostile: Hostile;
  let proxy: HostileServer;
  beforeEach(async () => {
    hostile = await startHostile(authority.make({ name: 'server' }));
    hostile.server.always(json(200, gadget('one')));
    proxy = await HostileServer.start();
  });
  afterEach(async () => {
    await hostile.stop();
    await proxy.stop();
  });

  /** What a proxy does when all is well. */
  const passOn: Answer = async ({ request, socket, send, takeOver }) => {
    const [host, port] = request.path.split(':');
    takeOver();
    const onward = connectTo({ host: host!, port: Number(port) });
    onward.on('error', () => socket.destroy()).on('close', () => socket.destroy());
    socket.on('close', () => onward.destroy());
    await send('HTTP/1.1 200 Connection established\r\n\r\n');
    socket.pipe(onward).pipe(socket);
  };
  const through = (options: object = {}, user = '') =>
    hostile.connect(options, { ca, proxy: proxy.url.replace('//', `//${user}`) }).api;
  const failure = async (answer: Answer): Promise<KubeError> => {
    proxy.always(answer);
    return through()
      .get(gadgets, one)
      .then(() => Promise.reject(new Error('it succeeded')))
      .catch((error: unknown) => error as KubeError);
  };

  test('calls go through a tunnel, and the server is who it says', async () => {
    proxy.always(passOn);
    const api = through({}, 'me:p%40ss@');
    await Promise.all([api.get(gadgets, one), api.get(gadgets, one)]);
    const { port } = new URL(hostile.server.url);
    expect(proxy.requests[0]).toMatchObject({
      method: 'CONNECT',
      path: `127.0.0.1:${port}`,
      headers: {
        host: `127.0.0.1:${port}`,
        'proxy-authorization': `Basic ${Buffer.from('me:p@ss').toString('base64')}`,
      },
    });
    expect(hostile.server.requests.length).toBe(2);
  });

  test.each<[string, Answer, RegExp]>([
    ['refuses', raw('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'), /the proxy [\d.:]+ answered 407 to CONNECT/],
    ['hangs up', close(), /the proxy [\d.:]+ closed the connection/],
    ['speaks nonsense', raw('hello\r\n\r\n'), /the proxy [\d.:]+ answered nonsense/],
    ['has a head without end', raw(`HTTP/1.1 200 OK\r\n${'x'.repeat(20_000)}`), /answered 200 to CONNECT|closed/],
    ['hangs up behind its answer', close('HTTP/1.1 200 OK\r\n\r\n'), /no connection to|no TLS with/],
  ])('one that %s', async (_name, answer, message) => {
    const error = await failure(answer);
    expect(error).toMatchObject({ name: 'KubeError', kind: 'network' });
    expect(error.message).toMatch(message);
    await eventually(() => proxy.openConnections === 0);
  });

  test('one that is silent', async () => {
    proxy.always(silence());
    const clock = new WatchedClock();
    const call = through({ clock })
      .get(gadgets, one)
      .catch((error: unknown) => error as KubeError);
    await proxy.arrived(1);
    await clock.advance(10_000);
    expect(await call).toMatchObject({ kind: 'timeout', message: expect.stringContaining('within 10000 ms') });
  });

  test('one that is not there', async () => {
    await proxy.stop();
    const error = await failure(passOn);
    expect(error.message).toMatch(
      /no connection to 127\.0\.0\.1:\d+ by way of the proxy 127\.0\.0\.1:\d+ \(ECONNREFUSED\)/,
    );
  });
});
