import { describe, expect, test } from '@jest/globals';
import { KubeError } from '../../../src/kube/error.js';
import type { Node } from '../../../src/cluster/kubelet/node-object.js';
import { unsafeExposure } from '../../../src/cluster/kubelet/oracle.js';
import { GATE, Lab, readySpans } from './lab.js';

const node = (lab: Lab): Node => lab.cluster.objects.get('nodes node-1') as unknown as Node;
const ready = (lab: Lab) => node(lab).status?.conditions?.find(({ type }) => type === 'Ready');

describe('a node in the API', () => {
  test('registers with version, capacity, addresses and Ready', async () => {
    const capacity = { cpu: '4', pods: '7' };
    const taints = [{ key: 'game', effect: 'NoSchedule' as const }];
    const shape = { name: 'node-1', labels: { zone: 'a' }, kubeletVersion: 'v1.31.2', capacity, taints };
    const lab = await new Lab({ nodes: [shape] }).start();
    expect(node(lab)).toMatchObject({
      kind: 'Node',
      metadata: { labels: { 'kubernetes.io/hostname': 'node-1', zone: 'a' } },
      spec: { taints },
      status: {
        capacity: { cpu: '4', memory: '16Gi', pods: '7' },
        allocatable: { cpu: '4', memory: '16Gi', pods: '7' },
        addresses: [{ type: 'InternalIP', address: '10.0.0.1' }, { type: 'Hostname' }],
        nodeInfo: { kubeletVersion: 'v1.31.2' },
      },
    });
    expect(ready(lab)).toMatchObject({ status: 'True', reason: 'KubeletReady' });
  });

  test('renews its Lease every 10 s, and its status every five minutes', async () => {
    const lab = await new Lab().start();
    await lab.run(60_000);
    const renewals = lab.cluster.calls.filter(
      ({ verb, what }) => verb !== 'get' && what === 'leases kube-node-lease/node-1',
    );
    // The first one finds no Lease, and makes it.
    expect(renewals.map(({ verb, at }) => `${verb} ${Math.round(at / 1000)}`)).toEqual([
      'patch 0',
      'create 0',
      ...[10, 20, 30, 40, 50, 60].map((second) => `patch ${second}`),
    ]);
    expect(lab.cluster.objects.get('leases kube-node-lease/node-1')).toMatchObject({
      spec: { holderIdentity: 'node-1', leaseDurationSeconds: 40, renewTime: '2026-01-01T00:01:00.000000Z' },
    });
    await lab.run(240_000);
    expect(lab.cluster.calls.filter(({ verb, what }) => verb === 'patch' && what === 'nodes node-1')).toHaveLength(1);
  });

  test('a node on which nothing happens costs its heartbeat and nothing else', async () => {
    const lab = await new Lab().start();
    await lab.serving();
    const before = lab.cluster.calls.length;
    await lab.run(600_000);
    const calls = lab.cluster.calls.slice(before);
    expect(calls.filter(({ what }) => what.startsWith('pods'))).toEqual([]);
    expect(calls.length).toBeLessThan(70);
  });
});

