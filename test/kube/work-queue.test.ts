import fc from 'fast-check';
import { WorkQueue, type Handler, type WorkQueueOptions } from '../../src/kube/work-queue.js';
import { VirtualClock } from './virtual-clock.js';

let clock: VirtualClock;
let errors: string[];
beforeEach(() => {
  clock = new VirtualClock();
  errors = [];
});

/** Runs that end when the test says so. */
class Bench {
  readonly begun: string[] = [];
  private readonly ends = new Map<string, { end: (after?: number) => void; fail: (error: unknown) => void }>();

  readonly handler: Handler = (key) => {
    if (this.ends.has(key)) throw new Error(`${key} runs twice`);
    this.begun.push(key);
    return new Promise((resolve, reject) => {
      this.ends.set(key, { end: (after) => resolve(after === undefined ? undefined : { after }), fail: reject });
    });
  };

  async end(key: string, after?: number): Promise<void> {
    this.take(key).end(after);
    await clock.settle();
  }

  async fail(key: string): Promise<void> {
    this.take(key).fail(new Error(`${key} failed`));
    await clock.settle();
  }

  private take(key: string) {
    const ends = this.ends.get(key)!;
    this.ends.delete(key);
    return ends;
  }
}

function queueOf(handler: Handler, options: Partial<WorkQueueOptions> = {}): WorkQueue {
  const queue = new WorkQueue({
    clock,
    handler,
    backoff: (failures) => 100 * 2 ** failures,
    onError: (error, key, failures) => void errors.push(`${key} ${failures} ${String(error)}`),
    ...options,
  });
  queue.start();
  return queue;
}

test('a key that waits is there once', async () => {
  const bench = new Bench();
  const queue = queueOf(bench.handler, { workers: 1 });
  for (const key of ['a', 'a', 'b', 'a', 'b']) queue.add(key);
  expect(bench.begun).toEqual([]);
  await clock.settle();
  expect(bench.begun).toEqual(['a']);
  expect(queue.metrics).toMatchObject({ adds: 2, depth: 1, running: 1 });
  await bench.end('a');
  await bench.end('b');
  expect(bench.begun).toEqual(['a', 'b']);
  expect(queue.metrics).toMatchObject({ adds: 2, depth: 0, running: 0, runs: 2 });
});

test('a key that is added while it is handled is handled once more, behind the others, and never twice at a time', async () => {
  const bench = new Bench();
  const queue = queueOf(bench.handler, { workers: 2 });
  for (const key of ['a', 'b', 'c']) queue.add(key);
  await clock.settle();
  queue.add('a');
  queue.add('a');
  await clock.settle();
  expect(bench.begun).toEqual(['a', 'b']);
  await bench.end('a');
  expect(bench.begun).toEqual(['a', 'b', 'c']);
  await bench.end('c');
  expect(bench.begun).toEqual(['a', 'b', 'c', 'a']);
});

test('no more run than there are workers', async () => {
  const bench = new Bench();
  const queue = queueOf(bench.handler, { workers: 3 });
  for (let i = 0; i < 10; i++) queue.add(String(i));
  await clock.settle();
  expect(queue.metrics).toMatchObject({ running: 3, depth: 7 });
  await bench.end('1');
  expect(bench.begun).toEqual(['0', '1', '2', '3']);
});

test('a key that is added again and again does not keep the others waiting', async () => {
  const order: string[] = [];
  const queue = queueOf(
    (key) => {
      order.push(key);
      if (key === 'busy' && order.length < 100) queue.add('busy');
      return Promise.resolve();
    },
    { workers: 1 },
  );
  for (const key of ['busy', 'a', 'b', 'c']) queue.add(key);
  await clock.advance(1);
  expect(order.slice(0, 6)).toEqual(['busy', 'a', 'b', 'c', 'busy', 'busy']);
});

test('handlers without I/O leave time to timers', async () => {
  let fired = false;
  let runsBefore = 0;
  const queue = queueOf(
    () => {
      if (!fired) runsBefore++;
      queue.add('busy');
      return Promise.resolve();
    },
    { workers: 1 },
  );
  queue.add('busy');
  clock.after(0, () => {
    fired = true;
    void queue.stop({ deadline: 0 });
  });
  await clock.advance(0);
  expect(fired).toBe(true);
  expect(runsBefore).toBeLessThan(100);
});

