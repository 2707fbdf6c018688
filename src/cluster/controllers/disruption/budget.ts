import { isReady } from '../../../api/pod.js';
import type { Observed } from '../../../kube/store.js';
import { timestamp } from '../../kubelet/container-status.js';
import { conditionOf, type Condition, type DisruptionBudget, type SeenPod } from '../objects.js';
import { isGoing } from '../owners.js';
import { scaled } from '../scaled.js';

type Budget = Observed<DisruptionBudget>;
type Status = NonNullable<DisruptionBudget['status']>;

/** Milliseconds for which a pod that may be evicted, and does not go, counts as gone. */
const DELETION_TIMEOUT = 120_000;

/** Whether the budget is counted from what the owners of its pods want, rather than from the pods that are there. */
export function countsOwners({ spec: { minAvailable, maxUnavailable } }: Budget): boolean {
  return maxUnavailable !== undefined || typeof minAvailable === 'string';
}

/** How many pods there should be, and how many of them healthy. `wanted`: the replicas of all owners. */
export function demandOf({ spec }: Budget, pods: number, wanted: number): { expected: number; healthy: number } {
  const { minAvailable, maxUnavailable } = spec;
  if (maxUnavailable !== undefined)
    return { expected: wanted, healthy: Math.max(0, wanted - scaled(maxUnavailable, wanted, 'up')) };
  if (typeof minAvailable === 'string') return { expected: wanted, healthy: scaled(minAvailable, wanted, 'up') };
  return minAvailable === undefined ? { expected: 0, healthy: 0 } : { expected: pods, healthy: minAvailable };
}

/** Pods that were allowed to be evicted, are not seen going yet, and have time left. */
export function disrupted({ status }: Budget, pods: readonly SeenPod[], now: number): Record<string, string> {
  const known = status?.disruptedPods ?? {};
  const left = pods.flatMap((pod): [string, string][] => {
    const since = known[pod.metadata.name];
    const isLate = since === undefined || isGoing(pod) || Date.parse(since) + DELETION_TIMEOUT < now;
    return isLate ? [] : [[pod.metadata.name, since]];
  });
  return Object.fromEntries(left);
}

/** In how many milliseconds the first of them has had its time. */
export function nextTimeout(pods: Readonly<Record<string, string>>, now: number): number | undefined {
  const times = Object.values(pods).map((since) => Date.parse(since) + DELETION_TIMEOUT + 1 - now);
  return times.length === 0 ? undefined : Math.max(1, Math.min(...times));
}

export function statusOf(
  budget: Budget,
  pods: readonly SeenPod[],
  { expected, healthy }: { readonly expected: number; readonly healthy: number },
  now: number,
): Status {
  const gone = disrupted(budget, pods, now);
  const currentHealthy = pods.filter((pod) => !isGoing(pod) && !(pod.metadata.name in gone) && isReady(pod)).length;
  const disruptionsAllowed = expected <= 0 ? 0 : Math.max(0, currentHealthy - healthy);
  const generation = budget.metadata.generation ?? 0;
  const verdict =
    disruptionsAllowed > 0
      ? { status: 'True' as const, reason: 'SufficientPods' }
      : { status: 'False' as const, reason: 'InsufficientPods' };
  return {
    ...(generation > 0 && { observedGeneration: generation }),
    currentHealthy,
    desiredHealthy: healthy,
    expectedPods: expected,
    disruptionsAllowed,
    ...(Object.keys(gone).length > 0 && { disruptedPods: gone }),
    conditions: withCondition(budget, { ...verdict, message: '', observedGeneration: generation }, now),
  };
}

/** Nobody may be evicted, because nobody knows how many pods there should be. */
export function failedStatus({ status, ...budget }: Budget, error: unknown, now: number): Status {
  const { currentHealthy = 0, desiredHealthy = 0, expectedPods = 0, ...rest } = (status ?? {}) as Partial<Status>;
  const failed = { status: 'False' as const, reason: 'SyncFailed', message: (error as Error).message };
  const observedGeneration = status?.observedGeneration ?? 0;
  return {
    ...rest,
    currentHealthy,
    desiredHealthy,
    expectedPods,
    disruptionsAllowed: 0,
    conditions: withCondition({ ...budget, ...(status && { status }) }, { ...failed, observedGeneration }, now),
  };
}

function withCondition({ status }: Budget, verdict: Omit<Condition, 'type'>, now: number): Condition[] {
  const type = 'DisruptionAllowed';
  const was = conditionOf(status?.conditions, type);
  const since = was?.status === verdict.status ? was.lastTransitionTime : undefined;
  const condition = { type, ...verdict, lastTransitionTime: since ?? timestamp(now) };
  return [...(status?.conditions ?? []).filter((one) => one.type !== type), condition];
}
