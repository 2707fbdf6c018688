import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { crds } from '../../../src/api/crds.js';
import { ApiServer } from '../../../src/cluster/api-server/api-server.js';
import { HttpFace } from '../../../src/cluster/api-server/http/face.js';
import { systemClock } from '../../../src/kube/clock.js';
import { connect, type Connection } from '../../../src/kube/connect.js';
import type { KubeObject } from '../../../src/kube/objects.js';
import { Reflector } from '../../../src/kube/reflector.js';
import { configMaps, customResourceDefinitions, pods, statefulSets } from '../../../src/kube/resource.js';
import { until } from '../../control-plane/until.js';

describe('our client and the embedded API server, over TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gamezone-face-'));
  const errors: unknown[] = [];
  let server: ApiServer;
  let face: HttpFace;
  let connection: Connection;

  beforeAll(async () => {
    server = new ApiServer({ clock: systemClock, serviceAccounts: false });
    const api = server.client('admin');
    for (const { yaml } of await crds()) await api.create(customResourceDefinitions, parse(yaml) as KubeObject);
    const users = new Map([['secret-of-admin', 'admin']]);
    face = await HttpFace.listen({ server, users, onError: (error) => void errors.push(error) });
    const kubeconfig = join(folder, 'kubeconfig');
    writeFileSync(kubeconfig, face.kubeconfig('admin'));
    connection = connect({ kubeconfig, environment: {} });
  });
  afterAll(async () => {
    await connection.close();
    await face.close();
    rmSync(folder, { recursive: true });
    expect(errors).toEqual([]);
  });

  const named = { namespace: 'default', name: 'one' };

  test('an object is created, patched in every way, and deleted', async () => {
    const { api } = connection;
    await api.create(configMaps, { metadata: named, data: { a: '1' } } as KubeObject);
    await api.patch(configMaps, named, { type: 'merge', body: { data: { b: '2' } } });
    await api.patch(configMaps, named, { type: 'strategic', body: { data: { a: null } } });
    await api.patch(configMaps, named, { type: 'json', operations: [{ op: 'add', path: '/data/c', value: '3' }] });
    const body = { metadata: {}, data: { d: '4' } } as KubeObject;
    const applied = await api.patch(configMaps, named, { type: 'apply', body });
    expect(applied).toMatchObject({ data: { b: '2', c: '3', d: '4' } });
    expect(server.get(server.resource(configMaps), named)).toMatchObject({ data: { b: '2', c: '3', d: '4' } });
    await api.delete(configMaps, named);
    await expect(api.get(configMaps, named)).rejects.toMatchObject({ kind: 'notFound', reason: 'NotFound' });
  });

  test('a reflector follows what happens', async () => {
    const { api } = connection;
    const reflector = new Reflector({ api, clock: systemClock, resource: configMaps });
    reflector.start();
    await reflector.store.whenSynced();
    await api.create(configMaps, { metadata: { namespace: 'default', name: 'followed' } });
    await until(() => Promise.resolve(reflector.store.get({ namespace: 'default', name: 'followed' }) !== undefined));
    await api.delete(configMaps, { namespace: 'default', name: 'followed' });
    await until(() => Promise.resolve(reflector.store.get({ namespace: 'default', name: 'followed' }) === undefined));
    await reflector.stop();
  });

  test('while the server is killed nobody is answered, and what was open is broken', async () => {
    const { api } = connection;
    const { metadata } = await api.list(configMaps, { namespace: 'default' });
    const events = api.watch(configMaps, { namespace: 'default', resourceVersion: metadata.resourceVersion });
    const next = events[Symbol.asyncIterator]().next();
    // The watch is there when the server knows of it.
    await api.create(configMaps, { metadata: { namespace: 'default', name: 'told' } });
    expect(await next).toMatchObject({ value: { type: 'ADDED' } });
    const broken = (async () => {
      for await (const event of events) errors.push(event);
    })();
    server.kill();
    await expect(broken).rejects.toMatchObject({ kind: 'network' });
    await expect(api.list(configMaps)).rejects.toMatchObject({ kind: 'network' });
    server.start();
    await expect(api.get(configMaps, { namespace: 'default', name: 'told' })).resolves.toBeDefined();
    await api.delete(configMaps, { namespace: 'default', name: 'told' });
  });

  test('a refusal comes with its causes', async () => {
    const pod = { metadata: named, spec: { containers: [{ name: 'App', image: 'app:1' }] } } as KubeObject;
    await expect(connection.api.create(pods, pod)).rejects.toMatchObject({
      kind: 'invalid',
      status: 422,
      causes: [expect.objectContaining({ field: 'spec.containers[0].name' })],
    });
    const unknown = { ...pod, spec: { containers: [{ name: 'app', image: 'app:1' }], imaginary: 1 } } as KubeObject;
    await expect(connection.api.create(pods, unknown)).rejects.toMatchObject({ kind: 'badRequest' });
  });

  test('pages, versions and discovery', async () => {
    const { api } = connection;
    for (const name of ['p1', 'p2', 'p3'])
      await api.create(configMaps, { metadata: { namespace: 'kube-public', name } });
    const first = await api.list(configMaps, { namespace: 'kube-public', limit: 2 });
    expect(first.items.map(({ metadata }) => metadata.name)).toEqual(['p1', 'p2']);
    const rest = await api.list(configMaps, { namespace: 'kube-public', limit: 2, continue: first.metadata.continue! });
    expect(rest.items.map(({ metadata }) => metadata.name)).toEqual(['p3']);
    expect(await api.raw('/version')).toMatchObject({ major: '1', minor: '34' });
    expect(await api.raw('/apis/tkex.tencent.com/v1alpha1')).toMatchObject({
      resources: expect.arrayContaining([expect.objectContaining({ name: 'gamestatefulsets/scale' })]) as unknown,
    });
    const document = await api.raw('/openapi/v3/apis/apps/v1');
    expect(Object.keys((document as { paths: object }).paths)).toContain('/apis/apps/v1/statefulsets');
  });

  test.each([
    ['without a token', {}],
    ['with a token of nobody', { authorization: 'Bearer guessed' }],
  ])('%s nobody is let in', async (_, headers: Record<string, string>) => {
    const status = await statusOf(`${face.url}/api/v1/pods`, face.authority, headers);
    expect(status).toBe(401);
  });

  test('kubectl gets its rows', async () => {
    const spec = {
      serviceName: 'web',
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app', image: 'app:1' }] } },
    };
    await connection.api.create(statefulSets, { metadata: { namespace: 'default', name: 'web' }, spec } as KubeObject);
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
    const url = `${face.url}/apis/apps/v1/namespaces/default/statefulsets`;
    const table = await jsonOf(url, face.authority, { accept, authorization: 'Bearer secret-of-admin' });
    expect(table).toMatchObject({
      kind: 'Table',
      rows: [{ cells: ['web', '0/1', expect.any(String), 'app', 'app:1'] }],
    });
  });
});

async function answerOf(url: string, ca: string, headers: Record<string, string>) {
  const { request } = await import('node:https');
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const sent = request(url, { ca, headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

async function statusOf(url: string, ca: string, headers: Record<string, string>): Promise<number> {
  return (await answerOf(url, ca, headers)).status;
}

async function jsonOf(url: string, ca: string, headers: Record<string, string>): Promise<unknown> {
  return JSON.parse((await answerOf(url, ca, headers)).text) as unknown;
}
