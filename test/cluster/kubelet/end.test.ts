import { describe, expect, test } from '@jest/globals';
import { isReady, type Pod } from '../../../src/api/pod.js';
import type { Stored } from '../../../src/kube/objects.js';
import { Lab, reality } from './lab.js';

/** Follows a pod to the end of its object. */
async function gone(lab: Lab, pod: Stored<Pod>): Promise<number> {
  return lab.until(
    'gone',
    () => !lab.cluster.pods().some(({ metadata }) => metadata.uid === pod.metadata.uid),
    120_000,
  );
}

describe('crashes', () => {
  test('the first restart comes at once, then the waits double up to five minutes', async () => {
    const lab = new Lab();
    lab.behaviours.set('app', { exit: { after: 1000, code: 2 } });
    await lab.start();
    lab.create();
    await lab.run(45 * 60_000);
    const runs = reality(lab, 0);
    const waits = runs.slice(1).map(({ started }, index) => started - runs[index]!.exited);
    expect(waits[0]).toBeLessThan(1200);
    const least = [10, 20, 40, 80, 160, 300, 300, 300].map((seconds) => seconds * 1000);
    for (const [index, wait] of least.entries()) {
      expect(waits[index + 1]).toBeGreaterThanOrEqual(wait);
      // Noticed at a look of its own, 10 to 15 s after the one before, and one that was in vain.
      expect(waits[index + 1]).toBeLessThan(wait + 17_000);
    }
    expect(lab.container()).toMatchObject({ lastState: { terminated: { exitCode: 2, reason: 'Error' } } });
    await lab.until('it waits', () => lab.container().state?.waiting !== undefined, 400_000);
    expect(lab.container().state?.waiting?.message).toBe(
      `back-off 5m0s restarting failed container=app pod=foo_default(${lab.pod().metadata.uid})`,
    );
    expect(lab.pod().status?.phase).toBe('Running');
    expect(lab.isReady()).toBe(false);
  });

  test('ten minutes without a crash are a new beginning', async () => {
    const lab = await new Lab().start();
    const { uid } = (await lab.serving()).metadata;
    const crash = async (): Promise<number> => {
      lab.model.node('node-1').crashContainer(uid, 'app');
      return lab.until('restarted', () => lab.model.oracle.running(uid, 'app') !== undefined);
    };
    expect(await crash()).toBeLessThan(1200);
    await lab.run(2000);
    expect(await crash()).toBeGreaterThan(7000);
    // Five minutes are not enough, and the wait counts from the end, however long it ran.
    await lab.run(5 * 60_000);
    expect(await crash()).toBeGreaterThan(20_000);
    await lab.run(10 * 60_000 + 45_000);
    expect(await crash()).toBeLessThan(1200);
    await lab.run(2000);
    // As after the very first one.
    const again = await crash();
    expect(again).toBeGreaterThan(7000);
    expect(again).toBeLessThan(17_000);
  });

  test('the end is shown as such, with code and reason, at the next look', async () => {
    const lab = await new Lab().start();
    const { uid } = (await lab.serving()).metadata;
    const from = lab.now;
    lab.model.node('node-1').crashContainer(uid, 'app', 137, 'OOMKilled');
    await lab.run(3000);
    const [shown] = lab.written(from);
    expect(shown!.after).toBeLessThan(1050);
    expect(shown!.pod.status?.containerStatuses?.[0]).toMatchObject({
      ready: false,
      restartCount: 0,
      state: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
    });
    expect(isReady(shown!.pod)).toBe(false);
    expect(lab.container()).toMatchObject({ restartCount: 1, lastState: { terminated: { reason: 'OOMKilled' } } });
  });
});

