import { isReady } from '../../../api/pod.js';
import type { Observed } from '../../../kube/store.js';
import { timestamp } from '../../kubelet/container-status.js';
import { conditionOf, type Condition, type Job, type JobStatus, type SeenPod } from '../objects.js';
import { isGoing } from '../owners.js';
import { isOver } from '../pod-state.js';
import type { Ends } from './tracking.js';
import type { Verdict } from './verdict.js';

export function isFinished({ status }: Observed<Job>): boolean {
  return ['Complete', 'Failed'].some((type) => conditionOf(status?.conditions, type)?.status === 'True');
}

export interface Situation {
  readonly active: readonly SeenPod[];
  readonly pods: readonly SeenPod[];
  readonly ends: Ends;
  readonly verdict: Verdict | undefined;
  /** From Kubernetes 1.31 on a condition tells the verdict before the last pod has ended. */
  readonly announces: boolean;
}

/** What is said of a Job. It is finished when it has a verdict, nothing of it runs, and all its ends are counted. */
export function statusOf(
  job: Observed<Job>,
  { active, pods, ends, verdict, announces }: Situation,
  now: number,
): JobStatus {
  const { spec, status = {} } = job;
  const { startTime, completionTime } = status;
  const { uncounted, succeeded, failed } = ends;
  const at = timestamp(now);
  const isSuspended = spec.suspend === true;
  const since = isSuspended ? undefined : (startTime ?? at);
  const running = active.length;
  const terminating = pods.filter((pod) => isGoing(pod) && !isOver(pod)).length;
  const isSettled = running + terminating + uncounted.succeeded.length + uncounted.failed.length === 0;
  const isComplete = verdict?.kind === 'complete' && isSettled;
  return {
    ...(since !== undefined && { startTime: since }),
    ...(running > 0 && { active: running }),
    ...(succeeded > 0 && { succeeded }),
    ...(failed > 0 && { failed }),
    ready: active.filter(isReady).length,
    terminating,
    uncountedTerminatedPods: {
      ...(uncounted.succeeded.length > 0 && { succeeded: [...uncounted.succeeded] }),
      ...(uncounted.failed.length > 0 && { failed: [...uncounted.failed] }),
    },
    ...(isComplete ? { completionTime: completionTime ?? at } : completionTime !== undefined && { completionTime }),
    ...conditionsOf(job, verdict, isSettled, announces, at),
  };
}

function conditionsOf(
  { spec, status }: Observed<Job>,
  verdict: Verdict | undefined,
  isSettled: boolean,
  announces: boolean,
  at: string,
): { conditions?: Condition[] } {
  const conditions: Condition[] = [...(status?.conditions ?? [])];
  const set = (type: string, is: 'True' | 'False', reason: string, message: string): void => {
    const index = conditions.findIndex((one) => one.type === type);
    if (index >= 0 && conditions[index]!.status === is) return;
    const condition = { type, status: is, reason, message, lastProbeTime: at, lastTransitionTime: at };
    if (index >= 0) conditions[index] = condition;
    else conditions.push(condition);
  };
  if (spec.suspend === true) set('Suspended', 'True', 'JobSuspended', 'Job suspended');
  else if (conditions.some(({ type }) => type === 'Suspended')) set('Suspended', 'False', 'JobResumed', 'Job resumed');
  if (verdict) {
    const [target, end] =
      verdict.kind === 'complete' ? ['SuccessCriteriaMet', 'Complete'] : ['FailureTarget', 'Failed'];
    if (announces) set(target, 'True', verdict.reason, verdict.message);
    if (isSettled) set(end, 'True', verdict.reason, verdict.message);
  }
  return conditions.length > 0 ? { conditions } : {};
}
