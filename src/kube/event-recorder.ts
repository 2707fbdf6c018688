import type { CallOptions, KubeApi } from './api.js';
import { exponential } from './backoff.js';
import { sleep, type Clock } from './clock.js';
import { isKubeError } from './error.js';
import {
  eventObject,
  referenceTo,
  type EventObject,
  type EventSeries,
  type Occurrence,
  type Regarded,
} from './event-object.js';
import { report, type OnError } from './guarded.js';
import { microTime } from './micro-time.js';
import type { ObjectName } from './objects.js';
import { Recent } from './recent.js';
import { events } from './resource.js';
import { within } from './within.js';

export interface EventRecorderOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  /** Who reports: `gamezone.dev/controller`. */
  readonly controller: string;
  /** Which of them: the name of the pod. */
  readonly instance: string;
  /** Milliseconds between two updates of one series. @default 30000 */
  readonly seriesInterval?: number;
  /** Milliseconds without repetition after which a series is over, and within which notes count as similar. @default 600000 */
  readonly window?: number;
  /** Different notes, all else being equal, that get an event of their own. @default 10 */
  readonly similar?: number;
  /** New events of one object: so many at once, and then one more every `every` milliseconds. @default 25, 30000 */
  readonly rate?: { readonly burst: number; readonly every: number };
  /** Events that wait to be sent. What comes on top is dropped. @default 1000 */
  readonly queueLimit?: number;
  /** Tries to send one event while the server cannot be reached, with a back-off up to 30 s. @default 8 */
  readonly attempts?: number;
  /** From 0 up to, not including, 1. @default Math.random */
  readonly random?: () => number;
  /** Told of events that could not be sent. @default nobody */
  readonly onError?: OnError;
}

/** Counts since the start. */
export interface EventRecorderMetrics {
  readonly recorded: number;
  readonly created: number;
  readonly updated: number;
  /** By the rate of their object, because too many waited, or after `stop`. */
  readonly dropped: number;
  readonly failed: number;
  /** Waiting now. */
  readonly depth: number;
}

interface Series {
  readonly occurrence: Occurrence;
  readonly began: number;
  count: number;
  /** Wall time. */
  lastAt: number;
  /** Monotonic. */
  lastHeard: number;
  /** What the server has. */
  sent: { readonly name: ObjectName; readonly count: number; readonly at: number } | undefined;
  waiting: boolean;
  cancelLater: (() => void) | undefined;
}

interface Similar {
  since: number;
  readonly notes: Set<string>;
}

interface Bucket {
  tokens: number;
  filledAt: number;
}

/** Objects, and kinds of events, that are remembered. */
const REMEMBERED = 4096;
const CALL_TIMEOUT = 10_000;

/**
 * Writes events.k8s.io/v1 Events. What repeats becomes one event with a series, what differs only in its note becomes one event after
 * a while, and an object that has too much to say is cut short. Nothing here waits, throws, or grows without bound.
 */
export class EventRecorder {
  private readonly series = new Recent<Series>(REMEMBERED);
  private readonly similar = new Recent<Similar>(REMEMBERED);
  private readonly buckets = new Recent<Bucket>(REMEMBERED);
  private readonly later = new Set<Series>();
  private readonly queue: Series[] = [];
  private readonly stopping = new AbortController();
  private readonly counts = { recorded: 0, created: 0, updated: 0, dropped: 0, failed: 0 };
  private readonly onError: OnError;
  private readonly random: () => number;
  private sending: Promise<void> | undefined;
  private stopped = false;

  constructor(private readonly options: EventRecorderOptions) {
    this.onError = options.onError ?? (() => undefined);
    this.random = options.random ?? Math.random;
  }

  get metrics(): EventRecorderMetrics {
    return { ...this.counts, depth: this.queue.length + this.later.size };
  }

