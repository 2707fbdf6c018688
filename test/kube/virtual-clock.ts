import type { Clock } from '../../src/kube/clock.js';

interface Timer {
  readonly due: number;
  readonly run: () => void;
}

/**
 * Time that stands still until a test moves it. Timers run in the order in which they are due, and between two of them everything
 * that can go on without time does.
 */
export class VirtualClock implements Clock {
  private elapsed = 0;
  private wall: number;
  private timers: Timer[] = [];

  constructor(start = Date.UTC(2030, 0, 1)) {
    this.wall = start;
  }

  now(): number {
    return this.wall;
  }

  monotonic(): number {
    return this.elapsed;
  }

  after(delay: number, run: () => void): () => void {
    const timer = { due: this.elapsed + Math.max(0, delay), run };
    const later = this.timers.findIndex(({ due }) => due > timer.due);
    this.timers.splice(later < 0 ? this.timers.length : later, 0, timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  /** Timers that still wait. */
  get pending(): number {
    return this.timers.length;
  }

  /** Lets time pass. */
  async advance(duration: number): Promise<void> {
    const end = this.elapsed + duration;
    await this.settle();
    while (this.timers[0] !== undefined && this.timers[0].due <= end) {
      this.elapse(Math.max(0, this.timers[0].due - this.elapsed));
      this.timers.shift()!.run();
      await this.settle();
    }
    this.elapse(Math.max(0, end - this.elapsed));
  }

  /** Lets time pass until something holds. Throws when it does not within so many milliseconds. */
  async until(holds: () => boolean, within = 3_600_000): Promise<void> {
    const end = this.elapsed + within;
    await this.settle();
    while (!holds()) {
      const next = this.timers[0];
      if (next === undefined || next.due > end) throw new Error(`It did not come true within ${within} ms`);
      this.elapse(Math.max(0, next.due - this.elapsed));
      this.timers.shift()!.run();
      await this.settle();
    }
  }

  /** The process stands still: no timer runs until the time is over, then all that are due do. */
  async freeze(duration: number): Promise<void> {
    this.elapse(duration);
    await this.advance(0);
  }

  /** The machine sleeps, and the clock that only moves forward with it. Or somebody sets the wall clock. */
  jumpWall(by: number): void {
    this.wall += by;
  }

  /** Everything that needs no time goes on. */
  async settle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }

  private elapse(duration: number): void {
    this.elapsed += duration;
    this.wall += duration;
  }
}
