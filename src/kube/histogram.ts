/** Counts of durations by upper bound, as Prometheus counts them: a bucket holds all that is at most its bound. */
export interface HistogramState {
  /** Milliseconds, rising; the last bucket, without a bound, is `count`. */
  readonly buckets: readonly { readonly upTo: number; readonly count: number }[];
  readonly count: number;
  /** Milliseconds. */
  readonly sum: number;
}

/** Milliseconds: from what memory answers to what a person gives up on. */
const BOUNDS = [1, 5, 25, 100, 500, 2500, 10_000, 60_000];

export class Histogram {
  private readonly counts: number[];
  private count = 0;
  private sum = 0;

  constructor(private readonly bounds: readonly number[] = BOUNDS) {
    this.counts = bounds.map(() => 0);
  }

  observe(duration: number): void {
    this.count++;
    this.sum += duration;
    const bucket = this.bounds.findIndex((bound) => duration <= bound);
    if (bucket >= 0) this.counts[bucket]!++;
  }

  get state(): HistogramState {
    let below = 0;
    const buckets = this.bounds.map((upTo, at) => ({ upTo, count: (below += this.counts[at]!) }));
    return { buckets, count: this.count, sum: this.sum };
  }
}
