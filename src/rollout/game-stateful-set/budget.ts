import type { StatefulSet } from '../../api/native.js';
import { makesUpdated } from './child.js';
import type { PodView } from './pod-view.js';
import type { Round } from './round.js';
import type { Go } from './target.js';

/** What became of the wish to update one more pod. */
export type Taken =
  | 'taken'
  /** Too many pods are unavailable. */
  | 'busy'
  /** The partition keeps the pod as it is. */
  | 'held';

/** A pod that is to have the target. */
export interface Taker {
  readonly available: boolean;
  /** Players are sent to it. One that is Ready, and not for long enough to be available, is no broken one. */
  readonly ready: boolean;
  /** Whether it would be one more that has left the stable revision. */
  readonly needsShare: boolean;
}

/** What the pods have used up of what the settings allow. */
export interface Spent {
  /** Unavailable pods that are at the target or on their way to it. */
  readonly atTarget: number;
  /** All unavailable pods, missing ones included. */
  readonly unavailable: number;
  /** How many more pods may have the target at all. */
  readonly share: number;
}

/**
 * How many pods may be unavailable, and how many are. Broken pods at an old revision may always be mended, so they cost
 * nothing; what is broken at the target costs, so that a bad image stops by itself: rollout.md section 5, invariants I1 and I5.
 */
export class Budget {
  private spent: Spent;

  /** `max` is how many pods may be unavailable at a time. */
  constructor(
    readonly max: number,
    spent: Spent,
  ) {
    this.spent = spent;
  }

  /** Takes a pod out of service for the target. `excused` unavailable pods do not count: they wait for this one. */
  take({ available, ready, needsShare }: Taker, excused = 0): Taken {
    const { atTarget, unavailable, share } = this.spent;
    if (needsShare && share <= 0) return 'held';
    const others = unavailable - (available ? 0 : 1);
    if (atTarget >= this.max || (ready && others - excused >= this.max)) return 'busy';
    this.spent = { atTarget: atTarget + 1, unavailable: unavailable + (available ? 1 : 0), share: share - 1 };
    return 'taken';
  }

  /** Lets a pod have the target that is not taken out of service for it, or is already. */
  takeShare({ needsShare }: Pick<Taker, 'needsShare'>): boolean {
    const { share } = this.spent;
    if (needsShare && share <= 0) return false;
    this.spent = { ...this.spent, share: share - 1 };
    return true;
  }

  /** Lets a pod have the target as it is. One that serves nobody counts there from now on, not only when it is looked at again. */
  relabel(taker: Pick<Taker, 'available' | 'needsShare'>): boolean {
    if (!this.takeShare(taker)) return false;
    this.spent = { ...this.spent, atTarget: this.spent.atTarget + (taker.available ? 0 : 1) };
    return true;
  }

  /** Why nothing more can be taken. */
  get sentence(): string {
    const { atTarget, unavailable } = this.spent;
    return atTarget >= this.max
      ? `${atTarget} on their way to the update, or unavailable after it, of at most ${this.max}`
      : `${unavailable} unavailable of at most ${this.max}`;
  }
}

/** The budget as the pods stand, before anything is taken. A pod that waits for its hook after the update costs as well. */
export function budgetOf(round: Round, child: StatefulSet, { revision, progress }: Go): Budget {
  let [atTarget, unavailable] = [0, 0];
  for (let index = 0; index < round.kept; index++) {
    const view = round.podAt(index);
    const isAtTarget = view ? view.revision === revision : makesUpdated(child, index);
    const isUnfinished = isAtTarget && view !== undefined && !isFinished(round, view);
    if (!view?.available) unavailable++;
    if (view?.available ? isUnfinished : isAtTarget || view?.stage.kind === 'draining') atTarget++;
  }
  return new Budget(round.settings.maxUnavailable, { atTarget, unavailable, share: progress.count - progress.begun });
}

/** Whether the hook after an update has agreed, for pods that were updated in place. */
function isFinished(round: Round, view: PodView): boolean {
  const { stage, state } = view;
  const isUpdated = stage.kind === 'verified' || stage.kind === 'serving';
  return !isUpdated || !state || state.containers.length === 0 || round.agrees(view, 'afterUpdate');
}