test('what was added before the start is handled from then on', async () => {
  const bench = new Bench();
  const queue = new WorkQueue({ clock, handler: bench.handler });
  queue.add('a');
  await clock.settle();
  expect(bench.begun).toEqual([]);
  queue.start();
  queue.start();
  await clock.settle();
  expect(bench.begun).toEqual(['a']);
});

test('failures come back with a growing delay, which success forgets', async () => {
  const times: number[] = [];
  let failing = true;
  const queue = queueOf(() => {
    times.push(clock.monotonic());
    return failing ? Promise.reject(new Error('no')) : Promise.resolve();
  });
  queue.add('a');
  await clock.advance(1400);
  expect(times).toEqual([0, 200, 600, 1400]);
  expect(errors).toEqual(['a 1 Error: no', 'a 2 Error: no', 'a 3 Error: no', 'a 4 Error: no']);
  expect(queue.metrics).toMatchObject({ failing: 1, failures: 4, retries: 4, delayed: 1 });
  failing = false;
  await clock.advance(1600);
  expect(queue.metrics).toMatchObject({ failing: 0, failures: 4, delayed: 0 });
  failing = true;
  queue.add('a');
  await clock.advance(200);
  expect(times).toEqual([0, 200, 600, 1400, 3000, 3000, 3200]);
});

test('who adds a key in its back-off is not kept waiting', async () => {
  const bench = new Bench();
  const queue = queueOf(bench.handler);
  queue.add('a');
  await clock.settle();
  await bench.fail('a');
  queue.add('a');
  await clock.settle();
  expect(bench.begun).toEqual(['a', 'a']);
});

test('a handler that throws at once, and one that throws no error, are failures like others', async () => {
  const queue = queueOf((key) => {
    if (key === 'a') throw new Error('at once');
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    return Promise.reject('a text');
  });
  queue.add('a');
  queue.add('b');
  await clock.settle();
  expect(errors).toEqual(['a 1 Error: at once', 'b 1 a text']);
});

test('an onError that throws changes nothing', async () => {
  const queue = queueOf(() => Promise.reject(new Error('no')), {
    onError: () => {
      throw new Error('onError');
    },
  });
  queue.add('a');
  await clock.advance(200);
  expect(queue.metrics.runs).toBe(2);
});

test('a handler can ask to come back, which is no failure', async () => {
  const times: number[] = [];
  const queue = queueOf(() => {
    times.push(clock.monotonic());
    return Promise.resolve(times.length < 3 ? { after: 5000 } : undefined);
  });
  queue.add('a');
  await clock.advance(60_000);
  expect(times).toEqual([0, 5000, 10_000]);
  expect(queue.metrics).toMatchObject({ failures: 0, retries: 2, delayed: 0 });
});

test('to come back after NaN is a failure, and no hot loop', async () => {
  const queue = queueOf(() => Promise.resolve({ after: Number('x') }));
  queue.add('a');
  await clock.advance(199);
  expect(queue.metrics).toMatchObject({ runs: 1, failures: 1 });
  expect(() => queue.addAfter('a', NaN)).toThrow(RangeError);
});

test('of several delays the earliest counts', async () => {
  const bench = new Bench();
  const queue = queueOf(bench.handler);
  queue.addAfter('a', 5000);
  queue.addAfter('a', 1000);
  queue.addAfter('a', 3000);
  queue.addAfter('now', 0);
  queue.addAfter('now too', -1);
  await clock.advance(999);
  expect(bench.begun).toEqual(['now', 'now too']);
  await clock.advance(1);
  expect(bench.begun).toEqual(['now', 'now too', 'a']);
  await bench.end('a');
  await clock.advance(10_000);
  expect(bench.begun).toHaveLength(3);
});

test('stop waits for what runs, starts nothing, and tells nobody to hurry', async () => {
  const bench = new Bench();
  const signals: AbortSignal[] = [];
  const queue = queueOf(
    (key, signal) => {
      signals.push(signal);
      return bench.handler(key, signal);
    },
    { workers: 1 },
  );
  queue.add('a');
  queue.add('b');
  queue.addAfter('c', 10);
  await clock.settle();
  let left: readonly string[] | undefined;
  void queue.stop({ deadline: 1000 }).then((keys) => (left = keys));
  queue.add('d');
  queue.addAfter('e', 1);
  await clock.advance(500);
  expect(left).toBeUndefined();
  await bench.end('a', 10);
  expect(left).toEqual([]);
  await clock.advance(10_000);
  expect(bench.begun).toEqual(['a']);
  expect([signals.map(({ aborted }) => aborted), clock.pending]).toEqual([[false], 0]);
});

