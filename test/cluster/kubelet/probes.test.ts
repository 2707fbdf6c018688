import { describe, expect, test } from '@jest/globals';
import type { ContainerMoment, ProbeKind } from '../../../src/cluster/kubelet/behaviour.js';
import { Lab, reality } from './lab.js';

const exec = { command: ['test'] };

/** A pod whose probes answer what `answers` says at the moment. */
function probed(answers: Partial<Record<ProbeKind, boolean>>): { lab: Lab; asked: { kind: ProbeKind; at: number }[] } {
  const lab = new Lab();
  const asked: { kind: ProbeKind; at: number }[] = [];
  lab.behaviours.set('app', {
    stop: { after: 500 },
    probe: (kind: ProbeKind, _at: ContainerMoment) => {
      asked.push({ kind, at: lab.now });
      return answers[kind] ?? true;
    },
  });
  return { lab, asked };
}

describe('readiness', () => {
  test('not before initialDelay, then every period', async () => {
    const { lab, asked } = probed({});
    await lab.start();
    lab.create({}, { readinessProbe: { initialDelaySeconds: 5, periodSeconds: 2, exec } });
    await lab.until('Ready', () => lab.isReady());
    const started = reality(lab, 0)[0]!.started;
    expect(lab.now - started).toBeGreaterThan(5000);
    expect(lab.now - started).toBeLessThan(7100);
    await lab.run(10_000);
    const gaps = asked.slice(1).map(({ at }, index) => at - asked[index]!.at);
    expect(gaps.every((gap) => Math.abs(gap - 2000) < 1e-6)).toBe(true);
  });

  test('failureThreshold answers in a row close it, successThreshold open it; it shows at once', async () => {
    const answers: Partial<Record<ProbeKind, boolean>> = {};
    const { lab } = probed(answers);
    await lab.start();
    await lab.serving({}, { readinessProbe: { periodSeconds: 1, failureThreshold: 3, successThreshold: 2, exec } });
    answers.readiness = false;
    const failed = await lab.until('not Ready', () => !lab.isReady());
    expect(failed).toBeGreaterThan(2000);
    expect(failed).toBeLessThan(3050);
    expect(lab.container()).toMatchObject({ ready: false, started: true, restartCount: 0 });
    expect(lab.condition('ContainersReady')).toBe('False');
    await lab.run(5000);
    answers.readiness = true;
    const opened = await lab.until('Ready', () => lab.isReady());
    expect(opened).toBeLessThan(2050);
    answers.readiness = false;
    await lab.run(1500);
    answers.readiness = true;
    await lab.run(10_000);
    expect(lab.written(lab.now - 11_000)).toEqual([]);
  });

  test('a connection may fail as soon as the old process is gone, a command only in the new container', async () => {
    const shown = { httpGet: 0, exec: 0 };
    for (let seed = 1; seed <= 12; seed++) {
      for (const handler of ['httpGet', 'exec'] as const) {
        const lab = new Lab({ seed });
        lab.behaviours.set('app', { stop: { after: 3000 }, startup: 8000 });
        await lab.start();
        lab.create({}, { readinessProbe: { periodSeconds: 1, failureThreshold: 1, [handler]: {} } });
        await lab.until('it runs', () => lab.pod().status?.phase === 'Running');
        // A look between two relists: the probes follow it from now on, and come 0.5 s before the next relist.
        await lab.run(4500);
        lab.cluster.changePod('foo', { annotations: { looked: 'again' } });
        await lab.until('Ready', () => lab.isReady());
        await lab.run(5700);
        const { containerID } = lab.container();
        const patched = lab.now;
        lab.cluster.changePod('foo', { images: { app: 'game:v2' } });
        await lab.until('not Ready', () => !lab.isReady(), 10_000);
        expect(lab.now).toBeGreaterThan(reality(lab, patched)[0]!.exited + patched);
        if (lab.container().containerID === containerID) shown[handler]++;
      }
    }
    expect(shown.exec).toBe(0);
    expect(shown.httpGet).toBeGreaterThan(2);
  });
});

describe('startup', () => {
  const startupProbe = { periodSeconds: 1, failureThreshold: 4, exec };

  test('holds the other probes back until it succeeds', async () => {
    const answers: Partial<Record<ProbeKind, boolean>> = { startup: false, liveness: false };
    const { lab, asked } = probed(answers);
    await lab.start();
    const others = { readinessProbe: { periodSeconds: 1, exec }, livenessProbe: { periodSeconds: 1, exec } };
    lab.create({}, { startupProbe: { ...startupProbe, failureThreshold: 60 }, ...others });
    await lab.run(10_000);
    expect(asked.every(({ kind }) => kind === 'startup')).toBe(true);
    expect(lab.container()).toMatchObject({ started: false, ready: false });
    answers.startup = true;
    answers.liveness = true;
    await lab.run(5000);
    expect(lab.container()).toMatchObject({ started: true, ready: true, restartCount: 0 });
    const since = lab.now;
    await lab.run(5000);
    expect(asked.some(({ kind, at }) => at > since && kind === 'startup')).toBe(false);
  });

  test('is the end of a container that does not start up', async () => {
    const { lab } = probed({ startup: false });
    await lab.start();
    lab.create({}, { startupProbe });
    await lab.run(8000);
    const [first, second] = reality(lab, 0);
    expect(first!.exited - first!.started).toBeGreaterThan(3500);
    expect(first!.exited - first!.started).toBeLessThan(7000);
    expect(second).toBeDefined();
    await lab.run(60_000);
    expect(lab.container().restartCount).toBeGreaterThanOrEqual(2);
  });
});

describe('liveness', () => {
  test('a failing one restarts the container, in its grace', async () => {
    const answers: Partial<Record<ProbeKind, boolean>> = {};
    const { lab } = probed(answers);
    lab.behaviours.set('app', { stop: { after: 60_000 }, probe: (kind) => answers[kind] ?? true });
    await lab.start();
    const livenessProbe = { periodSeconds: 2, failureThreshold: 2, terminationGracePeriodSeconds: 4, exec };
    await lab.serving({ terminationGracePeriodSeconds: 30 }, { livenessProbe });
    answers.liveness = false;
    const failing = lab.now;
    await lab.run(6000);
    answers.liveness = true;
    await lab.run(10_000);
    const [first, second] = reality(lab, failing);
    // Two answers, 2 s apart, then 4 s of grace.
    expect(first!.exited).toBeGreaterThan(6000);
    expect(first!.exited).toBeLessThan(8100);
    expect(first!.exitCode).toBe(137);
    expect(second!.started - first!.exited).toBeLessThan(151);
    expect(lab.container()).toMatchObject({ restartCount: 1, ready: true });
    expect(lab.container().lastState?.terminated).toMatchObject({ exitCode: 137, reason: 'Error' });
  });

  test('with restartPolicy Never the container is not started again', async () => {
    const answers: Partial<Record<ProbeKind, boolean>> = {};
    const { lab } = probed(answers);
    await lab.start();
    await lab.serving({ restartPolicy: 'Never' }, { livenessProbe: { periodSeconds: 1, failureThreshold: 1, exec } });
    answers.liveness = false;
    await lab.run(10_000);
    expect(lab.instances()).toHaveLength(1);
    expect(lab.pod().status?.phase).toBe('Succeeded');
  });
});