describe('a lost node', () => {
  test('is silent; containers run on, and what ends stays so; on its return it catches up', async () => {
    const lab = await new Lab().start();
    const { uid } = (await lab.serving()).metadata;
    const [kept] = lab.instances();
    const model = lab.model.node('node-1');
    model.lose();
    const silent = lab.cluster.calls.length;
    await lab.run(60_000);
    expect(lab.cluster.calls).toHaveLength(silent);
    expect(lab.instances()).toEqual([kept]);
    lab.cluster.changePod('foo', { images: { app: 'game:v2' } });
    await lab.run(60_000);
    expect(lab.instances()).toEqual([kept]);
    expect(lab.isReady()).toBe(true);
    await model.return();
    await lab.run(5000);
    expect(lab.model.oracle.running(uid, 'app')).toMatchObject({ image: 'game:v2', attempt: 1 });
    expect(lab.container().restartCount).toBe(1);
    expect(ready(lab)?.status).toBe('True');
  });

  test('a process that ends meanwhile is a false Ready until the return', async () => {
    const lab = await new Lab().start();
    const { uid } = (await lab.serving()).metadata;
    lab.model.node('node-1').lose();
    lab.model.node('node-1').crashContainer(uid, 'app');
    await lab.run(60_000);
    expect(lab.isReady()).toBe(true);
    expect(lab.model.oracle.running(uid, 'app')).toBeUndefined();
    await lab.model.node('node-1').return();
    await lab.run(5000);
    const [exposed] = unsafeExposure(lab.instances(), 'app', readySpans(lab.revisions(uid)));
    expect(exposed!.to! - exposed!.from).toBeGreaterThan(60_000);
    expect(lab.container()).toMatchObject({ restartCount: 1, ready: true });
  });

  test('what others wrote of its pods meanwhile it puts right within 10 s', async () => {
    const lab = await new Lab().start();
    await lab.serving({ readinessGates: [{ conditionType: GATE }] });
    lab.model.node('node-1').lose();
    const { status } = lab.pod();
    // As the node lifecycle controller does.
    const conditions = status!.conditions!.map((one) =>
      one.type === 'Ready' ? { ...one, status: 'False' as const } : one,
    );
    lab.cluster.setStatus('foo', { ...status, conditions });
    await lab.run(30_000);
    expect(lab.isReady()).toBe(false);
    await lab.model.node('node-1').return();
    await lab.until('Ready', () => lab.isReady(), 12_000);
    expect(lab.container().restartCount).toBe(0);
  });

  test('pods deleted by force meanwhile are stopped on its return', async () => {
    const lab = await new Lab().start();
    const { uid } = (await lab.serving()).metadata;
    lab.model.node('node-1').lose();
    lab.cluster.deletePod('foo', 0);
    const next = lab.create();
    await lab.run(60_000);
    expect(lab.model.oracle.running(uid, 'app')).toBeDefined();
    await lab.model.node('node-1').return();
    await lab.run(10_000);
    expect(lab.model.oracle.running(uid, 'app')).toBeUndefined();
    expect(lab.model.oracle.running(next.metadata.uid, 'app')).toBeDefined();
    expect(lab.isReady()).toBe(true);
  });

  test('pods that were told to go meanwhile end on its return, and only then', async () => {
    const lab = await new Lab().start();
    await lab.serving();
    lab.model.node('node-1').lose();
    lab.cluster.deletePod('foo');
    await lab.run(600_000);
    expect(lab.cluster.hasPod('foo')).toBe(true);
    await lab.model.node('node-1').return();
    await lab.until('gone', () => !lab.cluster.hasPod('foo'), 15_000);
  });

  test('a crash of the machine ends all containers; they start again, init containers too, in a new sandbox', async () => {
    const lab = new Lab();
    lab.behaviours.set('setup', { exit: { after: 500, code: 0 } });
    await lab.start();
    const setup = { name: 'setup', image: 'game:v1', imagePullPolicy: 'Never' as const };
    const { uid } = (await lab.serving({ initContainers: [setup] })).metadata;
    const { podIP } = lab.pod().status!;
    lab.model.node('node-1').crash();
    await lab.run(100);
    expect(lab.instances().every(({ exitedAt }) => exitedAt !== undefined)).toBe(true);
    await lab.run(60_000);
    await lab.model.node('node-1').return();
    await lab.run(8000);
    expect(lab.instances().map(({ container, attempt }) => `${container} ${attempt}`)).toEqual([
      'setup 0',
      'app 0',
      'setup 1',
      'app 1',
    ]);
    expect(lab.container()).toMatchObject({
      restartCount: 1,
      ready: true,
      lastState: { terminated: { exitCode: 255, reason: 'Unknown' } },
    });
    expect(lab.pod().status?.podIP).not.toBe(podIP);
    expect(lab.pod().status?.podIPs).toEqual([{ ip: lab.pod().status?.podIP }]);
    expect(lab.model.oracle.running(uid, 'app')).toBeDefined();
  });
});

describe('a kubelet that restarts', () => {
  test('restarts no container, and forgets its back-off', async () => {
    const lab = await new Lab().start();
    const { uid } = (await lab.serving()).metadata;
    const before = lab.container();
    await lab.model.node('node-1').restartKubelet();
    await lab.run(10_000);
    expect(lab.container()).toEqual(before);
    for (let crash = 0; crash < 2; crash++) {
      lab.model.node('node-1').crashContainer(uid, 'app');
      await lab.run(2000);
    }
    expect(lab.model.oracle.running(uid, 'app')).toBeUndefined();
    await lab.model.node('node-1').restartKubelet();
    await lab.run(3000);
    expect(lab.model.oracle.running(uid, 'app')).toBeDefined();
  });

  test('starts a pod with the annotation of that time', async () => {
    const lab = await new Lab().start();
    const { uid } = (await lab.serving()).metadata;
    lab.cluster.changePod('foo', { annotations: { artifacts: 'r2' } });
    await lab.model.node('node-1').restartKubelet();
    await lab.run(3000);
    expect(lab.starts).toHaveLength(1);
    lab.model.node('node-1').crashContainer(uid, 'app');
    await lab.run(3000);
    expect(lab.starts.at(-1)!.annotations).toEqual({ artifacts: 'r2' });
  });

  test('in the midst of a stop: it is finished by the next one', async () => {
    const lab = new Lab();
    lab.behaviours.set('app', { stop: { after: 60_000 } });
    await lab.start();
    await lab.serving({ terminationGracePeriodSeconds: 20 });
    lab.cluster.changePod('foo', { images: { app: 'game:v2' } });
    await lab.run(10_000);
    await lab.model.node('node-1').restartKubelet();
    await lab.run(24_000);
    const [old, next] = lab.instances();
    expect(old!.exitedAt! - old!.stoppedAt!).toBeGreaterThan(29_000);
    expect(old!.exitedAt! - old!.stoppedAt!).toBeLessThan(31_500);
    expect(next).toMatchObject({ image: 'game:v2' });
  });

  test('leaves pods alone that have ended', async () => {
    const lab = new Lab();
    lab.behaviours.set('app', { exit: { after: 1000, code: 0 } });
    await lab.start();
    lab.create({ restartPolicy: 'Never' });
    await lab.run(20_000);
    const { status } = lab.pod();
    await lab.model.node('node-1').restartKubelet();
    await lab.run(60_000);
    expect(lab.pod().status).toEqual(status);
    expect(lab.instances()).toHaveLength(1);
  });
});

