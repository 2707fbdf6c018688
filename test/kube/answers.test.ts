import type { KubeApi } from '../../src/kube/api.js';
import type { KubeErrorKind } from '../../src/kube/error.js';
import { failureOf, gadget, gadgets, one, startHostile, type Hostile } from './hostile-http.js';
import { close, complete, drip, inTurn, json, raw, reset, status, text, type Answer } from './hostile-server.js';

// What the server does, and what the caller hears.

let hostile: Hostile;
beforeEach(async () => (hostile = await startHostile()));
afterEach(() => hostile.stop());

const found = json(200, gadget('one'));
const body = JSON.stringify(gadget('one'));
const get = (api: KubeApi): Promise<unknown> => api.get(gadgets, one);
const create = (api: KubeApi): Promise<unknown> =>
  api.create(gadgets, { metadata: { namespace: 'default', name: 'one' } });
const list = (api: KubeApi): Promise<unknown> => api.list(gadgets);

test.each<[string, (api: KubeApi) => Promise<unknown>, Answer, KubeErrorKind, RegExp]>([
  ['400', get, status(400, 'BadRequest', 'no'), 'badRequest', /400 BadRequest: no/],
  ['401', get, status(401, 'Unauthorized'), 'unauthorized', /401/],
  ['403', get, status(403, 'Forbidden'), 'forbidden', /403/],
  ['404', get, status(404, 'NotFound'), 'notFound', /404/],
  ['405', get, status(405, 'MethodNotAllowed'), 'refused', /405/],
  ['409 of something else', create, status(409, 'Conflict'), 'conflict', /409/],
  ['409 of the same name', create, status(409, 'AlreadyExists'), 'alreadyExists', /409/],
  ['410', list, status(410, 'Expired'), 'gone', /410/],
  ['422', create, status(422, 'Invalid'), 'invalid', /422/],
  ['429', get, status(429, 'TooManyRequests'), 'tooManyRequests', /429/],
  ['500 with a Status', get, status(500, 'InternalError', 'etcd'), 'server', /500 InternalError: etcd/],
  ['500 without', get, json(500, {}), 'server', /500/],
  ['a page of a proxy', get, text(502, '<title>Bad Gateway</title>'), 'server', /502: Bad Gateway/],
  ['a page of a proxy that says 200', get, text(200, '<html>Sign in'), 'protocol', /of type "text\/html"/],
  ['nonsense as its type', get, text(200, body, '\t;;'), 'protocol', /of type/],
  ['a redirection', get, text(302, '', 'text/plain', { location: 'https://login/' }), 'protocol', /redirection/],
  ['half JSON', get, text(200, body.slice(0, 40), 'application/json'), 'protocol', /that is no JSON/],
  ['no JSON at all', get, text(200, 'no', 'application/json'), 'protocol', /that is no JSON/],
  ['no body', get, text(200, '', 'application/json'), 'protocol', /that is no JSON/],
  ['JSON that is no object', get, json(200, 5), 'protocol', /is no object/],
  ['null', get, json(200, null), 'protocol', /is no object/],
  ['an object of another kind', get, json(200, { kind: 'Status', metadata: {} }), 'protocol', /is no Gadget/],
  ['a list without items', list, json(200, { metadata: { resourceVersion: '1' } }), 'protocol', /is no list/],
  ['a list of no version', list, json(200, { metadata: {}, items: [] }), 'protocol', /is no list/],
  [
    'items that are no list',
    list,
    json(200, { metadata: { resourceVersion: '1' }, items: {} }),
    'protocol',
    /is no list/,
  ],
  [
    'invalid UTF-8',
    get,
    raw(Buffer.concat([Buffer.from(complete(200, '"\x7f"').slice(0, -2)), Buffer.from([0xff, 34])])),
    'protocol',
    /that is no JSON/,
  ],
  ['no HTTP', get, close('SSH-2.0-OpenSSH_9.2\r\n'), 'protocol', /is no HTTP/],
  ['half a head', get, close('HTTP/1.1 200 OK\r\ncontent-'), 'network', /before an answer/],
  [
    'a head that does not end',
    get,
    raw(`HTTP/1.1 200 OK\r\n${`x: ${'y'.repeat(1000)}\r\n`.repeat(80)}`),
    'protocol',
    /is no HTTP/,
  ],
  ['a reset before a byte', get, reset(), 'network', /before an answer \(ECONNRESET\)/],
  ['the end of the connection before a byte', get, close(), 'network', /before an answer/],
  ['a reset in mid-body', get, reset(complete(200, body).slice(0, -20)), 'network', /within the answer/],
  ['the end in mid-body', get, close(complete(200, body).slice(0, -20)), 'network', /within the answer/],
  [
    'a length that is too short',
    get,
    close(complete(200, body, { 'content-type': 'application/json', 'content-length': '20' })),
    'protocol',
    /that is no JSON/,
  ],
  [
    'two lengths',
    get,
    close(complete(200, body, { 'content-type': 'application/json', 'Content-Length': '20' })),
    'protocol',
    /is no HTTP/,
  ],
  [
    'a reset in mid-chunk',
    get,
    reset('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n40\r\n{"kind'),
    'network',
    /within the answer/,
  ],
  [
    'a chunk of no size',
    get,
    close('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{'),
    'protocol',
    /is no HTTP/,
  ],
])('%s', async (_name, call, answer, kind, message) => {
  hostile.server.always(answer);
  const error = await failureOf(call(hostile.connect().api));
  expect(error.message).toMatch(message);
  expect(error.kind).toBe(kind);
  expect(error.message).toMatch(/^(GET|POST) \/apis\/example.com\/v1\/.*gadgets/);
});

test.each<[string, Answer]>([
  ['a body in drips', drip(body, { size: 30 })],
  ['HTTP/1.0 without a length', close(`HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\n${body}`)],
  ['early hints before the answer', inTurn(raw('HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n'), found)],
  ['more behind the answer than there should be', close(`${complete(200, body)}HTTP/1.1 500 No\r\n\r\n`)],
])('%s is no failure', async (_name, answer) => {
  hostile.server.always(answer);
  await expect(get(hostile.connect().api)).resolves.toMatchObject({ metadata: { name: 'one' } });
});
