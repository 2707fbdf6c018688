import { describe, expect, test } from '@jest/globals';
import { unsafeExposure } from '../../../src/cluster/kubelet/oracle.js';
import { conditionOf, isReady } from '../../../src/api/pod.js';
import { GATE, Lab, readySpans, reality } from './lab.js';

// Section D of research/inplace-lab.md, row by row, and the rows of A that concern a kubelet. Times in milliseconds from the patch.
// One API here answers at once, so what took the lab's client and server 3 to 10 ms is missing.

const probed = { readinessProbe: { periodSeconds: 1, failureThreshold: 1, exec: { command: ['test'] } } };
const gated = { readinessGates: [{ conditionType: GATE }] };

async function served(
  options: { stop?: number; startup?: number; gate?: boolean; probe?: boolean } = {},
): Promise<Lab> {
  const lab = new Lab();
  const { stop = 0, startup = 0, gate = false, probe = false } = options;
  lab.behaviours.set('app', { stop: { after: stop }, startup });
  await lab.start();
  await lab.serving(gate ? gated : {}, probe ? probed : {});
  return lab;
}

function update(lab: Lab, image: string): number {
  lab.cluster.changePod('foo', { images: { app: image } });
  return lab.now;
}

/** When a status first showed another container than this. */
function changedAfter(lab: Lab, since: number, from: string | undefined): number | undefined {
  const change = lab.written(since).find(({ pod }) => pod.status?.containerStatuses?.[0]?.containerID !== from);
  return change?.after;
}

