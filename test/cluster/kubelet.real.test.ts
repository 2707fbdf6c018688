import { conditionOf, isReady, type Pod } from '../../src/api/pod.js';
import type { Behaviour } from '../../src/cluster/kubelet/behaviour.js';
import { KubeletModel } from '../../src/cluster/kubelet/kubelet.js';
import type { Node } from '../../src/cluster/kubelet/node-object.js';
import { podsOf } from '../../src/cluster/kubelet/pod-source.js';
import { accelerated } from '../../src/cluster/kubelet/timings.js';
import { systemClock } from '../../src/kube/clock.js';
import { connect, type Connection } from '../../src/kube/connect.js';
import type { KubeObject, Stored } from '../../src/kube/objects.js';
import { Reflector } from '../../src/kube/reflector.js';
import { jobs, nodes, pods, statefulSets } from '../../src/kube/resource.js';
import type { ControlPlane } from '../control-plane/control-plane.js';
import { startControlPlane } from '../control-plane/start.js';
import { describeControlPlane } from '../control-plane/suite.js';
import { until } from '../control-plane/until.js';

// The modelled kubelet beside a real API server, controller manager and scheduler. Twenty times as fast as in the lab.

const GATE = 'InPlaceUpdateReady';
const SPEED = 20;
const namespace = 'default';
const CLOSED = 2147483647;

interface StatefulSet extends KubeObject {
  readonly status?: {
    readonly updateRevision?: string;
    readonly currentRevision?: string;
    readonly observedGeneration?: number;
  };
}
interface Job extends KubeObject {
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly succeeded?: number;
  };
}

const template = (image: string): object => ({
  metadata: { labels: { app: 'foo' } },
  spec: {
    containers: [{ name: 'app', image, readinessProbe: { periodSeconds: 1, httpGet: { port: 80 } } }],
    readinessGates: [{ conditionType: GATE }],
    terminationGracePeriodSeconds: 10,
  },
});

