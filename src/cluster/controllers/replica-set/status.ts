import { isReady } from '../../../api/pod.js';
import type { Observed } from '../../../kube/store.js';
import { timestamp } from '../../kubelet/container-status.js';
import type { Condition, ReplicaSet, SeenPod } from '../objects.js';
import { isAvailable } from '../pod-state.js';
import { hasAll } from '../selector.js';

type Status = NonNullable<ReplicaSet['status']>;

/** What is said of the pods as they were before this step. Counts of none are left out, as the server does, but for the first. */
export function statusOf(
  { metadata, spec, status }: Observed<ReplicaSet>,
  active: readonly SeenPod[],
  failure: unknown,
  now: number,
): Status {
  const { minReadySeconds = 0, template, replicas: wanted = 1 } = spec;
  const count = (is: (pod: SeenPod) => boolean): number => active.filter(is).length;
  const counts = {
    fullyLabeledReplicas: count((pod) => hasAll(template.metadata?.labels, pod.metadata.labels)),
    readyReplicas: count(isReady),
    availableReplicas: count((pod) => isAvailable(pod, minReadySeconds, now)),
    observedGeneration: metadata.generation ?? 0,
  };
  const conditions = conditionsOf(status?.conditions ?? [], active.length - wanted, failure, now);
  return {
    replicas: active.length,
    ...Object.fromEntries(Object.entries(counts).filter(([, number]) => number > 0)),
    ...(conditions.length > 0 && { conditions: [...conditions] }),
  };
}

function conditionsOf(
  conditions: readonly Condition[],
  surplus: number,
  failure: unknown,
  now: number,
): readonly Condition[] {
  const isFailure = ({ type }: Condition): boolean => type === 'ReplicaFailure';
  if (failure === undefined) return conditions.filter((condition) => !isFailure(condition));
  if (conditions.some(isFailure)) return conditions;
  const failed: Condition = {
    type: 'ReplicaFailure',
    status: 'True',
    reason: surplus < 0 ? 'FailedCreate' : 'FailedDelete',
    message: String(failure),
    lastTransitionTime: timestamp(now),
  };
  return [...conditions, failed];
}
