import type { StatefulSet } from '../../api/native.js';
import type { ChildChange } from './action.js';
import { CLOSED, partitionOfChild, updateStrategyOf } from './child.js';
import { replicasOf } from './round.js';
import type { Round } from './round.js';
import type { Target } from './target.js';

/**
 * The partition of the child when nothing is recreated. Closed, so that nobody's edit of the child can delete a pod; while
 * updated pods stand above others that are held back, open down to them, so that a lost one comes back updated.
 */
export function restingStrategy(round: Round, child: StatefulSet, target: Target): ChildChange {
  const { settings, pods } = round;
  const wanted = settings.type === 'OnDelete' ? 'OnDelete' : 'RollingUpdate';
  if ((child.spec.updateStrategy?.type ?? 'RollingUpdate') !== wanted)
    return { updateStrategy: updateStrategyOf(settings, CLOSED) };
  if (settings.type === 'OnDelete' || target.kind !== 'go') return {};
  const now = partitionOfChild(child);
  const { currentRevision, updateRevision } = child.status ?? {};
  const replicas = replicasOf(child);
  const scope = pods.filter(({ index }) => index >= settings.partition && index < replicas);
  const isUpdated =
    scope.length === replicas - Math.min(settings.partition, replicas) &&
    scope.every(({ revision, available }) => revision === target.revision && available);
  let next = now;
  if (currentRevision === updateRevision) next = CLOSED;
  else if (isUpdated && settings.partition > 0) next = settings.partition;
  else if (now < settings.partition) next = settings.partition;
  return next === now ? {} : { updateStrategy: updateStrategyOf(settings, next) };
}
