import type { KubeApi } from '../../src/kube/api.js';
import type { ConnectOptions } from '../../src/kube/connect.js';
import { nodes, pods } from '../../src/kube/resource.js';
import { gadget, gadgets, one, startHostile, type Hostile } from './hostile-http.js';
import { json, status, text, type Received } from './hostile-server.js';

let hostile: Hostile;
beforeEach(async () => (hostile = await startHostile()));
afterEach(() => hostile.stop());

const object = gadget('one') as { metadata: { name: string; namespace: string } };
const path = '/apis/example.com/v1/namespaces/default/gadgets';

async function sent(call: (api: KubeApi) => Promise<unknown>, options?: ConnectOptions): Promise<Received> {
  hostile.server.always(json(200, object));
  await call(hostile.connect(options).api);
  return hostile.server.requests.at(-1)!;
}

test.each<[string, (api: KubeApi) => Promise<unknown>, string, string]>([
  ['get', (api) => api.get(gadgets, one), 'GET', '/one'],
  [
    'get of a subresource at a version',
    (api) => api.get(gadgets, one, { subresource: 'status', resourceVersion: '0' }),
    'GET',
    '/one/status?resourceVersion=0',
  ],
  ['create', (api) => api.create(gadgets, object), 'POST', '?fieldManager=gamezone&fieldValidation=Strict'],
  [
    'create as a dry run of somebody else',
    (api) => api.create(gadgets, object, { dryRun: true, fieldManager: 'me' }),
    'POST',
    '?fieldManager=me&fieldValidation=Strict&dryRun=All',
  ],
  ['update', (api) => api.update(gadgets, object), 'PUT', '/one?fieldManager=gamezone&fieldValidation=Strict'],
  [
    'update of a subresource',
    (api) => api.update(gadgets, object, { subresource: 'status' }),
    'PUT',
    '/one/status?fieldManager=gamezone&fieldValidation=Strict',
  ],
  [
    'forced apply',
    (api) => api.patch(gadgets, one, { type: 'apply', body: object, force: true }),
    'PATCH',
    '/one?fieldManager=gamezone&fieldValidation=Strict&force=true',
  ],
  ['delete', (api) => api.delete(gadgets, one), 'DELETE', '/one'],
  [
    'something under an object',
    (api) => api.createUnder(gadgets, one, 'eviction', {}),
    'POST',
    '/one/eviction?fieldManager=gamezone&fieldValidation=Strict',
  ],
])('%s', async (_name, call, method, rest) => {
  expect(await sent(call)).toMatchObject({ method, path: `${path}${rest}` });
});

test.each([
  [{ type: 'json', operations: [{ op: 'remove', path: '/a' }] }, 'application/json-patch+json'],
  [{ type: 'merge', body: { a: 1 } }, 'application/merge-patch+json'],
  [{ type: 'strategic', body: { a: 1 } }, 'application/strategic-merge-patch+json'],
] as const)('a patch of type %j', async (patch, type) => {
  const { body, headers } = await sent((api) => api.patch(gadgets, one, patch));
  expect(headers['content-type']).toBe(type);
  expect(JSON.parse(body)).toEqual('operations' in patch ? patch.operations : patch.body);
});

test('what is applied or written need not say its kind', async () => {
  const bare = { metadata: { name: 'one', namespace: 'default' } };
  const whole = { apiVersion: 'example.com/v1', kind: 'Gadget', ...bare };
  const applied = await sent((api) => api.patch(gadgets, one, { type: 'apply', body: bare }));
  expect(applied.headers['content-type']).toBe('application/apply-patch+yaml');
  expect(JSON.parse(applied.body)).toEqual(whole);
  expect(JSON.parse((await sent((api) => api.create(gadgets, bare))).body)).toEqual(whole);
  expect(JSON.parse((await sent((api) => api.update(gadgets, bare))).body)).toEqual(whole);
});

test('a delete says which object it means and what becomes of the others', async () => {
  const options = {
    uid: 'u',
    resourceVersion: '7',
    propagation: 'Foreground',
    gracePeriodSeconds: 0,
    dryRun: true,
  } as const;
  expect(JSON.parse((await sent((api) => api.delete(gadgets, one, options))).body)).toEqual({
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    preconditions: { uid: 'u', resourceVersion: '7' },
    propagationPolicy: 'Foreground',
    gracePeriodSeconds: 0,
    dryRun: ['All'],
  });
  expect(JSON.parse((await sent((api) => api.delete(gadgets, one))).body)).toEqual({
    kind: 'DeleteOptions',
    apiVersion: 'v1',
  });
});

