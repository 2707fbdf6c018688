import { exponential, type Backoff } from './backoff.js';
import type { Clock } from './clock.js';
import { report } from './guarded.js';
import { Histogram, type HistogramState } from './histogram.js';

/**
 * Does what is due for a key. `after`: come back in so many milliseconds, or earlier when somebody adds the key. What it throws brings
 * it back after a back-off. The signal says that the queue waits no longer.
 */
// eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- what an async function without a result returns
export type Handler = (key: string, signal: AbortSignal) => Promise<ComeBack | undefined | void>;

/** In milliseconds. */
export interface ComeBack {
  readonly after: number;
}

export interface WorkQueueOptions {
  readonly clock: Clock;
  readonly handler: Handler;
  /** Keys that are handled at the same time. @default 4 */
  readonly workers?: number;
  /** Of one key, between its failures. @default from 0.1 s, doubling, up to 60 s, half of it jitter */
  readonly backoff?: Backoff;
  /** Told of each failure: the key's n-th in a row. @default nobody */
  readonly onError?: (error: unknown, key: string, failures: number) => void;
}

/** Counts since the start, and how things are now. */
export interface WorkQueueMetrics {
  /** Keys that wait for a worker. */
  readonly depth: number;
  /** Keys whose time has not come. */
  readonly delayed: number;
  readonly running: number;
  /** Keys that failed last. */
  readonly failing: number;
  /** Milliseconds for which the oldest running one runs. */
  readonly longestRun: number;
  /** Additions that made a difference: others found the key waiting. */
  readonly adds: number;
  readonly runs: number;
  readonly failures: number;
  /** Failures and `after`. */
  readonly retries: number;
  /** From the addition to the worker. */
  readonly latency: HistogramState;
  readonly duration: HistogramState;
}

/** Handlers that need no I/O never let timers run: after so many the clock gets its turn. */
const RUNS_PER_TURN = 32;

/**
 * Keys that are to be handled, each by one worker at a time, first come, first served. A key that is added while it waits is there
 * already; one that is added while it is handled is handled once more, behind the others.
 */
export class WorkQueue {
  /** Keys with something to do, since when. Those that are running are not in `queue` as well. */
  private readonly dirty = new Map<string, number>();
  private readonly queue: string[] = [];
  private readonly running = new Map<string, { readonly since: number; readonly abort: AbortController }>();
  private readonly delayed = new Map<string, { readonly due: number; readonly cancel: () => void }>();
  private readonly failures = new Map<string, number>();
  private readonly waitingForIdle = new Set<() => void>();
  private readonly latency = new Histogram();
  private readonly duration = new Histogram();
  private readonly counts = { adds: 0, runs: 0, failures: 0, retries: 0 };
  private readonly backoff: Backoff;
  private phase: 'new' | 'started' | 'stopped' = 'new';
  private runsThisTurn = 0;
  private scheduled = false;

  constructor(private readonly options: WorkQueueOptions) {
    this.backoff = options.backoff ?? exponential({ base: 100, cap: 60_000 });
  }

  /** What was added before is handled now. */
  start(): void {
    if (this.phase !== 'new') return;
    this.phase = 'started';
    this.schedule();
  }

  add(key: string): void {
    if (this.phase === 'stopped' || this.dirty.has(key)) return;
    this.counts.adds++;
    this.dirty.set(key, this.options.clock.monotonic());
    if (this.running.has(key)) return;
    this.queue.push(key);
    this.schedule();
  }

  /** Adds it later. Of several times the earliest counts; an `add` in between does not cancel it. @throws RangeError for what is no time */
  addAfter(key: string, delay: number): void {
    if (Number.isNaN(delay)) throw new RangeError(`${key}: NaN is no time to wait`);
    if (this.phase === 'stopped') return;
    if (delay <= 0) {
      this.add(key);
      return;
    }
    const { clock } = this.options;
    const due = clock.monotonic() + delay;
    const known = this.delayed.get(key);
    if (known && known.due <= due) return;
    known?.cancel();
    const cancel = clock.after(delay, () => {
      this.delayed.delete(key);
      this.add(key);
    });
    this.delayed.set(key, { due, cancel });
  }