test('what somebody else writes into its part of a status it puts right within 10 s', async () => {
  const lab = await new Lab().start();
  await lab.serving();
  const { status } = lab.pod();
  const wrong = status!.containerStatuses!.map((one) => ({ ...one, ready: false, restartCount: 9 }));
  lab.cluster.setStatus('foo', { ...status, podIP: '1.2.3.4', podIPs: [{ ip: '1.2.3.4' }], containerStatuses: wrong });
  await lab.run(10_100);
  expect(lab.pod().status).toEqual(status);
  const settled = lab.cluster.calls.filter(({ what }) => what.startsWith('pods')).length;
  await lab.run(30_000);
  expect(lab.cluster.calls.filter(({ what }) => what.startsWith('pods'))).toHaveLength(settled);
});

describe('an API that fails', () => {
  test('statuses arrive when it is back', async () => {
    const lab = await new Lab().start();
    await lab.serving();
    lab.cluster.onCall = (verb) => {
      if (verb === 'patch') throw new KubeError('server', 'etcd is away', { status: 500 });
    };
    lab.cluster.changePod('foo', { images: { app: 'game:v2' } });
    await lab.run(30_000);
    expect(lab.container().restartCount).toBe(0);
    expect(lab.errors.some((error) => error.includes('the status of pod'))).toBe(true);
    expect(lab.errors.some((error) => error.includes('the heartbeat of node-1'))).toBe(true);
    lab.cluster.onCall = undefined;
    await lab.run(11_000);
    expect(lab.container().restartCount).toBe(1);
  });

  test('a pod is deleted at last', async () => {
    const lab = await new Lab().start();
    await lab.serving();
    lab.cluster.onCall = (verb) => {
      if (verb === 'delete') throw new KubeError('timeout', 'no answer');
    };
    lab.cluster.deletePod('foo');
    await lab.run(60_000);
    expect(lab.cluster.hasPod('foo')).toBe(true);
    lab.cluster.onCall = undefined;
    await lab.run(11_000);
    expect(lab.cluster.hasPod('foo')).toBe(false);
  });

  test('no more requests per second than the kubelet allows itself', async () => {
    const lab = await new Lab().start();
    for (let pod = 0; pod < 100; pod++) lab.create({}, {}, `p${pod}`);
    await lab.run(20_000);
    const times = lab.cluster.calls.filter(({ what }) => what.startsWith('pods')).map(({ at }) => at);
    const most = Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 1000).length));
    expect(most).toBeLessThanOrEqual(150);
    expect(times.length).toBeGreaterThan(300);
    expect(lab.cluster.pods().every(({ metadata }) => lab.isReady(metadata.name))).toBe(true);
  });
});

test('what a container answers is what the real one answers', async () => {
  const lab = new Lab();
  lab.behaviours.set('app', {
    answer: (request, { runningFor, isStopping }) =>
      request.kind === 'exec'
        ? { kind: 'exec', exitCode: isStopping ? 1 : 0, stdout: request.command.join(' '), stderr: '' }
        : { kind: 'http', status: 200, body: String(runningFor > 1000) },
    stop: { after: 3000 },
  });
  await lab.start();
  const pod = await lab.serving();
  const players = { kind: 'http', method: 'GET', port: 80, path: '/players' } as const;
  expect(lab.model.answer(pod, 'app', players)).toEqual({ kind: 'http', status: 200, body: 'true' });
  lab.cluster.changePod('foo', { images: { app: 'game:v2' } });
  await lab.run(1000);
  expect(lab.model.answer(pod, 'app', { kind: 'exec', command: ['ls', '/'] })).toMatchObject({
    exitCode: 1,
    stdout: 'ls /',
  });
  await lab.run(2100);
  expect(lab.model.answer(pod, 'app', players)).toMatchObject({ kind: 'refused' });
  expect(lab.isReady()).toBe(true);
  await lab.run(200);
  expect(lab.model.answer(pod, 'app', players)).toMatchObject({ body: 'false' });
});
