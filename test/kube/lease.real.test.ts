import { systemClock } from '../../src/kube/clock.js';
import { connect, type Connection } from '../../src/kube/connect.js';
import { LeaseElection, type Lease } from '../../src/kube/lease.js';
import { leases } from '../../src/kube/resource.js';
import type { ControlPlane } from '../control-plane/control-plane.js';
import { startControlPlane } from '../control-plane/start.js';
import { describeControlPlane } from '../control-plane/suite.js';
import { until } from '../control-plane/until.js';

const namespace = 'default';
const lease = { namespace, name: 'controller' };
/** Milliseconds; long, so that a loaded machine does not take for expired what was given away. */
const LEASE = 10_000;

describeControlPlane(
  'lease election on a real API server',
  () => {
    let controlPlane: ControlPlane;
    let connection: Connection;

    beforeAll(async () => {
      controlPlane = await startControlPlane({ parts: [], audit: 'off' });
      connection = connect({ kubeconfig: controlPlane.kubeconfig });
    });

    afterAll(async () => {
      await connection.close();
      await controlPlane.stop();
    });

    test('of two candidates one leads, the next when it stops, and none without a server', async () => {
      const { api } = connection;
      const terms: { readonly name: string; readonly from: number; to?: number }[] = [];
      const errors: string[] = [];
      const candidate = (identity: string): LeaseElection => {
        const election = new LeaseElection({
          api,
          clock: systemClock,
          lease,
          identity,
          leaseDuration: LEASE,
          renewDeadline: 3000,
          retryPeriod: 400,
          onStartedLeading: (signal) => {
            const term: (typeof terms)[number] = { name: identity, from: performance.now() };
            terms.push(term);
            signal.addEventListener('abort', () => (term.to = performance.now()));
          },
          onError: (error) => errors.push(String(error)),
        });
        election.start();
        return election;
      };
      const spec = async (): Promise<Lease['spec']> => (await api.get<Lease>(leases, lease)).spec;
      const [a, b] = [candidate('a'), candidate('b')];
      const leader = (): LeaseElection | undefined => [a, b].find(({ isLeading }) => isLeading);
      await until(() => leader() !== undefined);
      const first = leader()!;
      const second = first === a ? b : a;
      await until(() => second.holder !== '');
      expect(await spec()).toMatchObject({
        holderIdentity: first === a ? 'a' : 'b',
        leaseDurationSeconds: LEASE / 1000,
      });
      const begin = performance.now();
      await first.stop();
      await until(() => second.isLeading);
      // Given away, not expired.
      expect(performance.now() - begin).toBeLessThan(LEASE);
      expect(await spec()).toMatchObject({ leaseTransitions: 1 });
      const third = candidate('c');
      await until(() => third.holder !== '');

      const before = errors.length;
      await controlPlane.part('kube-apiserver').kill();
      const killed = performance.now();
      await until(() => !second.isLeading && terms.at(-1)?.to !== undefined);
      expect(terms.at(-1)!.to! - killed).toBeLessThan(LEASE);
      expect(errors.length).toBeGreaterThan(before);
      await controlPlane.part('kube-apiserver').start();
      await until(() => second.isLeading || third.isLeading);

      // A leader that nobody answers, while the others hear nothing either.
      controlPlane.part('kube-apiserver').suspend();
      await until(() => !second.isLeading && !third.isLeading);
      controlPlane.part('kube-apiserver').resume();
      await until(() => second.isLeading || third.isLeading);
      await Promise.all([second.stop(), third.stop()]);
      expect((await spec())?.holderIdentity).toBe('');

      expect(terms.length).toBeGreaterThanOrEqual(4);
      for (const [at, { to = Infinity }] of terms.entries())
        expect(to).toBeLessThanOrEqual(terms[at + 1]?.from ?? Infinity);
    });
  },
  ['own'],
);