test('stop waits no longer than it is told; then signals are aborted and keys named', async () => {
  const bench = new Bench();
  const signals: AbortSignal[] = [];
  const queue = queueOf((key, signal) => {
    signals.push(signal);
    return bench.handler(key, signal);
  });
  queue.add('a');
  queue.add('b');
  await clock.settle();
  let left: readonly string[] | undefined;
  void queue.stop({ deadline: 1000 }).then((keys) => (left = keys));
  await clock.advance(999);
  expect(signals.map(({ aborted }) => aborted)).toEqual([false, false]);
  await clock.advance(1);
  expect([left, signals.map(({ aborted }) => aborted)]).toEqual([
    ['a', 'b'],
    [true, true],
  ]);
  await bench.fail('a');
  expect([queue.metrics.delayed, clock.pending]).toEqual([0, 0]);
});

test('stop without a deadline to wait for aborts at once', async () => {
  const bench = new Bench();
  const queue = queueOf(bench.handler);
  queue.add('a');
  await clock.settle();
  expect(await queue.stop({ deadline: 0 })).toEqual(['a']);
});

test('idle: when nothing runs and nothing waits', async () => {
  const bench = new Bench();
  const queue = queueOf(bench.handler, { workers: 1 });
  await queue.whenIdle();
  queue.add('a');
  queue.add('b');
  queue.addAfter('c', 1e6);
  let idle = false;
  void queue.whenIdle().then(() => (idle = true));
  await clock.settle();
  await bench.end('a');
  expect(idle).toBe(false);
  queue.add('b');
  await bench.end('b');
  expect(idle).toBe(false);
  await bench.end('b');
  expect(idle).toBe(true);
});

test('latency and duration are measured', async () => {
  const bench = new Bench();
  const queue = queueOf(bench.handler, { workers: 1 });
  queue.add('a');
  queue.add('b');
  await clock.advance(70);
  expect(queue.metrics.longestRun).toBe(70);
  await bench.end('a');
  await clock.advance(3);
  await bench.end('b');
  const { latency, duration, longestRun } = queue.metrics;
  expect([latency.count, latency.sum, duration.count, duration.sum, longestRun]).toEqual([2, 70, 2, 73, 0]);
  expect(duration.buckets.map(({ count }) => count)).toEqual([0, 1, 1, 2, 2, 2, 2, 2]);
});

test('whatever is added when: no key runs twice at a time, and each addition is followed by a run that began after it', async () => {
  const step = fc.oneof(
    fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), delay: fc.constantFrom(0, 0, 5, 50, 500) }),
    fc.record({ wait: fc.constantFrom(0, 1, 20, 300) }),
  );
  const run = fc.record({ takes: fc.constantFrom(0, 3, 40), result: fc.constantFrom('ok', 'ok', 'fail', 'again') });
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 40 }),
      fc.array(run, { minLength: 1, maxLength: 10 }),
      fc.integer({ min: 1, max: 3 }),
      async (steps, runs, workers) => {
        clock = new VirtualClock();
        const running = new Set<string>();
        const owed = new Set<string>();
        let calls = 0;
        const queue = queueOf(
          async (key) => {
            expect(running.has(key)).toBe(false);
            running.add(key);
            expect(running.size).toBeLessThanOrEqual(workers);
            owed.delete(key);
            const { takes, result } = runs[calls++ % runs.length]!;
            await new Promise<void>((resolve) => void clock.after(takes, resolve));
            running.delete(key);
            if (calls > 300) return undefined;
            if (result === 'fail') throw new Error('no');
            return result === 'again' ? { after: 30 } : undefined;
          },
          { workers, backoff: () => 25 },
        );
        for (const one of steps) {
          if ('wait' in one) await clock.advance(one.wait);
          else {
            queue.addAfter(one.key, one.delay);
            owed.add(one.key);
          }
        }
        await clock.advance(100_000);
        expect([...owed]).toEqual([]);
        const { depth, delayed, running: left, adds, runs: made } = queue.metrics;
        expect([depth, delayed, left, adds]).toEqual([0, 0, 0, made]);
        expect(clock.pending).toBe(0);
      },
    ),
    { numRuns: 500 },
  );
});