describe('an image patched in place', () => {
  test('fast stop, no probe: the status is old for about a second, then jumps; Ready is True all the time', async () => {
    const lab = await served();
    const before = lab.container();
    const patched = update(lab, 'game:v2');
    await lab.run(3000);
    const [old, next] = reality(lab, patched);
    expect(old!.exited).toBeGreaterThan(10);
    expect(old!.exited).toBeLessThan(40);
    expect(next!.started - old!.exited).toBeGreaterThanOrEqual(100);
    expect(next!.started - old!.exited).toBeLessThanOrEqual(150);
    const after = changedAfter(lab, patched, before.containerID)!;
    expect(after).toBeGreaterThan(970);
    expect(after).toBeLessThan(1030);
    expect(lab.container()).toMatchObject({
      restartCount: 1,
      image: 'docker.io/library/game:v2',
      ready: true,
      lastState: { terminated: { reason: 'Completed', exitCode: 0, containerID: before.containerID } },
    });
    expect(lab.container().imageID).not.toBe(before.imageID);
    expect(lab.written(patched).every(({ pod }) => isReady(pod))).toBe(true);
  });

  test('the generation is observed before anything has happened', async () => {
    const lab = await served({ stop: 3000 });
    const patched = update(lab, 'game:v2');
    await lab.run(500);
    const [first] = lab.written(patched);
    expect(first!.after).toBeLessThan(30);
    expect(first!.pod.status).toMatchObject({
      observedGeneration: 2,
      containerStatuses: [{ restartCount: 0, ready: true }],
    });
  });

  test('a stop of 3 s: the status is old until 3.99 s; never Ready=False; nobody runs for 0.1 s of it', async () => {
    const lab = await served({ stop: 3000 });
    const before = lab.container();
    const patched = update(lab, 'game:v2');
    await lab.run(6000);
    const [old, next] = reality(lab, patched);
    expect(old!.exited).toBeGreaterThan(3010);
    expect(old!.exited).toBeLessThan(3040);
    expect(next!.started).toBeGreaterThan(3110);
    expect(next!.started).toBeLessThan(3190);
    const after = changedAfter(lab, patched, before.containerID)!;
    expect(after).toBeGreaterThan(3960);
    expect(after).toBeLessThan(4030);
    expect(lab.written(patched).every(({ pod }) => isReady(pod))).toBe(true);
    const { uid } = lab.pod().metadata;
    const [exposed, ...others] = unsafeExposure(lab.instances(), 'app', readySpans(lab.revisions(uid)).slice(-1));
    expect(exposed!.to! - exposed!.from).toBeCloseTo(next!.started - old!.exited, 6);
    expect(others).toEqual([]);
  });

  test('stop 3 s, start 3 s, a probe each second: Ready stays True up to a second after the new container began', async () => {
    const lab = await served({ stop: 3000, startup: 3000, probe: true });
    const patched = update(lab, 'game:v2');
    await lab.run(12_000);
    const [, next] = reality(lab, patched);
    const unready = lab.written(patched).find(({ pod }) => !isReady(pod))!.after;
    expect(unready).toBeGreaterThan(next!.started);
    expect(unready).toBeLessThan(next!.started + 1050);
    const readyAgain = lab.written(patched).find(({ after, pod }) => after > unready && isReady(pod))!.after;
    expect(readyAgain - next!.started).toBeGreaterThan(3000);
    expect(readyAgain - next!.started).toBeLessThan(4050);
  });

  test('with the gate closed first there is no false Ready; the stop begins up to a second late', async () => {
    const lab = await served({ stop: 3000, gate: true });
    const closed = lab.now;
    lab.cluster.setGate('foo', GATE, 'False');
    await lab.until('Ready=False', () => !lab.isReady());
    expect(lab.now - closed).toBeLessThan(25);
    await lab.run(5);
    const patched = update(lab, 'game:v2');
    await lab.run(3000);
    expect(reality(lab, patched)[0]!.exited).toBe(Infinity);
    await lab.run(4000);
    const [old] = reality(lab, patched);
    expect(old!.exited - 3000).toBeGreaterThan(850);
    expect(old!.exited - 3000).toBeLessThan(1050);
    expect(lab.written(patched).some(({ pod }) => isReady(pod))).toBe(false);
  });

  test('three tags of one digest: it restarts each time, the image ID stays, the tag shown is the one that sorts first', async () => {
    const lab = await served();
    const { images } = lab.model.node('node-1');
    const digest = images.find('game:v2')!;
    for (const tag of ['game:v2b', 'game:a-v2']) images.import(tag, digest);
    const seen = [];
    for (const image of ['game:v2', 'game:v2b', 'game:a-v2']) {
      update(lab, image);
      await lab.run(15_000);
      seen.push(lab.container());
    }
    expect(seen.map(({ restartCount }) => restartCount)).toEqual([1, 2, 3]);
    expect(new Set(seen.map(({ containerID }) => containerID)).size).toBe(3);
    expect(new Set(seen.map(({ imageID }) => imageID)).size).toBe(1);
    expect(seen.map(({ image }) => image)).toEqual(Array(3).fill('docker.io/library/game:a-v2'));
  });

  test('an image that is not there: the old container is stopped first, its IDs stay', async () => {
    const lab = await served();
    update(lab, 'game:v2');
    await lab.run(5000);
    const before = lab.container();
    let patched = update(lab, 'game:nope');
    await lab.run(3000);
    expect(reality(lab, patched)[1]!.exited).toBeLessThan(40);
    const [waiting] = lab.written(patched).filter(({ pod }) => !isReady(pod));
    expect(waiting!.after).toBeGreaterThan(960);
    expect(waiting!.after).toBeLessThan(1040);
    const { state, containerID, imageID, image, restartCount, lastState } = lab.container();
    expect(state).toEqual({
      waiting: {
        reason: 'ErrImageNeverPull',
        message: 'Container image "game:nope" is not present with pull policy of Never',
      },
    });
    expect({ containerID, imageID, image, restartCount }).toEqual({
      containerID: before.containerID,
      imageID: before.imageID,
      image: before.image,
      restartCount: 1,
    });
    expect(lastState?.terminated?.reason).toBe('Completed');
    // The kubelet looks once more within the back-off, and will say so with its next status.
    lab.cluster.changePod('foo', { annotations: { looked: 'again' } });
    await lab.run(3000);
    patched = update(lab, 'game:v2');
    await lab.run(3000);
    expect(lab.written(patched)[0]!.after).toBeLessThan(40);
    expect(lab.written(patched)[0]!.pod.status?.containerStatuses?.[0]?.state).toMatchObject({
      waiting: { reason: 'CrashLoopBackOff' },
    });
    expect(reality(lab, patched).at(-1)!.started).toBeLessThan(200);
    expect(lab.container()).toMatchObject({ restartCount: 2, ready: true });
  });

  test('patched again at once: the image between really runs, and is stopped a second later', async () => {
    const lab = await served();
    const patched = update(lab, 'game:v2');
    await lab.run(155);
    update(lab, 'game:v3');
    await lab.run(5000);
    const [, second, third] = reality(lab, patched);
    expect([second!.image, third!.image]).toEqual(['game:v2', 'game:v3']);
    expect(second!.started).toBeLessThan(200);
    expect(second!.exited).toBeGreaterThan(970);
    expect(second!.exited).toBeLessThan(1040);
    expect(third!.started).toBeLessThan(1200);
    const shown = lab.written(patched).filter(({ pod }) => pod.status?.containerStatuses?.[0]?.restartCount === 2);
    expect(shown[0]!.after).toBeGreaterThan(1960);
    expect(shown[0]!.after).toBeLessThan(2040);
    // In between the status showed v2 although the spec said v3 already.
    const between = lab.written(patched).find(({ pod }) => pod.status?.containerStatuses?.[0]?.restartCount === 1)!;
    expect(between.pod.spec.containers[0]!.image).toBe('game:v3');
    expect(between.pod.status?.containerStatuses?.[0]?.image).toBe('docker.io/library/game:v2');
  });

  test('patched again while stopping: both restarts are done, 4 s more', async () => {
    const lab = await served({ stop: 3000 });
    const patched = update(lab, 'game:v2');
    await lab.run(155);
    update(lab, 'game:v3');
    await lab.run(12_000);
    const [, second, third] = reality(lab, patched);
    expect(second!.started).toBeGreaterThan(3110);
    expect(second!.started).toBeLessThan(3190);
    expect(third!.started).toBeGreaterThan(7050);
    expect(third!.started).toBeLessThan(7230);
    expect(lab.container()).toMatchObject({ restartCount: 2, image: 'docker.io/library/game:v3' });
    const shown = lab.written(patched).find(({ pod }) => pod.status?.containerStatuses?.[0]?.restartCount === 2)!;
    expect(shown.after).toBeGreaterThan(7960);
    expect(shown.after).toBeLessThan(8060);
  });

  test('there and back within 158 ms: two restarts', async () => {
    const lab = await served();
    const patched = update(lab, 'game:v2');
    await lab.run(158);
    update(lab, 'game:v1');
    await lab.run(5000);
    expect(reality(lab, patched).map(({ image }) => image)).toEqual(['game:v1', 'game:v2', 'game:v1']);
    expect(reality(lab, patched)[2]!.started).toBeLessThan(1250);
    expect(lab.container()).toMatchObject({ restartCount: 2, image: 'docker.io/library/game:v1' });
  });
});