  /** Resolves as soon as nothing runs and nothing waits for a worker. Delayed keys may be left. */
  whenIdle(): Promise<void> {
    return new Promise((resolve) => {
      this.waitingForIdle.add(resolve);
      this.tellIdle();
    });
  }

  /**
   * Starts nothing more, and waits for what runs. After `deadline` milliseconds the signals of those still running are aborted and their
   * keys returned; they may go on, nobody looks any more.
   */
  async stop({ deadline = 30_000 }: { readonly deadline?: number } = {}): Promise<readonly string[]> {
    this.phase = 'stopped';
    for (const { cancel } of this.delayed.values()) cancel();
    this.delayed.clear();
    this.queue.length = 0;
    this.dirty.clear();
    if (deadline > 0) {
      let cancel = (): void => undefined;
      const tooLate = new Promise<void>((resolve) => (cancel = this.options.clock.after(deadline, resolve)));
      await Promise.race([this.whenIdle(), tooLate]);
      cancel();
    }
    const left = [...this.running.keys()];
    for (const { abort } of this.running.values()) abort.abort(new Error('the queue was stopped'));
    return left;
  }

  get metrics(): WorkQueueMetrics {
    const now = this.options.clock.monotonic();
    return {
      depth: this.queue.length,
      delayed: this.delayed.size,
      running: this.running.size,
      failing: this.failures.size,
      longestRun: Math.max(0, ...Array.from(this.running.values(), ({ since }) => now - since)),
      ...this.counts,
      latency: this.latency.state,
      duration: this.duration.state,
    };
  }

  /** Never at once: who adds a key is in the middle of something. */
  private schedule(): void {
    if (this.scheduled || this.phase !== 'started') return;
    this.scheduled = true;
    const go = (): void => {
      this.scheduled = false;
      this.startRuns();
    };
    if (this.runsThisTurn < RUNS_PER_TURN) queueMicrotask(go);
    else
      this.options.clock.after(0, () => {
        this.runsThisTurn = 0;
        go();
      });
  }

  private startRuns(): void {
    const { clock, workers = 4 } = this.options;
    while (this.queue.length > 0 && this.running.size < workers && this.phase === 'started') {
      if (this.runsThisTurn++ >= RUNS_PER_TURN) {
        this.schedule();
        return;
      }
      const key = this.queue.shift()!;
      const since = clock.monotonic();
      this.latency.observe(since - this.dirty.get(key)!);
      this.dirty.delete(key);
      this.counts.runs++;
      const abort = new AbortController();
      this.running.set(key, { since, abort });
      void this.run(key, abort.signal).then((again) => this.done(key, since, again));
    }
  }

  /** In how many milliseconds it wants to come back. */
  private async run(key: string, signal: AbortSignal): Promise<number | undefined> {
    try {
      const { after } = (await this.options.handler(key, signal)) ?? {};
      // Types end where somebody's arithmetic begins.
      if (Number.isNaN(after)) throw new RangeError(`${key} is to come back after NaN`);
      this.failures.delete(key);
      return after;
    } catch (error) {
      const failures = (this.failures.get(key) ?? 0) + 1;
      this.failures.set(key, failures);
      this.counts.failures++;
      report(error, () => this.options.onError?.(error, key, failures));
      return this.backoff(failures);
    }
  }

  private done(key: string, since: number, again: number | undefined): void {
    this.duration.observe(this.options.clock.monotonic() - since);
    this.running.delete(key);
    if (this.phase !== 'stopped') {
      // Added meanwhile: behind all that wait.
      if (this.dirty.has(key)) this.queue.push(key);
      if (again !== undefined) {
        this.counts.retries++;
        this.addAfter(key, again);
      }
      this.schedule();
    }
    this.tellIdle();
  }

  private tellIdle(): void {
    if (this.running.size > 0 || this.queue.length > 0) return;
    for (const resolve of this.waitingForIdle) resolve();
    this.waitingForIdle.clear();
  }
}
