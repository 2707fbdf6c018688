import { describe, expect, test } from '@jest/globals';
import type { StoredContainer } from '../../../src/api/pod.js';
import { conditionOf } from '../../../src/api/pod.js';
import { Lab, reality, summary } from './lab.js';

const pulled = { imagePullPolicy: 'IfNotPresent' } as const;
const state = (lab: Lab, container?: string): string | undefined => {
  const { waiting, running, terminated } = lab.container('foo', container).state ?? {};
  return waiting?.reason ?? terminated?.reason ?? (running && 'Running');
};

describe('images', () => {
  test('a pod waits in ContainerCreating while its image is pulled', async () => {
    const lab = await new Lab({ images: { 'game:v9': { after: 20_000 } } }).start();
    lab.create({}, { image: 'game:v9', ...pulled });
    await lab.run(20_000);
    expect(state(lab)).toBe('ContainerCreating');
    expect(lab.pod().status).toMatchObject({
      phase: 'Pending',
      containerStatuses: [{ imageID: '', image: 'game:v9' }],
    });
    expect(lab.condition('PodReadyToStartContainers')).toBe('False');
    await lab.run(3000);
    expect(summary(lab.pod())).toMatch(/^Running, .*, rc 0, last -, ready true, Ready True, Running$/);
    expect(lab.container().imageID).toMatch(/^docker\.io\/library\/game@sha256:[0-9a-f]{64}$/);
  });

  test('an image that is there is not pulled again, unless the policy says Always', async () => {
    const lab = await new Lab({ images: { 'game:v9': { after: 20_000 } } }).start();
    lab.create({}, { image: 'game:v9', ...pulled }, 'one');
    await lab.run(30_000);
    lab.create({}, { image: 'game:v9', ...pulled }, 'two');
    lab.create({}, { image: 'game:v9', imagePullPolicy: 'Always' }, 'three');
    await lab.run(3000);
    expect(lab.isReady('two')).toBe(true);
    expect(lab.isReady('three')).toBe(false);
    await lab.run(20_000);
    expect(lab.isReady('three')).toBe(true);
  });

  test('images are pulled one after the other, unless the node pulls in parallel', async () => {
    const images = { 'game:v8': { after: 10_000 }, 'game:v9': { after: 10_000 } };
    for (const pullsSerially of [true, false]) {
      const lab = await new Lab({ images, nodes: [{ name: 'node-1', pullsSerially }] }).start();
      lab.create({}, { image: 'game:v8', ...pulled }, 'one');
      lab.create({}, { image: 'game:v9', ...pulled }, 'two');
      await lab.run(13_000);
      expect([lab.isReady('one'), lab.isReady('two')].filter(Boolean)).toHaveLength(pullsSerially ? 1 : 2);
      await lab.run(10_000);
      expect([lab.isReady('one'), lab.isReady('two')]).toEqual([true, true]);
    }
  });

  test('a failing pull: ErrImagePull, ImagePullBackOff, tries that are further and further apart up to 5 minutes', async () => {
    const error = 'pull access denied';
    const attempts: number[] = [];
    const lab = new Lab({ images: { 'game:v9': { after: 500, error } } });
    const registered = lab.images['game:v9']!;
    Object.defineProperty(lab.images, 'game:v9', {
      get: () => {
        attempts.push(lab.now);
        return registered;
      },
    });
    await lab.start();
    lab.create({}, { image: 'game:v9', ...pulled });
    await lab.run(2000);
    expect(lab.container().state?.waiting).toEqual({ reason: 'ErrImagePull', message: error });
    await lab.run(14_500);
    expect(lab.container().state?.waiting).toEqual({
      reason: 'ImagePullBackOff',
      message: `Back-off pulling image "game:v9": ErrImagePull: ${error}`,
    });
    expect(lab.pod().status?.phase).toBe('Pending');
    await lab.run(40 * 60_000);
    const waits = attempts.slice(1).map((at, index) => at - attempts[index]! - 500);
    const least = [10, 20, 40, 80, 160, 300, 300, 300].map((seconds) => seconds * 1000);
    expect(waits.length).toBeGreaterThanOrEqual(least.length);
    for (const [index, wait] of least.entries()) {
      expect(waits[index]).toBeGreaterThanOrEqual(wait);
      expect(waits[index]).toBeLessThan(wait + 17_000);
    }
  });

  test('once the registry has it, the pod starts', async () => {
    const lab = await new Lab({ images: {} }).start();
    lab.create({}, { image: 'game:v9', ...pulled });
    await lab.run(20_000);
    lab.images['game:v9'] = { after: 1000 };
    await lab.run(60_000);
    expect(lab.isReady()).toBe(true);
    expect(lab.container().restartCount).toBe(0);
  });

  test('without a policy: Always for latest, else IfNotPresent', async () => {
    const lab = await new Lab({
      images: { game: { after: 1000, error: 'down' } },
      onNode: ['game', 'game:v1'],
    }).start();
    const container = (image: string): StoredContainer => ({ name: 'app', image });
    lab.create({ containers: [container('game')] }, {}, 'latest');
    lab.create({ containers: [container('game:v1')] }, {}, 'tagged');
    await lab.run(8000);
    expect([lab.isReady('latest'), lab.isReady('tagged')]).toEqual([false, true]);
  });
});

