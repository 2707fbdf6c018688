import type { Observed } from '../../../kube/store.js';
import type { Job, SeenPod } from '../objects.js';
import { isGoing } from '../owners.js';

/** Holds back a pod until its end was counted. */
export const TRACKING = 'batch.kubernetes.io/job-tracking';

type Uncounted = { readonly succeeded: readonly string[]; readonly failed: readonly string[] };

/** What is known of ends: those in the counts, and those on their way there, by the UIDs of their pods. */
export interface Ends {
  readonly succeeded: number;
  readonly failed: number;
  readonly uncounted: Uncounted;
}

export function isTracked({ metadata }: SeenPod): boolean {
  return metadata.finalizers?.includes(TRACKING) === true;
}

/** How a pod ended for its Job; one that is going counts as failed. */
export function endOf(pod: SeenPod): 'succeeded' | 'failed' | undefined {
  const phase = pod.status?.phase;
  if (phase === 'Succeeded') return 'succeeded';
  return phase === 'Failed' || isGoing(pod) ? 'failed' : undefined;
}

/**
 * The next step of the account: an end is first written down by UID, then its pod is let go, then it is counted. So no end is counted twice
 * or forgotten, wherever the controller is killed.
 */
export function account({ status }: Observed<Job>, pods: readonly SeenPod[]): Ends {
  const tracked = new Map(pods.filter(isTracked).map((pod) => [pod.metadata.uid, pod]));
  const next = (end: 'succeeded' | 'failed'): { counted: number; uncounted: string[] } => {
    const written = status?.uncountedTerminatedPods?.[end] ?? [];
    const held = written.filter((uid) => tracked.has(uid));
    const fresh = [...tracked.values()].filter((pod) => endOf(pod) === end && !isWritten(status, pod.metadata.uid));
    const counted = (status?.[end] ?? 0) + written.length - held.length;
    return { counted, uncounted: [...held, ...fresh.map(({ metadata }) => metadata.uid)] };
  };
  const [succeeded, failed] = [next('succeeded'), next('failed')];
  return {
    succeeded: succeeded.counted,
    failed: failed.counted,
    uncounted: { succeeded: succeeded.uncounted, failed: failed.uncounted },
  };
}

function isWritten(status: Observed<Job>['status'], uid: string): boolean {
  const { succeeded = [], failed = [] } = status?.uncountedTerminatedPods ?? {};
  return succeeded.includes(uid) || failed.includes(uid);
}

/** Pods whose end is written down on the server, and that may be let go. */
export function released({ status }: Observed<Job>, pods: readonly SeenPod[]): SeenPod[] {
  return pods.filter((pod) => isTracked(pod) && isWritten(status, pod.metadata.uid));
}
