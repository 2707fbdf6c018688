import type { StatefulSet } from '../../api/native.js';
import { makesUpdated } from './child.js';
import type { PodView } from './pod-view.js';
import type { Round } from './round.js';

/** How far the pods that stay have come to a revision. */
export interface Progress {
  /** How many pods, from the first on, stay as they are: those that the spec says, and none on the way back to stable. */
  readonly partition: number;
  /** How many pods the partition lets have the revision. */
  readonly count: number;
  /** How many have it, are out of traffic for it, or will be made with it. */
  readonly begun: number;
  /** Whether a pod is on its way, or should be. */
  readonly isMoving: boolean;
  /** Whether the pods that are to have it do, and serve, and no pod is missing. */
  readonly isComplete: boolean;
}

export function progressOf(round: Round, child: StatefulSet, revision: string): Progress {
  const { settings, kept, pods } = round;
  const partition = revision === stableOf(round) ? 0 : settings.partition;
  const count = countOf(partition, kept);
  let begun = 0;
  let [isWanting, isWantingShare, isServing] = [false, false, true];
  for (let index = 0; index < kept; index++) {
    const view = round.podAt(index);
    const hasBegun = view ? isOnItsWay(view, revision) : makesUpdated(child, index);
    if (hasBegun) begun++;
    else if (view && index >= partition) {
      if (needsShare(round, view)) isWantingShare = true;
      else isWanting = true;
    }
    if (!view || hasBegun) isServing &&= view?.available === true;
  }
  const isInFlight = pods.some(({ stage }) => IN_FLIGHT.has(stage.kind));
  const isAhead = isWanting || (isWantingShare && begun < count);
  const isMoving = isInFlight || (isAhead && settings.type !== 'OnDelete');
  return { partition, count, begun, isMoving, isComplete: !isMoving && isServing };
}

/**
 * Whether a pod would be one more that has left the stable revision. One that has left it, for an update that is withdrawn, may
 * always go to another: it would be left behind for good.
 */
export const needsShare = (round: Round, { revision }: PodView): boolean => revision === stableOf(round);

const stableOf = ({ snapshot }: Round): string | undefined => snapshot.workload.status?.stableRevision;

/** Of so many pods, how many a partition lets have a new revision. */
export const countOf = (partition: number, pods: number): number => Math.max(0, pods - partition);

const IN_FLIGHT: ReadonlySet<PodView['stage']['kind']> = new Set(['draining', 'verifying', 'verified']);

const isOnItsWay = ({ revision, stage }: PodView, target: string): boolean =>
  revision === target || (stage.kind === 'draining' && stage.plan?.target === target);