describe('a back-off is kept per image and meets those who come back', () => {
  test('v1, v2, v1, v2, v1 every 6 s without a crash: the second return is stopped at once and starts 11 to 16 s later', async () => {
    const lab = await served();
    const delays = [];
    for (const image of ['game:v2', 'game:v1', 'game:v2']) {
      const patched = update(lab, image);
      await lab.run(6000);
      delays.push(reality(lab, patched).at(-1)!.started);
    }
    expect(Math.max(...delays)).toBeLessThan(200);
    const patched = update(lab, 'game:v1');
    await lab.run(5000);
    expect(reality(lab, patched).at(-1)!.exited).toBeLessThan(40);
    expect(lab.container().state).toMatchObject({ waiting: { reason: 'CrashLoopBackOff' } });
    expect(lab.condition('Ready')).toBe('False');
    await lab.run(15_000);
    const started = reality(lab, patched).at(-1)!.started;
    // 10 s from the end of the last container, seen at the retry 10 to 15 s after the last look; the lab had 12.98 s.
    expect(started).toBeGreaterThan(10_900);
    expect(started).toBeLessThan(17_200);
  });

  test('v1 killed three times, v2 starts at once; back at v1 the replacement is stopped and v1 waits for 20 s and more', async () => {
    const lab = await served();
    const { uid } = lab.pod().metadata;
    for (let kill = 0; kill < 3; kill++) {
      await lab.until('it runs', () => lab.model.oracle.running(uid, 'app') !== undefined);
      await lab.run(2000);
      expect(lab.model.node('node-1').crashContainer(uid, 'app', 137)).toBe(true);
    }
    await lab.run(3000);
    expect(lab.container().state?.terminated).toMatchObject({ exitCode: 137, reason: 'Error' });
    let patched = update(lab, 'game:v2');
    await lab.run(3000);
    expect(reality(lab, patched).at(-1)).toMatchObject({ image: 'game:v2' });
    expect(reality(lab, patched).at(-1)!.started).toBeLessThan(200);
    patched = update(lab, 'game:v1');
    await lab.run(3000);
    expect(reality(lab, patched).at(-1)!.exited).toBeLessThan(40);
    await lab.run(37_000);
    const { image, started } = reality(lab, patched).at(-1)!;
    expect(image).toBe('game:v1');
    // The lab had 27.6 s.
    expect(started).toBeGreaterThan(20_000);
    expect(started).toBeLessThan(33_000);
  });
});