describe('deletion', () => {
  test('SIGTERM, the last status, then the object by UID; the whole as long as in the lab', async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const lab = await new Lab({ seed }).start();
      const pod = await lab.serving();
      lab.cluster.deletePod('foo');
      const took = await gone(lab, pod);
      // 3.0 to 9.9 s including the creation of the next pod, which takes 0.5 to 1.4 s.
      expect(took).toBeGreaterThan(1000);
      expect(took).toBeLessThan(9400);
      const last = lab.revisions(pod.metadata.uid).at(-1)!;
      expect(last.pod.status).toMatchObject({
        phase: 'Succeeded',
        containerStatuses: [{ ready: false, state: { terminated: { exitCode: 0, reason: 'Completed' } } }],
      });
      expect(isReady(last.pod)).toBe(false);
      expect(lab.cluster.calls.findLast(({ verb }) => verb === 'delete')?.body).toMatchObject({
        uid: pod.metadata.uid,
        gracePeriodSeconds: 0,
      });
    }
  });

  test('who does not stop in time is killed', async () => {
    const lab = new Lab();
    lab.behaviours.set('app', { stop: { after: 60_000 } });
    await lab.start();
    const pod = await lab.serving({ terminationGracePeriodSeconds: 5 });
    const deleted = lab.now;
    lab.cluster.deletePod('foo');
    await lab.run(4000);
    // Its status stays as it was: only the deletion timestamp says that it ends.
    expect(lab.isReady()).toBe(true);
    await gone(lab, pod);
    const [run] = lab.model.oracle.instances(pod.metadata.uid);
    expect(run!.exitCode).toBe(137);
    expect(run!.exitedAt! - run!.stoppedAt!).toBeCloseTo(5000, 6);
    expect(lab.now - deleted).toBeLessThan(15_000);
    expect(lab.revisions(pod.metadata.uid).at(-1)!.pod.status?.phase).toBe('Failed');
  });

  test('told twice before it gets to it: the shorter grace counts', async () => {
    const lab = new Lab();
    lab.behaviours.set('app', { stop: { after: 60_000 } });
    await lab.start();
    const pod = await lab.serving({ terminationGracePeriodSeconds: 10 });
    lab.cluster.changePod('foo', { images: { app: 'game:v2' } });
    await lab.run(1000);
    // The kubelet is still busy stopping the old container.
    lab.cluster.deletePod('foo', 3);
    await lab.run(1000);
    lab.cluster.markDeleted('foo', 20);
    await gone(lab, pod);
    const [, run] = lab.model.oracle.instances(pod.metadata.uid);
    expect(run!.exitedAt! - run!.stoppedAt!).toBeCloseTo(3000, 6);
  });

  test('a pod that somebody else called Failed while its node was lost is ended, and stays Failed', async () => {
    const lab = new Lab();
    lab.behaviours.set('app', { stop: { after: 3000, code: 0 } });
    await lab.start();
    await lab.serving();
    lab.model.node('node-1').lose();
    lab.cluster.setStatus('foo', { ...lab.pod().status, phase: 'Failed', reason: 'Preempted', message: 'by others' });
    await lab.model.node('node-1').return();
    await lab.run(20_000);
    expect(lab.instances().map(({ exitCode }) => exitCode)).toEqual([0]);
    expect(lab.pod().status).toMatchObject({ phase: 'Failed', reason: 'Preempted', message: 'by others' });
    expect(lab.isReady()).toBe(false);
  });

  test('the preStop hook takes from the grace', async () => {
    const lab = new Lab();
    lab.behaviours.set('app', { stop: { after: 60_000 }, preStop: 3000 });
    await lab.start();
    for (const preStop of [{ sleep: { seconds: 3 } }, { exec: { command: ['drain'] } }]) {
      const pod = await lab.serving({ terminationGracePeriodSeconds: 8 }, { lifecycle: { preStop } });
      const deleted = Date.UTC(2026, 0, 1) + lab.now;
      lab.cluster.deletePod('foo');
      await gone(lab, pod);
      const [run] = lab.model.oracle.instances(pod.metadata.uid);
      expect(run!.stoppedAt! - deleted).toBeGreaterThan(3000);
      expect(run!.stoppedAt! - deleted).toBeLessThan(3050);
      expect(run!.exitedAt! - deleted).toBeGreaterThan(7900);
      expect(run!.exitedAt! - deleted).toBeLessThan(8100);
    }
  });

  test('during a pull: the pull ends first, the container is started, and stopped a look later', async () => {
    const lab = await new Lab({ images: { 'game:v9': { after: 20_000 } } }).start();
    const pod = lab.create({}, { image: 'game:v9', imagePullPolicy: 'IfNotPresent' });
    await lab.run(5000);
    lab.cluster.deletePod('foo', 10);
    await gone(lab, pod);
    const [run, ...others] = lab.model.oracle.instances(pod.metadata.uid);
    expect(others).toEqual([]);
    expect(run!.startedAt - Date.UTC(2026, 0, 1)).toBeGreaterThan(20_000);
    expect(run!.exitedAt! - run!.startedAt).toBeLessThan(1100);
  });

  test('before its kubelet has done anything: the object goes all the same', async () => {
    const lab = await new Lab({ images: { 'game:v9': { after: 100, error: 'down' } } }).start();
    const pod = lab.create({}, { image: 'game:v9', imagePullPolicy: 'IfNotPresent' });
    await lab.run(8000);
    lab.cluster.deletePod('foo', 10);
    await gone(lab, pod);
    expect(lab.model.oracle.instances(pod.metadata.uid)).toEqual([]);
    expect(lab.revisions(pod.metadata.uid).at(-1)!.pod.status?.phase).toBe('Failed');
  });

  test('by force: the object is gone at once, the process runs on through its grace beside the next of its name', async () => {
    const lab = new Lab();
    lab.behaviours.set('app', { stop: { after: 6000 } });
    await lab.start();
    const old = await lab.serving();
    lab.cluster.deletePod('foo', 0);
    const next = lab.create();
    await lab.run(3000);
    expect(lab.isReady()).toBe(true);
    expect(lab.model.oracle.alive('default', 'foo')).toEqual([old.metadata.uid, next.metadata.uid]);
    await lab.run(6000);
    expect(lab.model.oracle.alive('default', 'foo')).toEqual([next.metadata.uid]);
    expect(lab.isReady()).toBe(true);
    expect(lab.errors).toEqual([]);
  });

  test('while an image is being replaced: first that, then the end', async () => {
    const lab = new Lab();
    lab.behaviours.set('app', { stop: { after: 3000 } });
    await lab.start();
    const pod = await lab.serving();
    lab.cluster.changePod('foo', { images: { app: 'game:v2' } });
    await lab.run(1000);
    lab.cluster.deletePod('foo');
    await gone(lab, pod);
    expect(lab.model.oracle.instances(pod.metadata.uid).map(({ image }) => image)).toEqual(['game:v1', 'game:v2']);
  });
});

