import type { HookPurpose } from '../hook-gate.js';
import type { Action } from './action.js';
import type { Drain } from './gates.js';
import type { PodView } from './pod-view.js';

/** A pod to which nothing happens because a hook has not agreed. */
export interface Held {
  readonly view: PodView;
  readonly purpose: HookPurpose;
  readonly why: string;
}

/** A decision while it is made. */
export class Draft {
  readonly actions: Action[] = [];
  private readonly said = new Set<string>();
  /** UIDs of pods that something is done to, or that are to stay as they are: writes to one pod never run side by side. */
  readonly touched = new Set<string>();
  /** Why pods cannot have the target at all. */
  readonly obstacles: string[] = [];
  /** How far pods are that wait for their patch, by UID. */
  readonly drains = new Map<string, Drain>();
  /** By the UID of the pod. */
  readonly held = new Map<string, Held>();
  wakeAt: number | undefined;

  do(action: Action): void {
    this.actions.push(action);
    if ('pod' in action) this.touched.add(action.pod.uid);
  }

  does(kind: Action['kind']): boolean {
    return this.actions.some((action) => action.kind === kind);
  }

  /** Nothing more is done to a pod in this decision. */
  leave({ at }: PodView): void {
    this.touched.add(at.uid);
  }

  stuck(why: string): void {
    this.obstacles.push(why);
    this.say(why);
  }

  /** Each is said once. */
  say(reason: string): void {
    this.said.add(reason);
  }

  get reasons(): string[] {
    return [...this.said];
  }

  hold(held: Held): void {
    this.held.set(held.view.at.uid, held);
    this.say(`${held.view.name} ${HELD[held.purpose]}: ${held.why}`);
  }

  wake(at: number): void {
    this.wakeAt = Math.min(at, this.wakeAt ?? Infinity);
  }
}

const HELD: Readonly<Record<HookPurpose, string>> = {
  updateInPlace: 'is not updated yet',
  delete: 'is not deleted yet',
  afterUpdate: 'is updated, and holds the next pod',
};
