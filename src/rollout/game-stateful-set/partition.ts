import type { StatefulSet } from '../../api/native.js';
import type { ChildChange } from './action.js';
import { CLOSED, isCurrent, isObserved, partitionOfChild, replicasOf, updateStrategyOf } from './child.js';
import type { PodView } from './pod-view.js';
import { countOf } from './progress.js';
import type { Round } from './round.js';
import type { Target } from './target.js';

/**
 * The partition of the child. Closed at rest, so that nobody's edit of the child deletes a pod; down to the last of those that
 * are to be made anew; and while updated pods stand above others that are held back, down to them, so that a lost one comes back
 * updated. Never below a pod that the child would delete against our will.
 */
export function partitionChange(
  round: Round,
  child: StatefulSet,
  target: Target,
  { batch, replicas }: { readonly batch: readonly PodView[]; readonly replicas: number },
): ChildChange {
  const { settings } = round;
  const wanted = settings.type === 'OnDelete' ? 'OnDelete' : 'RollingUpdate';
  if ((child.spec.updateStrategy?.type ?? 'RollingUpdate') !== wanted)
    return { updateStrategy: updateStrategyOf(settings, CLOSED) };
  if (wanted === 'OnDelete') return {};
  const next = isCurrent(child) ? CLOSED : nextPartition(round, child, target, batch);
  const partition = mayMake(child, target, { from: next, replicas, batch }) ? next : CLOSED;
  return partition === partitionOfChild(child) ? {} : { updateStrategy: updateStrategyOf(settings, partition) };
}

/** New pods from a partition on are made with the target: only as many as may have it. */
function mayMake(
  child: StatefulSet,
  target: Target,
  { from, replicas, batch }: { from: number; replicas: number; batch: readonly PodView[] },
): boolean {
  const made = replicas - Math.max(replicasOf(child), from);
  if (made <= 0) return true;
  if (target.kind !== 'go') return false;
  const { partition, begun } = target.progress;
  return made <= countOf(partition, replicas) - begun - batch.length;
}

function nextPartition(round: Round, child: StatefulSet, target: Target, batch: readonly PodView[]): number {
  const now = partitionOfChild(child);
  if (!isObserved(child)) return now;
  const next = safePartition(round, child, target, batch);
  // Of a pod that we have not seen nobody knows whether the child would delete it.
  const { replicas = 0 } = child.status ?? {};
  if (next >= now || round.pods.length >= replicas) return next;
  round.draft.say(`the partition opens when all pods are seen: ${round.pods.length} of the ${replicas} that there are`);
  return now;
}

function safePartition(round: Round, child: StatefulSet, target: Target, batch: readonly PodView[]): number {
  const now = partitionOfChild(child);
  const lowest = batch.at(-1)?.index;
  const floor = floorOf(round, child, batch);
  const isSafe = now >= floor;
  if (lowest !== undefined) return isSafe && now <= lowest ? now : lowest;
  const isStep = target.kind === 'go' && target.progress.isComplete && floor > 0 && floor < replicasOf(child);
  if (isStep) return floor;
  return isSafe ? now : CLOSED;
}

/** The lowest index from which on the child would delete nothing but what is to be made anew. */
function floorOf(round: Round, child: StatefulSet, batch: readonly PodView[]): number {
  const revision = child.status?.updateRevision;
  const leaving = new Set(batch);
  let floor = replicasOf(child);
  while (floor > 0) {
    const view = round.podAt(floor - 1);
    if (view && view.revision !== revision && !leaving.has(view)) break;
    floor--;
  }
  return floor;
}