describe('pods of Jobs', () => {
  test.each([
    [0, 'Succeeded', 'PodCompleted'],
    [3, 'Failed', 'PodFailed'],
  ] as const)('restartPolicy Never, exit code %d: %s', async (code, phase, reason) => {
    const lab = new Lab();
    lab.behaviours.set('app', { exit: { after: 3000, code } });
    await lab.start();
    lab.create({ restartPolicy: 'Never' });
    await lab.run(30_000);
    expect(lab.pod().status?.phase).toBe(phase);
    expect(lab.pod().status?.conditions).toContainEqual(
      expect.objectContaining({ type: 'Ready', status: 'False', reason }),
    );
    expect(lab.instances()).toHaveLength(1);
    const calls = lab.cluster.calls.filter(({ what }) => what.startsWith('pods')).length;
    await lab.run(10 * 60_000);
    expect(lab.cluster.calls.filter(({ what }) => what.startsWith('pods'))).toHaveLength(calls);
    lab.cluster.deletePod('foo');
    await lab.run(10_000);
    expect(lab.errors).toEqual([]);
  });

  test('OnFailure: again and again until it succeeds', async () => {
    const lab = new Lab();
    lab.behaviours.set('app', { exit: { after: 1000, code: 1 } });
    await lab.start();
    lab.create({ restartPolicy: 'OnFailure' });
    await lab.run(8000);
    expect(lab.pod().status?.phase).toBe('Running');
    lab.behaviours.set('app', { exit: { after: 1000, code: 0 } });
    await lab.until('over', () => lab.pod().status?.phase === 'Succeeded', 60_000);
    expect(lab.container().restartCount).toBeGreaterThanOrEqual(2);
    expect(lab.instances().at(-1)!.exitCode).toBe(0);
  });

  test('all containers have to end', async () => {
    const lab = new Lab();
    lab.behaviours.set('one', { exit: { after: 1000, code: 0 } });
    lab.behaviours.set('two', { exit: { after: 9000, code: 1 } });
    await lab.start();
    const containers = ['one', 'two'].map((name) => ({ name, image: 'game:v1', imagePullPolicy: 'Never' as const }));
    lab.create({ restartPolicy: 'Never', containers });
    await lab.run(5000);
    expect(lab.pod().status?.phase).toBe('Running');
    await lab.run(10_000);
    expect(lab.pod().status?.phase).toBe('Failed');
  });

  test('one that still has a finalizer of its Job when it is deleted', async () => {
    const lab = new Lab();
    lab.behaviours.set('app', { exit: { after: 1000, code: 0 } });
    await lab.start();
    const pod = lab.create({ restartPolicy: 'Never' });
    await lab.run(20_000);
    // A terminal pod with a finalizer gets its deletion timestamp and stays.
    lab.cluster.markDeleted('foo', 0);
    await gone(lab, pod);
  });
});

describe('eviction', () => {
  test('the pod fails with reason Evicted, and its object stays', async () => {
    const lab = new Lab();
    lab.behaviours.set('app', { stop: { after: 1000 } });
    await lab.start();
    const { uid } = (await lab.serving()).metadata;
    lab.model.node('node-1').evict(uid);
    await lab.run(15_000);
    expect(lab.pod().status).toMatchObject({
      phase: 'Failed',
      reason: 'Evicted',
      message: 'The node was low on resource: memory.',
    });
    expect(lab.pod().status?.conditions).toContainEqual(
      expect.objectContaining({ type: 'DisruptionTarget', status: 'True', reason: 'TerminationByKubelet' }),
    );
    expect(lab.instances().map(({ exitedAt }) => exitedAt !== undefined)).toEqual([true]);
  });
});
