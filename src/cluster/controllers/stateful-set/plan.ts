import { REVISION_LABEL } from '../../../api/native.js';
import { isReady } from '../../../api/pod.js';
import type { Observed } from '../../../kube/store.js';
import type { SeenPod, StatefulSet } from '../objects.js';
import { isGoing } from '../owners.js';
import { isAvailable, isOver } from '../pod-state.js';
import { hasItsClaims } from './claims.js';
import { isWanted, ordinalIn, POD_NAME_LABEL, replicasOf, startOf } from './identity.js';

/** One thing that is to be done to a pod. */
export type Step =
  | { readonly kind: 'create'; readonly ordinal: number }
  /** `over`: it has ended, and its successor needs its name. `surplus`: its ordinal is not wanted. `old`: of another revision. */
  | { readonly kind: 'delete'; readonly pod: SeenPod; readonly why: 'over' | 'surplus' | 'old' }
  /** It lacks labels or volumes that say who it is. */
  | { readonly kind: 'identify'; readonly pod: SeenPod; readonly ordinal: number };

/** What is done at once; each part only when the one before has succeeded. */
export interface Plan {
  /** Pods that are wanted, lowest ordinal first. */
  readonly keep: readonly Step[];
  /** Pods that are not, highest first. */
  readonly shrink: readonly Step[];
  /** The one pod that is deleted to be updated. */
  readonly update: Step | undefined;
}

/**
 * What a StatefulSet does next. `Parallel` does all at once; `OrderedReady` goes from pod to pod, and stops at the first that is to be
 * waited for. Source: updateStatefulSet of Kubernetes.
 */
export function planFor(set: Observed<StatefulSet>, pods: readonly SeenPod[], revision: string, now: number): Plan {
  const nothing: Plan = { keep: [], shrink: [], update: undefined };
  if (isGoing(set)) return nothing;
  const members = placed(set, pods);
  const inOrder = set.spec.podManagementPolicy !== 'Parallel';
  const isUp = (pod: SeenPod | undefined): boolean => pod !== undefined && isUsable(set, pod, now);

  const keep: Step[] = [];
  for (const [index, pod] of members.wanted.entries()) {
    const ordinal = startOf(set) + index;
    const step = keepingStep(set, ordinal, pod);
    const waits = inOrder && !isUp(pod);
    if (step && !(waits && step.kind === 'identify')) keep.push(step);
    if (waits) return { ...nothing, keep };
  }

  const leaving = members.surplus.filter((pod) => !isGoing(pod));
  if (!inOrder) {
    const shrink = leaving.map((pod): Step => ({ kind: 'delete', pod, why: 'surplus' }));
    return { keep, shrink, update: updateStep(set, members.wanted, revision, isUp) };
  }
  const [next] = members.surplus;
  if (next === undefined) return { keep, shrink: [], update: updateStep(set, members.wanted, revision, isUp) };
  // All that are wanted are up, so the first that is not is the lowest of the others; that one may go although it is not.
  const firstDown = members.surplus.findLast((pod) => !isUp(pod));
  if (isGoing(next) || (!isUp(next) && next !== firstDown)) return { ...nothing, keep };
  return { ...nothing, keep, shrink: [{ kind: 'delete', pod: next, why: 'surplus' }] };
}

/** Pods by place: those that are wanted from the first ordinal on, and the others, highest first. */
export function placed(set: Observed<StatefulSet>, pods: readonly SeenPod[]) {
  const wanted: (SeenPod | undefined)[] = Array.from({ length: replicasOf(set) });
  const others: { readonly pod: SeenPod; readonly ordinal: number }[] = [];
  for (const pod of pods) {
    const ordinal = ordinalIn(set, pod.metadata.name);
    if (ordinal === undefined) continue;
    if (isWanted(set, ordinal)) wanted[ordinal - startOf(set)] = pod;
    else others.push({ pod, ordinal });
  }
  others.sort((one, other) => other.ordinal - one.ordinal);
  return { wanted, surplus: others.map(({ pod }) => pod) };
}

function keepingStep(set: Observed<StatefulSet>, ordinal: number, pod: SeenPod | undefined): Step | undefined {
  if (pod === undefined) return { kind: 'create', ordinal };
  if (isOver(pod)) return isGoing(pod) ? undefined : { kind: 'delete', pod, why: 'over' };
  const knows = pod.metadata.labels?.[POD_NAME_LABEL] === pod.metadata.name && hasItsClaims(set, ordinal, pod);
  return knows ? undefined : { kind: 'identify', pod, ordinal };
}

/** From the last pod down to the partition: the first of another revision goes, unless one before it is still to be waited for. */
function updateStep(
  set: Observed<StatefulSet>,
  wanted: readonly (SeenPod | undefined)[],
  revision: string,
  isUp: (pod: SeenPod | undefined) => boolean,
): Step | undefined {
  const { type = 'RollingUpdate', rollingUpdate } = set.spec.updateStrategy ?? {};
  if (type === 'OnDelete') return undefined;
  for (let index = wanted.length - 1; index >= (rollingUpdate?.partition ?? 0); index--) {
    const pod = wanted[index];
    // One that is created in this very step is of the right revision, and not up.
    if (pod && pod.metadata.labels?.[REVISION_LABEL] !== revision && !isGoing(pod))
      return { kind: 'delete', pod, why: 'old' };
    if (!isUp(pod)) return undefined;
  }
  return undefined;
}

function isUsable(set: Observed<StatefulSet>, pod: SeenPod, now: number): boolean {
  const { minReadySeconds = 0 } = set.spec;
  const isRunning = pod.status?.phase === 'Running' && isReady(pod);
  return isRunning && isAvailable(pod, minReadySeconds, now) && !isGoing(pod);
}