describe('gate to Ready', () => {
  const answered = async (lab: Lab): Promise<number> => {
    const isClosed = lab.condition(GATE) === 'False';
    lab.cluster.setGate('foo', GATE, isClosed ? 'True' : 'False');
    return lab.until('Ready follows', () => lab.isReady() === isClosed, 3000);
  };

  test.each(Array.from({ length: 28 }, (_, index) => index))(
    'idle for more than a second: 15 to 22 ms (%d)',
    async (index) => {
      const lab = await served({ gate: true });
      await lab.run(1100 + index * 37);
      const took = await answered(lab);
      expect(took).toBeGreaterThanOrEqual(15);
      expect(took).toBeLessThanOrEqual(22);
    },
  );

  test('300 ms after the last change about 700 ms, at once about 1000 ms', async () => {
    const lab = await served({ gate: true });
    await answered(lab);
    await lab.run(300 - 20);
    expect(await answered(lab)).toBeGreaterThan(600);
    await lab.run(5000);
    const first = await answered(lab);
    expect(first).toBeLessThan(25);
    const took = await answered(lab);
    expect(took).toBeGreaterThan(900);
    expect(took).toBeLessThan(1050);
  });

  test('right after a container restart about 2 s', async () => {
    const lab = await served({ gate: true });
    lab.cluster.setGate('foo', GATE, 'False');
    await lab.run(5000);
    const { containerID } = lab.container();
    update(lab, 'game:v2');
    await lab.until('another container', () => lab.container().containerID !== containerID);
    const took = await answered(lab);
    expect(took).toBeGreaterThan(1900);
    expect(took).toBeLessThan(2050);
  });

  test('a gate that is absent is closed, and the conditions of others stay as they wrote them', async () => {
    const lab = await new Lab().start();
    lab.create(gated);
    await lab.run(5000);
    expect(conditionOf(lab.pod().status, 'Ready')).toMatchObject({
      status: 'False',
      reason: 'ReadinessGatesNotReady',
      message: `corresponding condition of pod readiness gate "${GATE}" does not exist.`,
    });
    expect(lab.condition('ContainersReady')).toBe('True');
    lab.cluster.setGate('foo', GATE, 'False');
    await lab.run(3000);
    expect(conditionOf(lab.pod().status, 'Ready')?.message).toContain('is not "True", but False');
    lab.cluster.setGate('foo', GATE, 'True');
    update(lab, 'game:v2');
    await lab.run(5000);
    expect(conditionOf(lab.pod().status, GATE)).toEqual({
      type: GATE,
      status: 'True',
      lastTransitionTime: '2026-01-01T00:00:00Z',
      message: 'ours',
    });
    expect(lab.isReady()).toBe(true);
  });
});
