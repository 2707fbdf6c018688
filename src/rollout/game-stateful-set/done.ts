import type { Observations } from '../observations.js';
import type { StatefulSet } from '../../api/native.js';
import { CLOSED, partitionOfChild, replicasOf, startOf } from './child.js';
import type { Round } from './round.js';
import type { Target } from './target.js';

/** Whether nothing is left to do: all pods are there and no others, all are available, and as many as may have the target. */
export function isDone(round: Round, target: Target): boolean {
  const { snapshot, settings, pods } = round;
  const { child } = snapshot;
  if (target.kind !== 'go' || target.progress.isMoving || !child) return false;
  const { count, begun } = target.progress;
  return (
    begun >= count &&
    !isOpen(round, child, target) &&
    startOf(child) === settings.start &&
    replicasOf(child) === settings.replicas &&
    pods.length === settings.replicas &&
    pods.every((view) => view.available && round.isKept(view))
  );
}

/**
 * Whether the partition has still to close behind an update of all pods, which it does when the StatefulSet controller has taken the
 * update for current: until then a change of the child deletes pods.
 */
export const isOpen = ({ settings }: Round, child: StatefulSet, target: Target): boolean =>
  settings.type !== 'OnDelete' &&
  target.kind === 'go' &&
  target.progress.partition === 0 &&
  partitionOfChild(child) !== CLOSED;

/** Why an unfinished update is late. Progress is whatever changes which pods are where, and how. */
export function lateness(round: Round, target: Target): string | undefined {
  const { settings, pods, now, draft } = round;
  const { progressDeadline, paused, type } = settings;
  if (progressDeadline === undefined || paused || type === 'OnDelete') return undefined;
  if (target.kind === 'stop' || isDone(round, target)) return undefined;
  const where = pods.map(({ name, revision, stage, available }) => [name, revision, stage.kind, available]);
  const goal = target.kind === 'go' ? target.revision : '';
  const lateAt = since(round.observed, JSON.stringify([goal, where]), now) + progressDeadline * 1000;
  if (now >= lateAt) return `no progress in ${progressDeadline} s`;
  draft.wake(lateAt);
  return undefined;
}

const since = (observed: Observations, what: string, now: number): number => observed.since(`progress/${what}`, now);