describe('init containers', () => {
  const spec = {
    initContainers: [
      { name: 'first', image: 'game:v1', imagePullPolicy: 'Never' },
      { name: 'second', image: 'game:v1', imagePullPolicy: 'Never' },
    ] satisfies StoredContainer[],
  };

  test('run one after the other, then the others start', async () => {
    const lab = new Lab();
    lab.behaviours.set('first', { exit: { after: 4000, code: 0 } });
    lab.behaviours.set('second', { exit: { after: 4000, code: 0 } });
    await lab.start();
    lab.create(spec);
    await lab.run(3000);
    expect([state(lab, 'first'), state(lab, 'second'), state(lab, 'app')]).toEqual([
      'Running',
      'PodInitializing',
      'PodInitializing',
    ]);
    expect(lab.pod().status?.phase).toBe('Pending');
    expect(conditionOf(lab.pod().status, 'Initialized')).toMatchObject({
      status: 'False',
      reason: 'ContainersNotInitialized',
      message: 'containers with incomplete status: [first second]',
    });
    await lab.until('Ready', () => lab.isReady(), 15_000);
    const [first, second, app] = lab.instances();
    expect([first, second, app].map((one) => one!.container)).toEqual(['first', 'second', 'app']);
    expect(second!.startedAt - first!.exitedAt!).toBeGreaterThan(0);
    // The end of the one before is seen at the next look.
    expect(second!.startedAt - first!.exitedAt!).toBeLessThan(1200);
    expect(app!.startedAt).toBeGreaterThan(second!.exitedAt!);
    expect(lab.condition('Initialized')).toBe('True');
    expect(lab.container('foo', 'first')).toMatchObject({ ready: true, state: { terminated: { exitCode: 0 } } });
  });

  test('a failing one is restarted with the back-off of a crash', async () => {
    const lab = new Lab();
    lab.behaviours.set('first', { exit: { after: 100, code: 3 } });
    await lab.start();
    lab.create(spec);
    await lab.run(60_000);
    expect(lab.container('foo', 'first').restartCount).toBeGreaterThanOrEqual(2);
    expect(lab.pod().status?.phase).toBe('Pending');
    lab.behaviours.set('first', { exit: { after: 100, code: 0 } });
    lab.behaviours.set('second', { exit: { after: 100, code: 0 } });
    await lab.until('Ready', () => lab.isReady(), 120_000);
  });

  test('with restartPolicy Never the pod fails', async () => {
    const lab = new Lab();
    lab.behaviours.set('first', { exit: { after: 100, code: 3 } });
    await lab.start();
    lab.create({ ...spec, restartPolicy: 'Never' });
    await lab.run(10_000);
    expect(lab.pod().status?.phase).toBe('Failed');
    expect(lab.instances()).toHaveLength(1);
  });
});

