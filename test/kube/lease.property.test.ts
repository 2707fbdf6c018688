import fc from 'fast-check';
import type { KubeApi } from '../../src/kube/api.js';
import type { Clock } from '../../src/kube/clock.js';
import { LeaseElection, type Lease } from '../../src/kube/lease.js';
import { leases } from '../../src/kube/resource.js';
import { FakeApi, failure, type Fault } from './fake-api.js';
import { VirtualClock } from './virtual-clock.js';

/** One machine: a wall clock of its own, a line to the server that breaks, and sometimes nothing runs at all. */
class Machine implements Clock {
  readonly election: LeaseElection;
  line: Fault | undefined;
  frozen = false;
  private skew: number;
  private readonly missed: (() => void)[] = [];
  private terms: AbortSignal[] = [];

  constructor(
    private readonly clock: VirtualClock,
    server: FakeApi,
    readonly name: string,
    skew: number,
  ) {
    this.skew = skew;
    this.election = new LeaseElection({
      api: this.through(server),
      clock: this,
      lease: { namespace: 'n', name: 'l' },
      identity: name,
      random: () => 0.3,
      onStartedLeading: (signal) => {
        this.terms = [...this.terms, signal];
        return new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      },
    });
    this.election.start();
  }

  now(): number {
    return this.clock.now() + this.skew;
  }

  monotonic(): number {
    return this.clock.monotonic();
  }

  after(delay: number, run: () => void): () => void {
    let cancelled = false;
    const cancel = this.clock.after(delay, () => {
      if (!this.frozen) run();
      else this.missed.push(() => (cancelled ? undefined : run()));
    });
    return () => {
      cancelled = true;
      cancel();
    };
  }

  jump(by: number): void {
    this.skew += by;
  }

  freeze(): void {
    this.frozen = true;
  }

  /** Timers first, or the answers that wait in their sockets: a process can have been stopped anywhere. */
  async thaw(answersFirst = false): Promise<void> {
    this.frozen = false;
    if (answersFirst) await this.clock.advance(1);
    for (const run of this.missed.splice(0)) run();
    await this.clock.settle();
  }

  /** Works, as far as its work can know. */
  get works(): boolean {
    return !this.frozen && this.terms.some(({ aborted }) => !aborted);
  }

  /** The server, at the end of a line; nothing arrives where nothing runs. */
  private through(server: FakeApi): KubeApi {
    const call = async <R>(run: () => Promise<R>): Promise<R> => {
      const { before, after, error, done = false } = this.line ?? {};
      const wait = (time: number): Promise<void> => new Promise((resolve) => void this.clock.after(time, resolve));
      if (before !== undefined) await wait(before);
      if (error && !done) throw error;
      const result = await run().then(
        (value) => () => value,
        (thrown: unknown) => (): never => {
          throw thrown as Error;
        },
      );
      if (after !== undefined) await wait(after);
      while (this.frozen) await wait(1);
      if (error) throw error;
      return result();
    };
    const lines: Pick<KubeApi, 'get' | 'create' | 'update'> = {
      get: (...args) => call(() => server.get(...args)) as never,
      create: (...args) => call(() => server.create(...args)),
      update: (...args) => call(() => server.update(...args)),
    };
    return lines as KubeApi;
  }
}

const machine = fc.integer({ min: 0, max: 2 });
const line = fc.constantFrom<(Fault | undefined)[]>(
  undefined,
  { error: failure('network') },
  { error: failure('server'), done: true },
  { after: 3000 },
  { after: 9000 },
  { before: 4000 },
  { before: 20_000 },
);
const happening = fc.oneof(
  { weight: 4, arbitrary: fc.record({ wait: fc.integer({ min: 1, max: 12_000 }) }) },
  { weight: 3, arbitrary: fc.record({ machine, line }) },
  { weight: 2, arbitrary: fc.record({ machine, freeze: fc.boolean(), answersFirst: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ machine, jump: fc.integer({ min: -100_000, max: 100_000 }) }) },
  { weight: 1, arbitrary: fc.record({ machine, stop: fc.constant(true) }) },
  { weight: 1, arbitrary: fc.record({ touch: fc.constant(true) }) },
);

const runs = Number(process.env['GAMEZONE_RUNS'] ?? 300);

test('never do two work at once, whatever breaks, stands still or jumps; and in the end one does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 5, maxLength: 50 }), async (happenings) => {
      const clock = new VirtualClock();
      const server = new FakeApi(clock);
      const machines = ['a', 'b', 'c'].map((name, at) => new Machine(clock, server, name, (at - 1) * 1e8));
      const stopped = new Set<Machine>();
      const look = (): void => {
        const working = machines.filter(({ works }) => works).map(({ name }) => name);
        if (working.length > 1) throw new Error(`${working.join(' and ')} work at ${clock.monotonic()} ms`);
      };
      const pass = async (time: number): Promise<void> => {
        // In small steps: each moment is looked at.
        for (let left = time; left > 0; left -= 250) {
          await clock.advance(Math.min(left, 250));
          look();
        }
      };
      for (const one of happenings) {
        if ('wait' in one) await pass(one.wait);
        else if ('touch' in one) {
          const known = server.objects(leases).get('n/l') as Lease | undefined;
          if (known) server.put(leases, { ...known, metadata: { namespace: 'n', name: 'l', labels: { x: 'y' } } });
        } else {
          const own = machines[one.machine]!;
          if ('line' in one) own.line = one.line;
          else if ('jump' in one) own.jump(one.jump);
          else if ('stop' in one && stopped.size < 2) {
            stopped.add(own);
            void own.election.stop();
          } else if ('freeze' in one) {
            if (one.freeze) own.freeze();
            else await own.thaw(one.answersFirst);
          }
        }
        await clock.settle();
        look();
      }
      for (const own of machines) {
        own.line = undefined;
        await own.thaw();
        look();
      }
      await pass(90_000);
      expect(machines.filter(({ works }) => works)).toHaveLength(1);
      expect(machines.filter((own) => own.works && stopped.has(own))).toEqual([]);
      for (const own of machines) void own.election.stop();
      await pass(30_000);
      expect(machines.filter(({ works }) => works)).toEqual([]);
      expect((server.objects(leases).get('n/l') as Lease).spec?.holderIdentity).toBe('');
    }),
    { numRuns: runs },
  );
}, 300_000);

test('a leader that is cut off stops before the next one begins', async () => {
  const clock = new VirtualClock();
  const server = new FakeApi(clock);
  const first = new Machine(clock, server, 'a', 0);
  await clock.advance(1000);
  const second = new Machine(clock, server, 'b', -1e9);
  await clock.advance(59_000);
  first.line = { error: failure('network') };
  const cutOff = clock.monotonic();
  await clock.until(() => !first.works);
  expect(clock.monotonic() - cutOff).toBeLessThanOrEqual(10_000);
  expect(second.works).toBe(false);
  await clock.until(() => second.works);
  expect(clock.monotonic() - cutOff).toBeGreaterThan(13_000);
  expect(clock.monotonic() - cutOff).toBeLessThan(20_000);
});
