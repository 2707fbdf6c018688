import type { KubeApi, WatchEvent } from '../../src/kube/api.js';
import { connect, type Connection, type ConnectOptions } from '../../src/kube/connect.js';
import type { KubeObject } from '../../src/kube/objects.js';
import {
  configMaps,
  customResourceDefinitions,
  leases,
  namespaces,
  podDisruptionBudgets,
  pods,
  serviceAccounts,
} from '../../src/kube/resource.js';
import type { ControlPlane } from '../control-plane/control-plane.js';
import { startControlPlane } from '../control-plane/start.js';
import { describeControlPlane } from '../control-plane/suite.js';
import { until } from '../control-plane/until.js';
import { failureOf, gadgets } from './hostile-http.js';

const namespace = 'default';
interface ConfigMap extends KubeObject {
  data?: Record<string, string>;
}
interface Pod extends KubeObject {
  spec: object;
  status?: { phase?: string };
}

const configMap = (name: string, data: Record<string, string> = {}): ConfigMap => ({
  metadata: { namespace, name },
  data,
});
const pod = (name: string, labels: Record<string, string> = {}): Pod => ({
  metadata: { namespace, name, labels },
  spec: { containers: [{ name: 'game', image: 'registry.example/game:v1' }] },
});

describeControlPlane(
  'our client and a real API server',
  () => {
    let controlPlane: ControlPlane;
    let api: KubeApi;
    const connections: Connection[] = [];
    const join = (options: ConnectOptions = {}): KubeApi => {
      const connection = connect({ kubeconfig: controlPlane.kubeconfig, environment: {}, ...options });
      connections.push(connection);
      return connection.api;
    };

    beforeAll(async () => {
      controlPlane = await startControlPlane({
        parts: [],
        users: [
          { name: 'nobody', groups: [] },
          { name: 'certified', groups: ['system:masters'], credential: 'certificate' },
        ],
      });
      api = join();
    });
    afterAll(async () => {
      await Promise.all(connections.map((connection) => connection.close()));
      await controlPlane.stop();
    });

    test('create, get, update, delete', async () => {
      const name = { namespace, name: 'life' };
      const made = await api.create(configMaps, configMap('life', { a: '1' }));
      expect(made.metadata.uid).toBeTruthy();
      const got = await api.get<ConfigMap>(configMaps, name);
      expect(got).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', data: { a: '1' } });
      const updated = await api.update(configMaps, { ...got, data: { a: '2' } });
      expect(updated.metadata.resourceVersion).not.toBe(got.metadata.resourceVersion);
      expect(await failureOf(api.update(configMaps, got))).toMatchObject({ kind: 'conflict', status: 409 });
      expect(await failureOf(api.create(configMaps, configMap('life')))).toMatchObject({ kind: 'alreadyExists' });
      expect(await failureOf(api.delete(configMaps, name, { uid: 'another' }))).toMatchObject({ kind: 'conflict' });
      await api.delete(configMaps, name, { uid: got.metadata.uid, dryRun: true });
      await api.delete(configMaps, name, { uid: got.metadata.uid, propagation: 'Foreground' });
      // Nobody collects garbage here: it waits, with the finalizer of its propagation.
      expect((await api.get(configMaps, name)).metadata.finalizers).toEqual(['foregroundDeletion']);
      await api.patch(configMaps, name, { type: 'json', operations: [{ op: 'remove', path: '/metadata/finalizers' }] });
      expect(await failureOf(api.get(configMaps, name))).toMatchObject({ kind: 'notFound', reason: 'NotFound' });
      expect(await failureOf(api.delete(configMaps, name))).toMatchObject({ kind: 'notFound' });
    });

    test('patches: JSON, merge, strategic, apply', async () => {
      const name = { namespace, name: 'patched' };
      const patched = async (
        ...args: Parameters<KubeApi['patch']> extends [unknown, unknown, ...infer R] ? R : never
      ) => (await api.patch<ConfigMap>(configMaps, name, ...args)).data;
      await api.create(configMaps, configMap('patched', { a: '1' }));
      expect(
        await patched({
          type: 'json',
          operations: [
            { op: 'test', path: '/data/a', value: '1' },
            { op: 'add', path: '/data/b', value: '2' },
          ],
        }),
      ).toEqual({ a: '1', b: '2' });
      const wrong = patched({ type: 'json', operations: [{ op: 'test', path: '/data/a', value: '7' }] });
      expect(await failureOf(wrong)).toMatchObject({ kind: 'invalid', status: 422 });
      expect(await patched({ type: 'merge', body: { data: { a: null, c: '3' } } })).toEqual({ b: '2', c: '3' });
      expect(await patched({ type: 'strategic', body: { data: { c: '4' } } })).toEqual({ b: '2', c: '4' });
      expect(await patched({ type: 'merge', body: { data: { d: '5' } } }, { dryRun: true })).toMatchObject({ d: '5' });

      const owned = configMap('patched', { b: 'mine' });
      const contested = await failureOf(patched({ type: 'apply', body: owned }, { fieldManager: 'me' }));
      expect(contested).toMatchObject({
        kind: 'conflict',
        causes: [{ reason: 'FieldManagerConflict', field: '.data.b' }],
      });
      expect(await patched({ type: 'apply', body: owned, force: true }, { fieldManager: 'me' })).toEqual({
        b: 'mine',
        c: '4',
      });
      expect(await patched({ type: 'apply', body: configMap('patched') }, { fieldManager: 'me' })).toEqual({ c: '4' });
    });

    test('apply creates what is not there, and so do the kinds of others; a strategic patch of theirs is refused', async () => {
      const { group, version, plural, kind } = gadgets;
      await api.create(customResourceDefinitions, {
        metadata: { name: `${plural}.${group}` },
        spec: {
          group,
          names: { plural, singular: 'gadget', kind, listKind: `${kind}List` },
          scope: 'Namespaced',
          versions: [
            {
              name: version,
              served: true,
              storage: true,
              subresources: { status: {} },
              schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
            },
          ],
        },
      } as KubeObject);
      const name = { namespace, name: 'one' };
      // It is served a moment after it is known.
      await until(async () => (await api.raw(`/apis/${group}/${version}`).catch(() => undefined)) !== undefined);
      const body = { metadata: name, size: 3 } as KubeObject;
      const applied = await api.patch(gadgets, name, { type: 'apply', body });
      expect(applied).toMatchObject({ kind, size: 3 });
      const status = await api.patch(
        gadgets,
        name,
        { type: 'merge', body: { status: { ok: true } } },
        { subresource: 'status' },
      );
      expect(status).toMatchObject({ size: 3, status: { ok: true } });
      const strategic = api.patch(gadgets, name, { type: 'strategic', body: { size: 4 } });
      expect(await failureOf(strategic)).toMatchObject({ kind: 'refused', status: 415 });
    });

    test('what is unknown or wrong is refused, with the field', async () => {
      const unknown = { ...configMap('strict'), datta: {} };
      expect(await failureOf(api.create(configMaps, unknown))).toMatchObject({
        kind: 'badRequest',
        message: expect.stringContaining('unknown field "datta"'),
      });
      expect(await failureOf(api.create(configMaps, configMap('UPPER')))).toMatchObject({
        kind: 'invalid',
        causes: [{ field: 'metadata.name' }],
      });
      const warnings: string[] = [];
      const lenient = join({ fieldValidation: 'Warn', onWarning: (text) => warnings.push(text) });
      await lenient.create(configMaps, unknown, { dryRun: true });
      await lenient.create(configMaps, unknown, { dryRun: true });
      expect(warnings).toEqual(['unknown field "datta"']);
    });

    test('pages, selections, and items that say what they are', async () => {
      const labels = { page: 'yes' };
      const names = Array.from({ length: 25 }, (_, index) => `page-${String(index).padStart(2, '0')}`);
      await Promise.all(names.map((name) => api.create(configMaps, { metadata: { namespace, name, labels } })));
      const seen: string[] = [];
      let token: string | undefined;
      let pages = 0;
      do {
        const options = { namespace, labelSelector: 'page=yes', limit: 10, ...(token && { continue: token }) };
        const page = await api.list(configMaps, options);
        expect(page.items.every(({ kind, apiVersion }) => kind === 'ConfigMap' && apiVersion === 'v1')).toBe(true);
        seen.push(...page.items.map(({ metadata }) => metadata.name));
        token = page.metadata.continue;
        pages++;
      } while (token);
      expect([seen, pages]).toEqual([names, 3]);
      const selected = await api.list(configMaps, { fieldSelector: 'metadata.name=page-07' });
      expect(selected.items.map(({ metadata }) => metadata.name)).toEqual(['page-07']);
      const exact = { namespace, resourceVersion: selected.metadata.resourceVersion };
      expect((await api.list(configMaps, { ...exact, resourceVersionMatch: 'Exact' })).metadata).toMatchObject({
        resourceVersion: exact.resourceVersion,
      });
      expect(await failureOf(api.list(configMaps, { namespace, continue: 'nonsense' }))).toMatchObject({
        kind: 'badRequest',
      });
    });

    test('a watch: from a version on, in order, to its end', async () => {
      const { metadata } = await api.list(configMaps, { namespace });
      const labels = { watched: 'yes' };
      const told: string[] = [];
      const tell = (event: WatchEvent<ConfigMap>): void => {
        if (event.type !== 'BOOKMARK')
          told.push(`${event.type} ${event.object.metadata.name} ${event.object.data?.['a'] ?? ''}`);
      };
      const watching = (async () => {
        const options = { namespace, labelSelector: 'watched=yes', resourceVersion: metadata.resourceVersion };
        for await (const event of api.watch<ConfigMap>(configMaps, { ...options, timeoutSeconds: 2 })) tell(event);
      })();
      const name = { namespace, name: 'watched' };
      await api.create(configMaps, { metadata: { ...name, labels } });
      await api.patch(configMaps, name, { type: 'merge', body: { data: { a: 'ä€𝄞' } } });
      await api.delete(configMaps, name);
      await watching;
      expect(told).toEqual(['ADDED watched ', 'MODIFIED watched ä€𝄞', 'DELETED watched ä€𝄞']);
    });

    test('who may do nothing is told so', async () => {
      const nobody = join({ kubeconfig: controlPlane.as('nobody').kubeconfig });
      expect(await failureOf(nobody.list(configMaps))).toMatchObject({
        kind: 'forbidden',
        status: 403,
        reason: 'Forbidden',
      });
    });

    test('what is made under an object: a token', async () => {
      const name = { namespace, name: 'robot' };
      await api.create(serviceAccounts, { metadata: name });
      const request = { spec: { audiences: ['elsewhere'] } };
      const made = await api.createUnder<KubeObject & { status: { token: string } }>(
        serviceAccounts,
        name,
        'token',
        request,
      );
      expect(made.status.token).toMatch(/^eyJ/);
    });

    test('a client certificate opens the door, too', async () => {
      const certified = join({ kubeconfig: controlPlane.as('certified').kubeconfig });
      await expect(certified.list(namespaces)).resolves.toMatchObject({ items: expect.any(Array) });
    });

    test('raw paths', async () => {
      expect(await api.raw('/readyz')).toBe('ok');
      expect(await api.raw('/version')).toMatchObject({ major: '1' });
      expect(await failureOf(api.raw('/apis/no.such.group'))).toMatchObject({ kind: 'notFound' });
    });

    test('a pod: its status, its binding, its end, and no exec without a node', async () => {
      const name = { namespace, name: 'pod' };
      await api.create(pods, pod('pod'));
      expect(await failureOf(api.exec(name, ['true']))).toMatchObject({
        kind: 'badRequest',
        message: expect.stringMatching(/does not have a host assigned/),
      });
      expect(await failureOf(api.exec({ namespace, name: 'none' }, ['true']))).toMatchObject({ kind: 'notFound' });
      const target = {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name: 'pod' },
        target: { kind: 'Node', name: 'n' },
      };
      await api.createUnder(pods, name, 'binding', target);
      const running = await api.patch<Pod>(
        pods,
        name,
        { type: 'strategic', body: { status: { phase: 'Running' } } },
        { subresource: 'status' },
      );
      expect(running.status?.phase).toBe('Running');
      await api.delete(pods, name, { gracePeriodSeconds: 5 });
      expect((await api.get(pods, name)).metadata.deletionGracePeriodSeconds).toBe(5);
      await api.delete(pods, name, { gracePeriodSeconds: 0 });
      expect(await failureOf(api.get(pods, name))).toMatchObject({ kind: 'notFound' });
    });

    test('an eviction that a budget forbids comes back at once', async () => {
      const labels = { budget: 'yes' };
      const name = { namespace, name: 'guarded' };
      await api.create(pods, pod('guarded', labels));
      await api.createUnder(pods, name, 'binding', {
        metadata: { name: 'guarded' },
        target: { kind: 'Node', name: 'n' },
      });
      await api.patch(
        pods,
        name,
        { type: 'strategic', body: { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } } },
        { subresource: 'status' },
      );
      await api.create(podDisruptionBudgets, {
        metadata: { namespace, name: 'all' },
        spec: { minAvailable: 1, selector: { matchLabels: labels } },
      } as KubeObject);
      const started = performance.now();
      const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: name };
      const error = await failureOf(api.createUnder(pods, name, 'eviction', eviction));
      expect(error).toMatchObject({ kind: 'tooManyRequests', causes: [{ reason: 'DisruptionBudget' }] });
      expect(performance.now() - started).toBeLessThan(5000);
    });

    test('names that lead elsewhere lead nowhere', async () => {
      const secret = await failureOf(api.get(configMaps, { namespace, name: '../secrets/x' }));
      expect(secret).toMatchObject({ kind: 'badRequest', status: 0 });
      expect(await failureOf(api.get(configMaps, { namespace, name: 'a b?c#d&e' }))).toMatchObject({
        kind: 'notFound',
      });
    });

    describe('a server that comes and goes', () => {
      test('hangs: calls end in time, urgent ones too, and all is well when it goes on', async () => {
        const server = controlPlane.part('kube-apiserver');
        const lease = await api.create(leases, { metadata: { namespace, name: 'lease' } });
        server.suspend();
        // A process of many threads stops a moment after it was told to.
        await until(() =>
          api.raw('/version', { timeout: 200 }).then(
            () => false,
            () => true,
          ),
        );
        try {
          const calls = [
            api.raw('/version', { timeout: 300 }),
            api.update(leases, lease, { timeout: 300, urgent: true }),
          ];
          for (const error of await Promise.all(calls.map(failureOf))) expect(error.kind).toBe('timeout');
        } finally {
          server.resume();
        }
        await expect(api.raw('/version')).resolves.toBeDefined();
      });

      test('is killed: a watch breaks, and afterwards no stale connection fails a GET', async () => {
        const server = controlPlane.part('kube-apiserver');
        await Promise.all(Array.from({ length: 8 }, () => api.raw('/version')));
        const { metadata } = await api.list(configMaps);
        const events = api.watch(configMaps, { resourceVersion: metadata.resourceVersion })[Symbol.asyncIterator]();
        const broken = failureOf(
          (async () => {
            while (!(await events.next()).done);
          })(),
        );
        await api.patch(configMaps, { namespace, name: 'patched' }, { type: 'merge', body: { data: { e: '6' } } });
        await server.kill();
        expect(await broken).toMatchObject({ kind: 'network' });
        expect(await failureOf(api.raw('/version'))).toMatchObject({ kind: 'network' });
        await server.start();
        await Promise.all(Array.from({ length: 8 }, () => api.raw('/version')));
        // What it remembers begins with its start.
        const old = api.watch(configMaps, { resourceVersion: '1' })[Symbol.asyncIterator]();
        expect(await failureOf(old.next())).toMatchObject({ kind: 'gone', status: 410, reason: 'Expired' });
      });
    });
  },
  ['own'],
);