test('headers: who we are, what we take', async () => {
  const { headers } = await sent((api) => api.get(gadgets, one), { userAgent: 'gamezone/1.2.3' });
  expect(headers).toMatchObject({ 'user-agent': 'gamezone/1.2.3', accept: 'application/json' });
  expect(headers).not.toHaveProperty('content-type');
  expect(headers).not.toHaveProperty('authorization');
});

test('own defaults for writes', async () => {
  const { path: asked } = await sent((api) => api.create(gadgets, object), {
    fieldManager: 'zone/7',
    fieldValidation: 'Warn',
  });
  expect(asked).toBe(`${path}?fieldManager=zone%2F7&fieldValidation=Warn`);
});

test('a list: selections, pages, and items that say what they are', async () => {
  const { name, namespace } = one;
  const page = {
    kind: 'GadgetList',
    metadata: { resourceVersion: '9', continue: 'c' },
    items: [{ metadata: { name, namespace } }],
  };
  hostile.server.next(json(200, page));
  const list = await hostile.connect().api.list(gadgets, {
    namespace,
    labelSelector: 'a=b',
    fieldSelector: 'metadata.name=one',
    limit: 500,
    continue: 'x+/=',
    resourceVersion: '5',
    resourceVersionMatch: 'Exact',
  });
  expect(hostile.server.requests[0]!.path).toBe(
    `${path}?labelSelector=a%3Db&fieldSelector=metadata.name%3Done&limit=500&continue=x%2B%2F%3D&resourceVersion=5&resourceVersionMatch=Exact`,
  );
  expect(list).toEqual({
    metadata: { resourceVersion: '9', continue: 'c' },
    items: [{ apiVersion: 'example.com/v1', kind: 'Gadget', metadata: { name, namespace } }],
  });
});

test('a list of nothing, as Go writes it', async () => {
  hostile.server.next(json(200, { metadata: { resourceVersion: '9' }, items: null }));
  expect((await hostile.connect().api.list(nodes)).items).toEqual([]);
});

test('raw paths, with text and with JSON', async () => {
  hostile.server.next(text(200, 'ok', 'text/plain; charset=utf-8'), json(200, { major: '1' }));
  const { api } = hostile.connect();
  expect(await api.raw('/readyz?verbose')).toBe('ok');
  expect(await api.raw('/version')).toEqual({ major: '1' });
  expect(hostile.server.requests[0]!.path).toBe('/readyz?verbose');
});

test('a server behind a gateway has something before all paths', async () => {
  hostile.server.always(json(200, object));
  const { api } = hostile.connect({}, { server: `${hostile.server.url}/clusters/c-1/` });
  await api.get(gadgets, one);
  await api.raw('/version');
  expect(hostile.server.requests.map((request) => request.path)).toEqual([
    `/clusters/c-1${path}/one`,
    '/clusters/c-1/version',
  ]);
});

test('warnings are told once each, whoever gets them', async () => {
  const told: string[] = [];
  const { api } = hostile.connect({ onWarning: (warning) => told.push(warning) });
  const warning = '299 - "v1 Gadget is \\"old\\"", 299 - "and, ugly"';
  hostile.server.next(
    json(200, object, { warning }),
    json(200, object, { warning: '299 - "and, ugly"' }),
    status(404, 'NotFound', '', {}, { warning: '299 - "third", 199 - "not for us"' }),
  );
  await api.get(gadgets, one);
  await api.get(gadgets, one);
  await api.get(gadgets, one).catch(() => undefined);
  expect(told).toEqual(['v1 Gadget is "old"', 'and, ugly', 'third']);
});

test.each<[string, (api: KubeApi) => Promise<unknown>]>([
  ['a name that leads elsewhere', (api) => api.get(pods, { namespace: 'default', name: '../../secrets/x' })],
  ['no namespace', (api) => api.create(gadgets, { metadata: { name: 'one' } })],
  ['no name', (api) => api.update(gadgets, { metadata: { namespace: 'default' } })],
  ['a raw path that leads elsewhere', (api) => api.raw('//elsewhere/../x')],
  ['what is no JSON', (api) => api.create(gadgets, { ...object, count: 1n } as never)],
  ['no command', (api) => api.exec(one, [])],
  [
    'a watch of a name that leads elsewhere',
    async (api) => {
      for await (const _event of api.watch(pods, { namespace: '..', resourceVersion: '1' })) return;
    },
  ],
])('%s is refused here, and nothing is sent', async (_name, call) => {
  const { api } = hostile.connect();
  await expect(call(api)).rejects.toMatchObject({ name: 'KubeError', kind: 'badRequest' });
  expect(hostile.server.requests).toEqual([]);
});