  record(occurrence: Occurrence): void {
    try {
      this.counts.recorded++;
      if (this.stopped) this.counts.dropped++;
      else this.take(slim(occurrence));
    } catch (error) {
      this.counts.failed++;
      report(error, this.onError);
    }
  }

  /** Sends what waits, series too. Resolves when it was sent or given up. */
  async flush(): Promise<void> {
    for (const series of this.later) this.enqueue(series);
    await this.sending;
  }

  /** Flushes, for at most `deadline` milliseconds, and records nothing more. */
  async stop({ deadline = 5000 }: { readonly deadline?: number } = {}): Promise<void> {
    this.stopped = true;
    const cancel = this.options.clock.after(deadline, () => this.stopping.abort(new Error('the time to send is over')));
    // What happened again while it was sent waits once more.
    do await this.flush();
    while (this.later.size > 0);
    cancel();
  }

  private take(occurrence: Occurrence): void {
    const { clock, window = 600_000 } = this.options;
    const told = this.combined(occurrence);
    const key = keyOfSeries(told, told !== occurrence);
    const now = clock.monotonic();
    const known = this.series.get(key);
    if (known && now - known.lastHeard < window) {
      known.count++;
      known.lastAt = clock.now();
      known.lastHeard = now;
      this.update(known, now);
      return;
    }
    if (this.queue.length >= (this.options.queueLimit ?? 1000) || !this.mayCreate(occurrence, now)) {
      this.counts.dropped++;
      return;
    }
    const series: Series = {
      occurrence: told,
      began: clock.now(),
      count: 1,
      lastAt: clock.now(),
      lastHeard: now,
      sent: undefined,
      waiting: false,
      cancelLater: undefined,
    };
    this.series.set(key, series);
    this.enqueue(series);
  }

  /** The same occurrence, or after many that differ in nothing but their notes one that stands for them all. */
  private combined(occurrence: Occurrence): Occurrence {
    const { clock, similar = 10, window = 600_000 } = this.options;
    const key = keyOfSeries(occurrence, true);
    const now = clock.monotonic();
    let group = this.similar.get(key);
    if (!group || now - group.since >= window) {
      group = { since: now, notes: new Set() };
      this.similar.set(key, group);
    }
    if (group.notes.has(occurrence.note)) return occurrence;
    if (group.notes.size < similar) {
      group.notes.add(occurrence.note);
      return occurrence;
    }
    return { ...occurrence, note: `(combined from similar events): ${occurrence.note}` };
  }

  private mayCreate({ regarding }: Occurrence, now: number): boolean {
    const { burst, every } = this.options.rate ?? { burst: 25, every: 30_000 };
    const key = JSON.stringify(objectOf(regarding));
    const bucket = this.buckets.get(key) ?? { tokens: burst, filledAt: now };
    bucket.tokens = Math.min(burst, bucket.tokens + (now - bucket.filledAt) / every);
    bucket.filledAt = now;
    this.buckets.set(key, bucket);
    if (bucket.tokens < 1) return false;
    bucket.tokens--;
    return true;
  }

  /** Tells the server of a repetition, but not of each one. */
  private update(series: Series, now: number): void {
    if (series.waiting || series.cancelLater) return;
    const { clock, seriesInterval = 30_000 } = this.options;
    const wait = series.sent ? series.sent.at + seriesInterval - now : 0;
    if (wait <= 0) {
      this.enqueue(series);
      return;
    }
    this.later.add(series);
    series.cancelLater = clock.after(wait, () => this.enqueue(series));
  }

  private enqueue(series: Series): void {
    series.cancelLater?.();
    series.cancelLater = undefined;
    this.later.delete(series);
    if (series.waiting) return;
    series.waiting = true;
    this.queue.push(series);
    this.sending ??= this.sendAll();
  }

  private async sendAll(): Promise<void> {
    // Whoever records is in the middle of something.
    await Promise.resolve();
    for (let series = this.queue.shift(); series !== undefined; series = this.queue.shift()) {
      series.waiting = false;
      await this.send(series);
    }
    this.sending = undefined;
  }