describe('native sidecars', () => {
  const sidecar: StoredContainer = {
    name: 'proxy',
    image: 'game:v1',
    imagePullPolicy: 'Never',
    restartPolicy: 'Always',
    startupProbe: { periodSeconds: 1, failureThreshold: 30, exec: {} },
  };

  async function served(): Promise<Lab> {
    const lab = new Lab();
    lab.behaviours.set('proxy', { startup: 3000, stop: { after: 1000 } });
    lab.behaviours.set('app', { stop: { after: 2000 } });
    await lab.start();
    await lab.serving({ initContainers: [sidecar] });
    return lab;
  }

  test('are started, and started up, before the others', async () => {
    const lab = await served();
    const [proxy, app] = lab.instances();
    expect([proxy!.container, app!.container]).toEqual(['proxy', 'app']);
    expect(app!.startedAt - proxy!.startedAt).toBeGreaterThan(3000);
    expect(app!.startedAt - proxy!.startedAt).toBeLessThan(6200);
    expect(lab.container('foo', 'proxy')).toMatchObject({ ready: true, started: true });
  });

  test('are restarted in place, alone', async () => {
    const lab = await served();
    const before = lab.container('foo', 'app');
    const patched = lab.now;
    lab.cluster.changePod('foo', { images: { proxy: 'game:v2' } });
    await lab.run(8000);
    expect(lab.container('foo', 'proxy')).toMatchObject({ restartCount: 1, image: 'docker.io/library/game:v2' });
    expect(lab.container('foo', 'app').containerID).toBe(before.containerID);
    // While the sidecar starts up again the pod is not Ready, yet stays initialized and Running.
    const statuses = lab.written(patched).map(({ pod }) => pod.status);
    expect(statuses.some((status) => conditionOf(status, 'Ready')?.status === 'False')).toBe(true);
    expect(statuses.every((status) => status?.phase === 'Running')).toBe(true);
    expect(statuses.every((status) => conditionOf(status, 'Initialized')?.status === 'True')).toBe(true);
  });

  test('are restarted when they end, and end after the others', async () => {
    const lab = await served();
    lab.model.node('node-1').crashContainer(lab.pod().metadata.uid, 'proxy', 1);
    await lab.run(6000);
    expect(lab.container('foo', 'proxy')).toMatchObject({ restartCount: 1, state: { running: {} } });
    const { uid } = lab.pod().metadata;
    const deleted = lab.now;
    lab.cluster.deletePod('foo');
    await lab.until('gone', () => !lab.cluster.hasPod('foo'));
    const [app, proxy] = ['app', 'proxy'].map((name) =>
      lab.model.oracle.instances(uid).findLast(({ container }) => container === name),
    );
    expect(proxy!.stoppedAt).toBeGreaterThanOrEqual(app!.exitedAt!);
    expect(proxy!.exitedAt! - app!.exitedAt!).toBeGreaterThanOrEqual(1000);
    expect(lab.now - deleted).toBeLessThan(13_000);
  });

  test('do not keep a Job from completing', async () => {
    const lab = new Lab();
    lab.behaviours.set('app', { exit: { after: 2000, code: 0 } });
    await lab.start();
    lab.create({ initContainers: [sidecar], restartPolicy: 'Never' });
    await lab.until('over', () => lab.pod().status?.phase === 'Succeeded', 20_000);
    expect(lab.instances().every(({ exitedAt }) => exitedAt !== undefined)).toBe(true);
  });
});