describeControlPlane(
  'a modelled kubelet on a real control plane',
  () => {
    let controlPlane: ControlPlane;
    let kubelets: Connection;
    let user: Connection;
    let reflector: Reflector<Pod>;
    let model: KubeletModel;
    const errors: string[] = [];

    const behaviour: Behaviour = {
      run: ({ container }) => {
        if (container === 'once') return { exit: { after: 2000, code: 0 } };
        if (container === 'never') return { exit: { after: 2000, code: 1 } };
        return { startup: 1500, stop: { after: 3000 } };
      },
    };

    beforeAll(async () => {
      controlPlane = await startControlPlane({
        users: ['kubelet-model', 'user'],
        nodeMonitor: { period: 1, grace: 4, toleration: 2 },
      });
      kubelets = connect({ kubeconfig: controlPlane.as('kubelet-model').kubeconfig, fieldManager: 'kubelet' });
      user = connect({ kubeconfig: controlPlane.as('user').kubeconfig });
      reflector = new Reflector<Pod>({ api: kubelets.api, clock: systemClock, resource: pods });
      reflector.start();
      model = new KubeletModel({
        api: kubelets.api,
        clock: systemClock,
        source: podsOf(reflector.store),
        nodes: ['node-a', 'node-b'].map((name) => ({ name })),
        behaviour,
        timings: accelerated(SPEED),
        heartbeat: { lease: 1000 },
        seed: 1,
        onError: (error, doing) => void errors.push(`${doing}: ${String(error)}`),
      });
      await model.start();
    });

    afterAll(async () => {
      model.stop();
      await reflector.stop();
      await Promise.all([kubelets.close(), user.close()]);
      await controlPlane.stop();
    });

    const pod = (name: string): Promise<Stored<Pod>> => user.api.get<Pod>(pods, { namespace, name });
    const all = async (): Promise<readonly Stored<Pod>[]> =>
      (await user.api.list<Pod>(pods, { namespace, labelSelector: 'app=foo' })).items;
    const set = (): Promise<Stored<StatefulSet>> => user.api.get<StatefulSet>(statefulSets, { namespace, name: 'foo' });
    const openGate = async (name: string): Promise<void> => {
      const status = { conditions: [{ type: GATE, status: 'True', message: 'opened by the test' }] };
      const patch = { type: 'strategic', body: { status } } as const;
      await user.api.patch(pods, { namespace, name }, patch, { subresource: 'status' });
    };
    const containerOf = ({ status }: Pod) => status?.containerStatuses?.[0];
    /** Opens the gates of pods that have none, as a rollout controller does of newborn ones. */
    const allReady = async (count: number): Promise<readonly Stored<Pod>[]> => {
      await until(async () => {
        const found = (await all()).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
        for (const one of found) {
          if (conditionOf(one.status, GATE) === undefined) await openGate(one.metadata.name).catch(() => undefined);
        }
        return found.length === count && found.every(isReady);
      });
      return all();
    };

    test('nodes are Ready, the scheduler binds, the pods of a StatefulSet become Ready through gate and probe', async () => {
      await until(async () => {
        const { items } = await user.api.list<Node>(nodes);
        return items.length === 2 && items.every(({ spec }) => (spec?.taints ?? []).length === 0);
      });
      await user.api.create<StatefulSet & { spec: object }>(statefulSets, {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata: { namespace, name: 'foo' },
        spec: {
          serviceName: 'foo',
          replicas: 3,
          podManagementPolicy: 'Parallel',
          selector: { matchLabels: { app: 'foo' } },
          updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: CLOSED } },
          template: template('game:v1'),
        },
      });
      await until(
        async () =>
          (await all()).filter((one) => conditionOf(one.status, 'ContainersReady')?.status === 'True').length === 3,
      );
      expect((await all()).some(isReady)).toBe(false);
      const ready = await allReady(3);
      expect(new Set(ready.map(({ spec }) => spec.nodeName))).toEqual(new Set(['node-a', 'node-b']));
      for (const one of ready) {
        expect(containerOf(one)).toMatchObject({ image: 'docker.io/library/game:v1', restartCount: 0, started: true });
        expect(one.status).toMatchObject({ phase: 'Running', podIP: expect.stringMatching(/^10\.6[45]\./) as unknown });
        if (one.metadata.generation !== undefined) expect(one.status?.observedGeneration).toBe(one.metadata.generation);
        expect(conditionOf(one.status, GATE)).toMatchObject({ status: 'True', message: 'opened by the test' });
      }
      await until(async () => (await set()).status?.currentRevision === (await set()).status?.updateRevision);
    });

    test('an image patched in place behind a closed partition: same pod, another container, no pod recreated', async () => {
      const before = await pod('foo-2');
      const written = await user.api.patch<StatefulSet>(
        statefulSets,
        { namespace, name: 'foo' },
        { type: 'strategic', body: { spec: { template: template('game:v2') } } },
      );
      await until(async () => ((await set()).status?.observedGeneration ?? 0) >= written.metadata.generation!);
      const { updateRevision } = (await set()).status!;
      const body = {
        metadata: { labels: { 'controller-revision-hash': updateRevision } },
        spec: { containers: [{ name: 'app', image: 'game:v2' }] },
      };
      await user.api.patch(pods, { namespace, name: 'foo-2' }, { type: 'strategic', body });
      await until(async () => containerOf(await pod('foo-2'))?.containerID !== containerOf(before)?.containerID);
      await until(async () => isReady(await pod('foo-2')));
      const after = await pod('foo-2');
      expect(after.metadata.uid).toBe(before.metadata.uid);
      expect(containerOf(after)).toMatchObject({
        image: 'docker.io/library/game:v2',
        restartCount: 1,
        lastState: { terminated: { containerID: containerOf(before)?.containerID, exitCode: 0 } },
      });
      const [old, next, ...others] = model.oracle.instances(before.metadata.uid);
      expect([old!.image, next!.image, others]).toEqual(['game:v1', 'game:v2', []]);
      expect(next!.startedAt).toBeGreaterThanOrEqual(old!.exitedAt!);
      expect((await all()).filter(({ metadata }) => metadata.uid === before.metadata.uid)).toHaveLength(1);
    });

    test('a deleted pod ends in its grace and comes back as another one, at the revision of the closed partition', async () => {
      const before = await pod('foo-0');
      await user.api.delete(pods, { namespace, name: 'foo-0' });
      await until(async () => (await all()).every(({ metadata }) => metadata.uid !== before.metadata.uid));
      const [ended] = model.oracle.instances(before.metadata.uid);
      expect(ended).toMatchObject({ exitCode: 0 });
      await allReady(3);
      expect(containerOf(await pod('foo-0'))).toMatchObject({ image: 'docker.io/library/game:v1', restartCount: 0 });
    });

    test('a Job completes, another one fails', async () => {
      const job = (name: string, container: string): KubeObject & { spec: object } => ({
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { namespace, name },
        spec: {
          backoffLimit: 0,
          template: { spec: { restartPolicy: 'Never', containers: [{ name: container, image: 'game:v1' }] } },
        },
      });
      await user.api.create(jobs, job('good', 'once'));
      await user.api.create(jobs, job('bad', 'never'));
      const has = async (name: string, type: string): Promise<boolean> => {
        const { status } = await user.api.get<Job>(jobs, { namespace, name });
        return status?.conditions?.some((one) => one.type === type && one.status === 'True') ?? false;
      };
      await until(async () => (await has('good', 'Complete')) && (await has('bad', 'Failed')));
      const { items } = await user.api.list<Pod>(pods, { namespace, labelSelector: 'job-name' });
      expect(items.map(({ status }) => status?.phase).sort()).toEqual(['Failed', 'Succeeded']);
    });

    test('a lost node: NotReady, its pods not Ready, then told to go; they end when it returns, and others come', async () => {
      const lost = (await all()).filter(({ spec }) => spec.nodeName === 'node-a');
      expect(lost.length).toBeGreaterThan(0);
      const uids = lost.map(({ metadata }) => metadata.uid);
      model.node('node-a').lose();
      const mine = async (): Promise<readonly Stored<Pod>[]> =>
        (await all()).filter(({ metadata }) => uids.includes(metadata.uid));
      await until(async () => (await mine()).every((one) => !isReady(one)));
      await until(async () => (await mine()).every(({ metadata }) => metadata.deletionTimestamp !== undefined));
      // Nobody but its kubelet can end them: a StatefulSet makes no second foo-n meanwhile.
      for (const uid of uids) expect(model.oracle.running(uid, 'app')).toBeDefined();
      expect(await mine()).toHaveLength(uids.length);
      await model.node('node-a').return();
      await until(async () => (await mine()).length === 0);
      for (const uid of uids) expect(model.oracle.running(uid, 'app')).toBeUndefined();
      await allReady(3);
    });

    test('a machine that crashes starts its pods again in place', async () => {
      const [here] = (await all()).filter(({ spec }) => spec.nodeName === 'node-b');
      const { uid, name } = here!.metadata;
      const before = containerOf(here!)!;
      model.node('node-b').crash();
      await model.node('node-b').return();
      await until(async () => (containerOf(await pod(name))?.restartCount ?? 0) > before.restartCount);
      await until(async () => isReady(await pod(name)));
      expect((await pod(name)).metadata.uid).toBe(uid);
    });

    test('it wrote what a kubelet writes and nothing else, and the server refused nothing', () => {
      const writes = controlPlane.auditLog().filter(({ user: who }) => who === 'kubelet-model');
      const kinds = new Set(
        writes.map(({ verb, resource, subresource = '' }) => `${verb} ${resource}${subresource && `/${subresource}`}`),
      );
      expect([...kinds].sort()).toEqual([
        'create leases',
        'create nodes',
        'delete pods',
        'patch leases',
        'patch nodes/status',
        'patch pods/status',
      ]);
      const refused = writes.filter(({ code, resource }) => code >= 400 && !(code === 404 && resource === 'leases'));
      expect(refused.map(({ verb, uri, code }) => `${verb} ${uri} ${code}`)).toEqual([]);
      expect(errors).toEqual([]);
    });
  },
  ['own', 'kube-controller-manager', 'kube-scheduler'],
);
