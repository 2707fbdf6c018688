import {
  availableOf,
  byAge,
  mostOf,
  replicasOf,
  tolerancesOf,
  total,
  type SeenDeployment,
  type SeenReplicaSet,
} from './strategy.js';

/** The replicas that a ReplicaSet is to have. */
export interface Resize {
  readonly set: SeenReplicaSet;
  readonly replicas: number;
}

/** How many the new ReplicaSet should have: as many as the surge leaves room for. */
export function newSize(deployment: SeenDeployment, current: number, all: number): number {
  const wanted = replicasOf(deployment);
  if (current > wanted || deployment.spec.strategy?.type === 'Recreate') return wanted;
  const room = wanted + tolerancesOf(deployment).surge - all;
  return room <= 0 ? current : current + Math.min(room, wanted - current);
}

/**
 * Which of the old ReplicaSets shrink now: first by pods that are not available anyway, then by as many as may be missing, the oldest
 * first. New pods that are not available yet count as missing.
 */
export function shrinkOld(deployment: SeenDeployment, next: SeenReplicaSet, old: readonly SeenReplicaSet[]): Resize[] {
  const active = old.filter((set) => replicasOf(set) > 0).sort(byAge);
  const least = replicasOf(deployment) - tolerancesOf(deployment).unavailable;
  const missing = replicasOf(next) - availableOf(next);
  let mayGo = total([...active, next], replicasOf) - least - missing;
  if (mayGo <= 0) return [];
  const sizes = new Map(active.map((set) => [set, replicasOf(set)]));
  for (const set of active) {
    const ill = Math.min(mayGo, replicasOf(set) - availableOf(set));
    if (ill <= 0) continue;
    sizes.set(set, sizes.get(set)! - ill);
    mayGo -= ill;
  }
  let spare = total([...active, next], availableOf) - least;
  for (const set of active) {
    const going = Math.max(0, Math.min(spare, sizes.get(set)!));
    sizes.set(set, sizes.get(set)! - going);
    spare -= going;
  }
  return Array.from(sizes, ([set, replicas]) => ({ set, replicas })).filter(isChange);
}

export function isChange({ set, replicas }: Resize): boolean {
  return replicasOf(set) !== replicas;
}

/** When the Deployment is scaled in mid-rollout, or paused: every ReplicaSet gets its share of what comes or goes. */
export function proportional(deployment: SeenDeployment, sets: readonly SeenReplicaSet[], before: number): Resize[] {
  const change = mostOf(deployment) - total(sets, replicasOf);
  if (change === 0) return [];
  // The largest first; of one size the new ones grow and the old ones shrink first.
  const largest = [...sets].sort((a, b) => replicasOf(b) - replicasOf(a) || (change > 0 ? byAge(b, a) : byAge(a, b)));
  let given = 0;
  const resizes = largest.map((set) => {
    const share = shareOf(deployment, replicasOf(set), before);
    const left = change - given;
    const part = change > 0 ? Math.min(share, left) : Math.max(share, left);
    given += part;
    return { set, replicas: replicasOf(set) + part };
  });
  const [first, ...others] = resizes;
  if (first === undefined) return [];
  const all = [{ ...first, replicas: Math.max(0, first.replicas + change - given) }, ...others];
  return all.filter(isChange);
}

function shareOf(deployment: SeenDeployment, replicas: number, before: number): number {
  if (replicasOf(deployment) === 0) return -replicas;
  if (before === 0) return 0;
  return Math.round((replicas * (replicasOf(deployment) + tolerancesOf(deployment).surge)) / before) - replicas;
}
