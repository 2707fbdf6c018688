import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binaryPath } from './build.js';
import type { ControlPlane } from './control-plane.js';
import { ExistingCluster } from './existing-cluster.js';
import { chosenVersion, pinnedVersion } from './pins.js';
import { findSource, programsOf } from './source.js';
import { startControlPlane } from './start.js';
import { describeControlPlane } from './suite.js';
import { until } from './until.js';

interface Pod {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly spec: { readonly nodeName?: string };
}

const pods = '/api/v1/namespaces/default/pods';
const statefulSets = '/apis/apps/v1/namespaces/default/statefulsets';
const configMaps = '/api/v1/namespaces/default/configmaps';

describeControlPlane(
  'a control plane of our own',
  () => {
    let controlPlane: ControlPlane;
    const startedWithin = { milliseconds: 0 };

    beforeAll(async () => {
      const begin = Date.now();
      controlPlane = await startControlPlane({
        users: [
          'gamezone-controller',
          { name: 'nobody', groups: [] },
          { name: 'cert:holder', groups: ['system:masters'], credential: 'certificate' },
        ],
        nodeMonitor: { period: 1, grace: 3, toleration: 1 },
      });
      startedWithin.milliseconds = Date.now() - begin;
    });
    afterAll(() => controlPlane.stop());

    const listPods = async (): Promise<readonly Pod[]> =>
      ((await controlPlane.send('GET', pods)).body as { readonly items: readonly Pod[] }).items;

    test('it is up within 30 seconds, and of the version that was asked for', async () => {
      expect(startedWithin.milliseconds).toBeLessThan(30_000);
      const { body } = await controlPlane.send('GET', '/version');
      if (findSource(chosenVersion()).kind === 'built')
        expect(body).toMatchObject({ gitVersion: `v${pinnedVersion(chosenVersion())}` });
    });

    test('the controller manager makes the pods of a StatefulSet, the scheduler binds them, and the log says who', async () => {
      const { code } = await controlPlane.as('gamezone-controller').send('POST', statefulSets, statefulSet('web', 2));
      expect(code).toBe(201);
      await until(async () => (await listPods()).length === 2);
      await controlPlane.send('POST', '/api/v1/nodes', node('node-a'));
      await reportReady(controlPlane, 'node-a');
      await until(async () => (await listPods()).every((pod) => pod.spec.nodeName === 'node-a'));

      const writes = controlPlane.auditLog();
      const authorOf = (resource: string, name: string, subresource?: string): string[] =>
        writes
          .filter((event) => event.resource === resource && event.name === name && event.subresource === subresource)
          .filter(({ verb, code: status }) => verb === 'create' && status === 201)
          .map(({ user }) => user);
      expect(authorOf('statefulsets', 'web')).toEqual(['gamezone-controller']);
      expect(authorOf('pods', 'web-1')).toEqual(['system:serviceaccount:kube-system:statefulset-controller']);
      expect(authorOf('pods', 'web-1', 'binding')).toEqual(['system:kube-scheduler']);
      expect(writes.find(({ user }) => user === 'gamezone-controller')).toMatchObject({
        userAgent: 'gamezone-test',
        verb: 'create',
        group: 'apps',
        namespace: 'default',
        uri: `${statefulSets}?fieldValidation=Strict`,
        body: { spec: { replicas: 2 } },
      });
    });

    test('a node that no longer reports loses its pods within seconds', async () => {
      // Were it the only one, Kubernetes would suspect itself and leave all as it is.
      await controlPlane.send('POST', '/api/v1/nodes', node('node-b'));
      await until(async () => {
        await reportReady(controlPlane, 'node-b');
        return (await listPods()).every((pod) => pod.metadata.deletionTimestamp !== undefined);
      });
    });

    test('an unknown field is refused', async () => {
      const { code, body } = await controlPlane.send('POST', configMaps, { ...configMap('strict'), dta: {} });
      expect(code).toBe(400);
      expect(body).toMatchObject({ message: expect.stringContaining('unknown field "dta"') as unknown });
    });

    test('a user may do what its groups may, by token or by certificate', async () => {
      const withCertificate = controlPlane.as('cert:holder');
      expect(withCertificate.token).toBeUndefined();
      expect((await withCertificate.send('POST', configMaps, configMap('by-certificate'))).code).toBe(201);
      expect(controlPlane.auditLog().find(({ name }) => name === 'by-certificate')?.user).toBe('cert:holder');
      expect((await controlPlane.as('nobody').send('GET', configMaps)).code).toBe(403);
      expect(() => controlPlane.as('somebody')).toThrow("users: ['somebody']");
    });

    test('kubectl of the same release is there, and each user has a kubeconfig', () => {
      const kubectl = (user: string, ...args: string[]): string =>
        execFileSync('kubectl', ['--kubeconfig', controlPlane.as(user).kubeconfig, ...args], {
          env: { PATH: controlPlane.programs },
          encoding: 'utf8',
        });
      expect(kubectl('gamezone-controller', 'auth', 'can-i', 'delete', 'pods')).toBe('yes\n');
      expect(kubectl('cert:holder', 'get', 'statefulsets', '-o', 'name')).toBe('statefulset.apps/web\n');
    });

    test('an API server that is killed comes back in the same place with the same data and log', async () => {
      const server = controlPlane.part('kube-apiserver');
      const before = controlPlane.auditLog().length;
      const pid = server.pid;
      await server.kill();
      expect(server.pid).toBeUndefined();
      await expect(controlPlane.send('GET', pods)).rejects.toThrow('ECONN');
      await server.start();
      expect(server.pid).not.toBe(pid);
      expect((await controlPlane.send('GET', `${statefulSets}/web`)).code).toBe(200);
      expect(controlPlane.auditLog().length).toBeGreaterThan(before);
    });

    test('an etcd that is killed comes back with its data, and the API server finds it again', async () => {
      const etcd = controlPlane.part('etcd');
      await etcd.kill();
      await etcd.start();
      await controlPlane.part('kube-apiserver').ready();
      expect((await controlPlane.send('GET', `${statefulSets}/web`)).code).toBe(200);
    });

    test('an API server that hangs answers when it goes on', async () => {
      const server = controlPlane.part('kube-apiserver');
      server.suspend();
      let hasAnswered = false;
      const answer = controlPlane.send('GET', '/version').finally(() => (hasAnswered = true));
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(hasAnswered).toBe(false);
      server.resume();
      expect((await answer).code).toBe(200);
    });

    test('a part that cannot start says why', async () => {
      const scheduler = controlPlane.part('kube-scheduler');
      await expect(scheduler.start()).rejects.toThrow('kube-scheduler runs already');
      const broken = startControlPlane({ parts: [], flags: { 'kube-apiserver': { 'no-such-flag': '1' } } });
      await expect(broken).rejects.toThrow(
        /^kube-apiserver ended\. The end of its log:[^]*unknown flag: --no-such-flag/,
      );
    });

    test('a kubeconfig of a running cluster is enough for a suite that needs nothing of its own', async () => {
      const { kubeconfig } = controlPlane.as('cert:holder');
      const cluster = await ExistingCluster.of(kubeconfig, {});
      expect((await cluster.send('GET', `${statefulSets}/web`)).code).toBe(200);
      await cluster.stop();
      expect((await controlPlane.send('GET', '/readyz')).code).toBe(200);
      expect(() => cluster.auditLog()).toThrow('GAMEZONE_TEST_KUBECONFIG cannot show its audit log');
      await expect(ExistingCluster.of(kubeconfig, { users: ['x'] })).rejects.toThrow('cannot have the users of a test');
    });

    test('what a folder of programs lacks is taken from our own', async () => {
      const assets = mkdtempSync(join(tmpdir(), 'gamezone-assets-'));
      for (const name of ['etcd', 'kube-apiserver', 'kubectl'])
        symlinkSync(join(controlPlane.programs!, name), join(assets, name));
      const version = chosenVersion();
      const source = findSource(version, { ...process.env, KUBEBUILDER_ASSETS: assets });
      const programs = await programsOf(source, version, ['etcd', 'kube-scheduler']);
      expect([...programs]).toEqual([
        ['etcd', join(assets, 'etcd')],
        ['kube-scheduler', binaryPath(version)],
      ]);
      rmSync(assets, { recursive: true });
    });
  },
  ['own', 'kube-controller-manager', 'kube-scheduler'],
);

function statefulSet(name: string, replicas: number): object {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name },
    spec: {
      replicas,
      serviceName: name,
      podManagementPolicy: 'Parallel',
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'main', image: 'registry.example.com/main:1' }] },
      },
    },
  };
}

function configMap(name: string): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } };
}

function node(name: string): object {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name } };
}

/** What a kubelet would say, once. */
async function reportReady(controlPlane: ControlPlane, name: string): Promise<void> {
  const room = { cpu: '8', memory: '8Gi', pods: '100' };
  const conditions = [{ type: 'Ready', status: 'True', lastHeartbeatTime: new Date().toISOString() }];
  const status = { capacity: room, allocatable: room, conditions };
  await controlPlane.send('PATCH', `/api/v1/nodes/${name}/status`, { status });
}
