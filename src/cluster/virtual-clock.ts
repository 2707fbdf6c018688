import type { Clock } from '../kube/clock.js';
import { random, type Random } from './random.js';

export interface VirtualClockOptions {
  /** Wall time at the beginning, milliseconds since 1970. @default 2026-01-01T00:00:00Z */
  readonly start?: number;
  /** Draws the order of timers that are due at the same instant. @default the order in which they were set */
  readonly seed?: number;
}

interface Timer {
  readonly due: number;
  readonly order: number;
  readonly number: number;
  run: (() => void) | undefined;
}

/**
 * Time that moves only when told. Between two timers every promise that can settle settles, so that the same seed gives the
 * same run. It never waits for anything outside this process.
 */
export class VirtualClock implements Clock {
  private readonly start: number;
  private readonly order: Random | undefined;
  private elapsed = 0;
  private numbers = 0;
  private live = 0;
  /** A binary heap, earliest first. */
  private readonly heap: Timer[] = [];

  constructor({ start = Date.UTC(2026, 0, 1), seed }: VirtualClockOptions = {}) {
    this.start = start;
    this.order = seed === undefined ? undefined : random(seed);
  }

  now(): number {
    return this.start + this.elapsed;
  }

  monotonic(): number {
    return this.elapsed;
  }

  /** How many timers are set. */
  get pending(): number {
    return this.live;
  }

  after(delay: number, run: () => void): () => void {
    const number = this.numbers++;
    const timer: Timer = { due: this.elapsed + Math.max(0, delay), order: this.order?.() ?? number, number, run };
    this.live++;
    this.push(timer);
    return () => {
      if (timer.run === undefined) return;
      timer.run = undefined;
      this.live--;
    };
  }

  /** Lets this much time pass, with everything that is due in it. Milliseconds. */
  async advance(duration: number): Promise<void> {
    const end = this.elapsed + duration;
    await settled();
    while (this.runNext(end)) await settled();
    this.elapsed = end;
  }

  /** As {@link advance}, for code that uses no promises: they stay where they are. */
  run(duration: number): void {
    const end = this.elapsed + duration;
    while (this.runNext(end));
    this.elapsed = end;
  }

  /** Advances timer by timer until the condition holds; false where it does not within `limit` milliseconds. */
  async until(condition: () => boolean, limit: number): Promise<boolean> {
    const end = this.elapsed + limit;
    await settled();
    while (!condition()) {
      if (!this.runNext(end)) {
        this.elapsed = end;
        return condition();
      }
      await settled();
    }
    return true;
  }

  private runNext(end: number): boolean {
    for (;;) {
      const timer = this.heap[0];
      if (timer === undefined || timer.due > end) return false;
      this.pop();
      const { run } = timer;
      if (run === undefined) continue;
      timer.run = undefined;
      this.live--;
      this.elapsed = timer.due;
      run();
      return true;
    }
  }

  private push(timer: Timer): void {
    const { heap } = this;
    let index = heap.push(timer) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(heap[index]!, heap[parent]!)) break;
      [heap[index], heap[parent]] = [heap[parent]!, heap[index]!];
      index = parent;
    }
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    heap[0] = last;
    for (let index = 0; ;) {
      const [left, right] = [2 * index + 1, 2 * index + 2];
      let first = index;
      if (left < heap.length && isBefore(heap[left]!, heap[first]!)) first = left;
      if (right < heap.length && isBefore(heap[right]!, heap[first]!)) first = right;
      if (first === index) return;
      [heap[index], heap[first]] = [heap[first]!, heap[index]!];
      index = first;
    }
  }
}

function isBefore(one: Timer, other: Timer): boolean {
  if (one.due !== other.due) return one.due < other.due;
  return one.order === other.order ? one.number < other.number : one.order < other.order;
}

/** After a turn of the event loop no promise of this process is left that could still settle by itself. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
