import { conditionOf, isReady } from '../../api/pod.js';
import type { SeenPod } from './objects.js';
import type { ComeBack } from '../../kube/work-queue.js';
import { isGoing } from './owners.js';

/** It counts for who keeps a number of pods: neither over nor going. */
export function isActive(pod: SeenPod): boolean {
  return !isOver(pod) && !isGoing(pod);
}

/** All its containers have ended, for good. */
export function isOver({ status }: SeenPod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}

/** Since when it is Ready: milliseconds since 1970, undefined when it is not. */
export function readySince(pod: SeenPod): number | undefined {
  if (!isReady(pod)) return undefined;
  const since = conditionOf(pod.status, 'Ready')?.lastTransitionTime;
  return since === undefined ? 0 : Date.parse(since);
}

/** In how many milliseconds it has been Ready for long enough; 0 when it has, undefined when it is not Ready. */
export function availableIn(pod: SeenPod, minReadySeconds: number, now: number): number | undefined {
  const since = readySince(pod);
  return since === undefined ? undefined : Math.max(0, since + minReadySeconds * 1000 - now);
}

export function isAvailable(pod: SeenPod, minReadySeconds: number, now: number): boolean {
  return availableIn(pod, minReadySeconds, now) === 0;
}

/** When the next of them has been Ready for long enough: no event tells. */
export function nextAvailable(
  pods: readonly SeenPod[],
  minReadySeconds: number | undefined,
  now: number,
): ComeBack | undefined {
  if (minReadySeconds === undefined || minReadySeconds === 0) return undefined;
  const waits = pods.flatMap((pod) => availableIn(pod, minReadySeconds, now) || []);
  return waits.length === 0 ? undefined : { after: Math.min(...waits) };
}