describe('what a container is started with', () => {
  const downward = {
    env: [
      { name: 'RELEASE', valueFrom: { fieldRef: { fieldPath: "metadata.annotations['artifacts']" } } },
      { name: 'WHO', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'URL', value: 'http://$(WHO):80/$(NOBODY)/$$(WHO)' },
      { name: 'SECRET', valueFrom: { secretKeyRef: { name: 'x', key: 'y' } } },
    ],
    volumeMounts: [{ name: 'files', mountPath: '/files', subPathExpr: 'releases/$(RELEASE)' }],
  };
  const annotated = { annotations: { artifacts: 'r1' } };

  async function started(): Promise<Lab> {
    const lab = new Lab();
    lab.folders = new Set(['files/releases/r1', 'files/releases/r2']);
    await lab.start();
    const app: StoredContainer = { name: 'app', image: 'game:v1', imagePullPolicy: 'Never', ...downward };
    lab.cluster.createPod('foo', { nodeName: 'node-1', containers: [app] }, annotated);
    await lab.run(5000);
    return lab;
  }
  const seen = (lab: Lab): unknown => {
    const { env, mounts, image } = lab.starts.at(-1)!;
    return { image, release: env['RELEASE'], ...mounts[0]! };
  };

  test('the downward API, other variables, and nothing of a Secret', async () => {
    const lab = await started();
    expect(lab.starts[0]!.env).toEqual({ RELEASE: 'r1', WHO: 'foo', URL: 'http://foo:80/$(NOBODY)/$(WHO)' });
  });

  test('an annotation alone restarts nothing; the next start sees it', async () => {
    const lab = await started();
    lab.cluster.changePod('foo', { annotations: { artifacts: 'r2' } });
    await lab.run(6000);
    expect(lab.starts).toHaveLength(1);
    expect(lab.container().restartCount).toBe(0);
    lab.model.node('node-1').crashContainer(lab.pod().metadata.uid, 'app', 0);
    await lab.run(2500);
    expect(seen(lab)).toMatchObject({ image: 'game:v1', release: 'r2', subPath: 'releases/r2', empty: false });
  });

  test('one patch of annotation and image: new content and new image', async () => {
    const lab = await started();
    lab.cluster.changePod('foo', { annotations: { artifacts: 'r2' }, images: { app: 'game:v2' } });
    await lab.run(2000);
    expect(seen(lab)).toMatchObject({ image: 'game:v2', release: 'r2', subPath: 'releases/r2', empty: false });
    expect(lab.instances().map(({ annotations }) => annotations['artifacts'])).toEqual(['r1', 'r2']);
  });

  test('a release that is not there: the container runs, with an empty folder', async () => {
    const lab = await started();
    lab.cluster.changePod('foo', { annotations: { artifacts: 'r9' }, images: { app: 'game:v2' } });
    await lab.run(3000);
    expect(seen(lab)).toMatchObject({ subPath: 'releases/r9', empty: true });
    expect(lab.isReady()).toBe(true);
  });

  test('no annotation: the folder above', async () => {
    const lab = await new Lab().start();
    lab.create({}, downward);
    await lab.run(3000);
    expect(seen(lab)).toMatchObject({ release: '', subPath: 'releases/' });
  });

  test('a path that leads out: CreateContainerConfigError, and the old container is gone', async () => {
    const lab = await started();
    const patched = lab.now;
    lab.cluster.changePod('foo', { annotations: { artifacts: '../../etc' }, images: { app: 'game:v2' } });
    await lab.run(5000);
    expect(lab.container().state?.waiting).toEqual({
      reason: 'CreateContainerConfigError',
      message: "unable to provision SubPath `releases/../../etc`: must not contain '..'",
    });
    expect(reality(lab, patched).map(({ exited }) => exited < 40)).toEqual([true]);
  });

  test('a container that the runtime cannot start', async () => {
    const lab = await new Lab().start();
    lab.behaviours.set('app', { failure: 'RunContainerError', message: 'no such file' });
    lab.create();
    await lab.run(2500);
    expect(lab.container().state?.waiting).toEqual({ reason: 'RunContainerError', message: 'no such file' });
    expect(lab.instances()).toEqual([]);
  });
});

describe('what the status says of place and time', () => {
  test('addresses, one per pod; the host network has the host’s', async () => {
    const lab = await new Lab({ nodes: ['node-1', 'node-2'].map((name) => ({ name, images: ['game:v1'] })) }).start();
    for (const name of ['a', 'b']) lab.create({}, {}, name);
    lab.create({ nodeName: 'node-2' }, {}, 'c');
    lab.create({ hostNetwork: true }, {}, 'd');
    await lab.run(5000);
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => lab.pod(name).status!);
    expect(new Set([a!.podIP, b!.podIP, c!.podIP]).size).toBe(3);
    expect(a!.hostIP).not.toBe(c!.hostIP);
    expect(d!.podIP).toBe(d!.hostIP);
    expect(a!.podIPs).toEqual([{ ip: a!.podIP }]);
  });

  test('conditions keep the time of their last change, in whole seconds', async () => {
    const lab = await new Lab().start();
    lab.create({}, { readinessProbe: { periodSeconds: 1, initialDelaySeconds: 8, exec: {} } });
    await lab.run(20_000);
    const time = (type: string): string | undefined => conditionOf(lab.pod().status, type)?.lastTransitionTime;
    expect(time('PodScheduled')).toMatch(/^2026-01-01T00:00:0[01]Z$/);
    expect(time('Ready')).toMatch(/^2026-01-01T00:00:(08|09|10)Z$/);
  });

  test('no generations where the server or the kubelet does not know them', async () => {
    const old = await new Lab({ nodes: [{ name: 'node-1', images: ['game:v1'], kubeletVersion: 'v1.33.4' }] }).start();
    const server = await new Lab({ knowsGenerations: false }).start();
    for (const lab of [old, server]) {
      lab.create();
      await lab.run(3000);
      expect(JSON.stringify(lab.pod().status)).not.toContain('observedGeneration');
      expect(lab.isReady()).toBe(true);
    }
  });
});