  private async send(series: Series): Promise<void> {
    const { clock, attempts = 8 } = this.options;
    const backoff = exponential({ base: 1000, cap: 30_000, random: this.random });
    const { signal } = this.stopping;
    // One name for all tries: the first may have been done though nobody heard of it.
    const suffix = this.suffix();
    for (let failures = 1; ; failures++) {
      const { count } = series;
      try {
        signal.throwIfAborted();
        const name = await this.write(series, suffix);
        series.sent = { name, count, at: clock.monotonic() };
        // It has happened again while this was on its way.
        if (series.count > count) this.update(series, clock.monotonic());
        return;
      } catch (error) {
        const hopeless = !isKubeError(error) || !error.isTransient || failures >= attempts;
        if (hopeless || signal.aborted) {
          this.counts.failed++;
          report(error, this.onError);
          return;
        }
        const wait = Math.max(backoff(failures), Math.min(error.retryAfter ?? 0, 30_000));
        await sleep(clock, wait, signal).catch(() => undefined);
      }
    }
  }

  private async write(series: Series, suffix: string): Promise<ObjectName> {
    const { controller, instance } = this.options;
    const state: EventSeries = { count: series.count, lastObservedTime: microTime(series.lastAt) };
    if (series.sent) {
      try {
        await this.patch(series.sent.name, state);
        this.counts.updated++;
        return series.sent.name;
      } catch (error) {
        // Events live for an hour or so.
        if (!isKubeError(error, 'notFound')) throw error;
        series.sent = undefined;
      }
    }
    const event = eventObject(series.occurrence, { controller, instance }, series.began, suffix);
    await this.create(series.count > 1 ? { ...event, series: state } : event);
    this.counts.created++;
    return event.metadata as ObjectName;
  }

  private async create(event: EventObject): Promise<void> {
    const { api } = this.options;
    try {
      await this.call('create event', (options) => api.create(events, event, options));
    } catch (error) {
      if (!isKubeError(error, 'alreadyExists')) throw error;
      // An earlier try that nobody heard of; it may have been the first occurrence alone.
      if (event.series) await this.patch(event.metadata as ObjectName, event.series);
    }
  }

  private async patch(name: ObjectName, series: EventSeries): Promise<void> {
    const { api } = this.options;
    await this.call('patch event', (options) => api.patch(events, name, { type: 'merge', body: { series } }, options));
  }

  private call<R>(what: string, run: (options: CallOptions) => Promise<R>): Promise<R> {
    return within(this.options.clock, CALL_TIMEOUT, this.stopping.signal, what, (signal) =>
      run({ signal, timeout: CALL_TIMEOUT }),
    );
  }

  /** 17 characters: when, and something random. */
  private suffix(): string {
    const chance = Math.floor(this.random() * 0x1000000);
    return this.options.clock.now().toString(16) + chance.toString(16).padStart(6, '0');
  }
}

function keyOfSeries({ regarding, related, type, reason, action, note }: Occurrence, anyNote: boolean): string {
  const parts = [objectOf(regarding), related && objectOf(related), type, reason, action, anyNote ? null : note];
  return JSON.stringify(parts);
}

/** Without the rest of the objects: it is kept for a while. */
function slim(occurrence: Occurrence): Occurrence {
  const { regarding, related } = occurrence;
  return { ...occurrence, regarding: named(regarding), ...(related && { related: named(related) }) };
}

function named(object: Regarded): Regarded {
  const { apiVersion, kind, ...metadata } = referenceTo(object);
  return { ...(apiVersion !== undefined && { apiVersion }), ...(kind !== undefined && { kind }), metadata };
}

function objectOf({ apiVersion, kind, metadata: { namespace, name, uid } }: Regarded): unknown {
  return uid ?? [apiVersion, kind, namespace, name];
}
