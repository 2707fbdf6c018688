import type { Action } from './action.js';

/** A decision while it is made. */
export class Draft {
  readonly actions: Action[] = [];
  readonly reasons: string[] = [];
  /** UIDs of pods that something is done to: writes to one pod never run side by side. */
  readonly touched = new Set<string>();
  wakeAt: number | undefined;

  do(action: Action): void {
    this.actions.push(action);
    if ('pod' in action) this.touched.add(action.pod.uid);
  }

  say(reason: string): void {
    if (!this.reasons.includes(reason)) this.reasons.push(reason);
  }

  wake(at: number): void {
    this.wakeAt = Math.min(at, this.wakeAt ?? Infinity);
  }
}
