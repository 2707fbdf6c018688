import type { PodView } from './pod-view.js';

/**
 * How many pods may be unavailable, and how many are. Broken pods at an old revision may always be mended, so they cost
 * nothing; what is broken at the target costs, so that a bad image stops by itself: rollout.md section 5, invariant I1.
 */
export class Budget {
  private atTarget: number;
  private unavailable: number;

  /**
   * @param atTarget unavailable pods that are at the target or on their way to it
   * @param unavailable all unavailable pods, missing ones included
   */
  constructor(
    readonly max: number,
    { atTarget, unavailable }: { readonly atTarget: number; readonly unavailable: number },
  ) {
    this.atTarget = atTarget;
    this.unavailable = unavailable;
  }

  /** Takes a pod out of service if that is allowed. */
  take({ available }: Pick<PodView, 'available'>): boolean {
    if (this.atTarget >= this.max) return false;
    if (available && this.unavailable >= this.max) return false;
    this.atTarget++;
    if (available) this.unavailable++;
    return true;
  }

  /** Why nothing more can be taken. */
  get sentence(): string {
    const of = `of at most ${this.max}`;
    return this.atTarget >= this.max
      ? `${this.atTarget} pods on their way to the update or unavailable after it ${of}`
      : `${this.unavailable} pods unavailable ${of}`;
  }
}
