import type { Clock } from '../../kube/clock.js';

/**
 * A tick every `period` milliseconds, of which only those are run that somebody asked for: a node on which nothing happens costs
 * nothing. The ticks themselves stay where they are.
 */
export class Ticker {
  private readonly origin: number;
  private next: { readonly tick: number; readonly cancel: () => void } | undefined;
  /** The last tick that was run, and when. */
  private ran = -1;
  private ranAt = -Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly period: number,
    phase: number,
    private readonly run: () => void,
  ) {
    this.origin = clock.monotonic() + phase;
  }

  /** The clock's `monotonic` at the last tick, run or not; -Infinity before the first. */
  last(): number {
    // One that is due at this very instant and has not run yet is not the last.
    const passed = this.next === undefined ? this.passed() : Math.min(this.passed(), this.next.tick - 1);
    return passed > this.ran ? this.timeOf(passed) : this.ranAt;
  }

  /** Runs the next tick, or the first one after `delay` milliseconds. */
  request(delay = 0): void {
    // Counted in ticks, so that a rounding error never runs the same one twice.
    const tick = Math.max(this.ran, this.passed(delay)) + 1;
    if (this.next !== undefined && this.next.tick <= tick) return;
    this.next?.cancel();
    const wait = this.timeOf(tick) - this.clock.monotonic();
    const cancel = this.clock.after(wait, () => {
      this.next = undefined;
      this.ran = tick;
      // A timer may be early, and what comes after it and before its time was not looked at.
      this.ranAt = Math.min(this.timeOf(tick), this.clock.monotonic());
      this.run();
    });
    this.next = { tick, cancel };
  }

  stop(): void {
    this.next?.cancel();
  }

  private timeOf(tick: number): number {
    return this.origin + tick * this.period;
  }

  private passed(delay = 0): number {
    return Math.max(-1, Math.floor((this.clock.monotonic() + delay - this.origin) / this.period));
  }
}
