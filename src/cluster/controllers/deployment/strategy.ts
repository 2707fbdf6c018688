import type { Observed } from '../../../kube/store.js';
import type { Deployment, ReplicaSet } from '../objects.js';
import { scaled } from '../scaled.js';

export type SeenDeployment = Observed<Deployment>;
export type SeenReplicaSet = Observed<ReplicaSet>;

/** The most pods that a ReplicaSet's Deployment might have had when it was scaled last; and how many it wanted. */
export const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas';
export const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas';

export function replicasOf({ spec }: { readonly spec: { readonly replicas?: number } }): number {
  return spec.replicas ?? 1;
}

/** How many pods more than wanted there may be, and how many fewer available. Both 0 would stand still, so then one may be missing. */
export function tolerancesOf(deployment: SeenDeployment): { readonly surge: number; readonly unavailable: number } {
  const { strategy } = deployment.spec;
  if (strategy?.type === 'Recreate') return { surge: 0, unavailable: 0 };
  const { maxSurge = '25%', maxUnavailable = '25%' } = strategy?.rollingUpdate ?? {};
  const replicas = replicasOf(deployment);
  const surge = scaled(maxSurge, replicas, 'up');
  const unavailable = Math.min(scaled(maxUnavailable, replicas, 'down'), replicas);
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

/** The most pods that there may be. */
export function mostOf(deployment: SeenDeployment): number {
  const replicas = replicasOf(deployment);
  return replicas === 0 ? 0 : replicas + tolerancesOf(deployment).surge;
}

export const availableOf = ({ status }: SeenReplicaSet): number => status?.availableReplicas ?? 0;

export function total(sets: readonly SeenReplicaSet[], of: (set: SeenReplicaSet) => number): number {
  return sets.reduce((sum, set) => sum + of(set), 0);
}

/** Newest last. */
export function byAge(one: SeenReplicaSet, other: SeenReplicaSet): number {
  const [left, right] = [one.metadata, other.metadata];
  if (left.creationTimestamp !== right.creationTimestamp)
    return (left.creationTimestamp ?? '') < (right.creationTimestamp ?? '') ? -1 : 1;
  return left.name < right.name ? -1 : 1;
}
