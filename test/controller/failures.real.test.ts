import type { AuditEvent } from '../../src/cluster/api-server/audit.js';
import { describeControlPlane } from '../control-plane/suite.js';
import { until } from '../control-plane/until.js';
import { isReady } from '../../src/api/pod.js';
import { gateOf, imageOf, Lab, uidsOf } from './lab.js';
import { ControllerProcess } from './process.js';
import { gameStatefulSet, image } from './workloads.js';

const V2 = 'registry.example/game:v2';
const V3 = 'registry.example/game:v3';
const V4 = 'registry.example/game:v4';
const CONTROLLERS = ['controller', 'second'];

/** Writes that are stored; renewals of the lease apart. */
const isWrite = ({ user, uri, resource }: AuditEvent): boolean =>
  CONTROLLERS.includes(user) && !uri.includes('dryRun=All') && resource !== 'leases';

/** Events apart. */
const isDeed = (event: AuditEvent): boolean => isWrite(event) && event.resource !== 'events';

describeControlPlane(
  'controllers that die, hang and wait, on a real control plane',
  () => {
    let lab: Lab;
    const name = 'game';
    const processes: ControllerProcess[] = [];
    const start = (user: string): ControllerProcess => {
      const process = new ControllerProcess(lab, user);
      processes.push(process);
      return process;
    };
    const deeds = (): readonly AuditEvent[] => lab.controlPlane.auditLog().filter(isDeed);
    /** How often each pod's container was started, and that no pod is another one. */
    const lives = async (): Promise<readonly (readonly string[])[]> =>
      (await lab.pods(name)).map(({ metadata }) => lab.model.oracle.instances(metadata.uid).map((one) => one.image));

    beforeAll(async () => {
      lab = await Lab.start({ users: ['second'] });
      await lab.create(
        gameStatefulSet(name, {
          replicas: 4,
          updateStrategy: {
            type: 'InplaceUpdate',
            rollingUpdate: { maxUnavailable: 1 },
            inPlaceUpdateStrategy: { gracePeriodSeconds: 1 },
          },
        }),
      );
    });
    afterAll(async () => {
      if (process.env['SHOW']) for (const { lines } of processes) process.stdout.write(`${lines.join('\n')}\n---\n`);
      await Promise.all(processes.map((one) => one.end('SIGKILL')));
      await lab.stop();
    });

    test('killed in the middle of an update, the next one finishes it and starts nothing twice', async () => {
      const first = start('controller');
      await lab.healthy(name);
      const before = uidsOf(await lab.pods(name));
      await lab.patchSpec(name, image(name, V2));
      await until(async () => (await lab.pods(name)).filter((pod) => imageOf(pod) === V2).length === 2);
      await first.end('SIGKILL');
      const [{ length: written }, closed] = [deeds(), (await lab.pods(name)).filter((pod) => gateOf(pod) !== 'True')];
      expect(closed.length).toBeLessThanOrEqual(1);
      // Whoever is there still does not stop for it.
      expect((await lab.pods(name)).filter(isReady).length).toBeGreaterThanOrEqual(3);
      start('controller');
      await lab.healthy(name);
      expect(deeds().length).toBeGreaterThan(written);
      expect(uidsOf(await lab.pods(name))).toEqual(before);
      expect(await lives()).toEqual([0, 1, 2, 3].map(() => ['registry.example/game:v1', V2]));
    });

    test('one that starts anew finds everything in order and writes nothing', async () => {
      await processes.at(-1)!.end('SIGTERM');
      const writes = (): readonly AuditEvent[] => lab.controlPlane.auditLog().filter(isWrite);
      const { length: before } = writes();
      const next = start('controller');
      await next.until('all is seen; acting');
      await next.until('resolveTemplate');
      await new Promise((resolve) => setTimeout(resolve, 3000));
      expect(writes().slice(before)).toEqual([]);
      expect((await lab.pods(name)).map(gateOf)).toEqual(['True', 'True', 'True', 'True']);
    });

    test('a second one waits, and takes over at once from one that ends in order', async () => {
      const first = processes.at(-1)!;
      const second = start('second');
      await second.until('leader');
      expect((await second.ask('/readyz')).status).toBe(200);
      expect((await first.ask('/metrics')).text).toMatch(/^gamezone_leader 1$/m);
      expect((await second.ask('/metrics')).text).toMatch(/^gamezone_leader 0$/m);
      await lab.patchSpec(name, image(name, V3));
      await until(async () => (await lab.pods(name)).some((pod) => imageOf(pod) === V3));
      expect(await first.end('SIGTERM')).toBe(0);
      await lab.healthy(name);
      const users = deeds().map(({ user }) => user);
      const at = users.indexOf('second');
      expect(new Set(users.slice(0, at))).toEqual(new Set(['controller']));
      expect(new Set(users.slice(at))).toEqual(new Set(['second']));
      expect((await lives()).map((images) => images.at(-1))).toEqual([V3, V3, V3, V3]);
      expect((await lives()).map(({ length }) => length)).toEqual([3, 3, 3, 3]);
    });

    test('one that stood still too long writes nothing when it wakes up', async () => {
      const old = processes.at(-1)!;
      await lab.patchSpec(name, image(name, V4));
      await until(async () => (await lab.pods(name)).some((pod) => gateOf(pod) === 'False'));
      old.suspend();
      const next = start('controller');
      await lab.healthy(name);
      // Requests that were under way when the process was stopped have been answered long before.
      const woken = Date.now();
      old.resume();
      await old.until('this process leads no longer');
      await new Promise((resolve) => setTimeout(resolve, 2000));
      expect(deeds().filter(({ user, time }) => user === 'second' && Date.parse(time) >= woken)).toEqual([]);
      expect((await lives()).map(({ length }) => length)).toEqual([4, 4, 4, 4]);
      expect((await old.ask('/healthz')).status).toBe(200);
      await old.end();
      expect(next.hasExited).toBe(false);
    });

    test('the API server goes away and comes back in the middle of an update', async () => {
      const before = uidsOf(await lab.pods(name));
      await lab.patchSpec(name, image(name, V2));
      await until(async () => (await lab.pods(name)).some((pod) => gateOf(pod) === 'False'));
      await lab.controlPlane.part('kube-apiserver').kill();
      await new Promise((resolve) => setTimeout(resolve, 1000));
      await lab.controlPlane.part('kube-apiserver').start();
      await lab.healthy(name);
      expect(uidsOf(await lab.pods(name))).toEqual(before);
      expect((await lives()).map(({ length }) => length)).toEqual([5, 5, 5, 5]);
      expect((await processes.at(-1)!.ask('/healthz')).status).toBe(200);
    });
  },
  ['own', 'kube-controller-manager', 'kube-scheduler'],
);
