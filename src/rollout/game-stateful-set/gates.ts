import { conditionOf } from '../../api/pod.js';
import { READINESS_GATE } from '../pod/gate.js';
import type { UpdatePlan } from '../pod/gate.js';
import type { PodView } from './pod-view.js';
import type { Round } from './round.js';

/** Milliseconds after which a pod counts as out of traffic although nobody confirms it. */
const CONFIRMED_WITHIN = 10_000;

/** How far a drain has come. Times in milliseconds since 1970. */
export type Drain =
  | { readonly kind: 'draining' | 'done'; readonly until: number; readonly unconfirmed: boolean }
  /** Our write is there, and the kubelet has not followed yet. */
  | { readonly kind: 'leavingTraffic'; readonly at: number };

/**
 * The grace counts from the moment in which the pod is seen out of traffic: its gate False, Ready False, and no endpoint
 * that offers it. What this process did not see itself is not counted: a restart lengthens a grace, never shortens one.
 */
export function drainOf({ observed, now, snapshot }: Round, view: PodView, { grace }: UpdatePlan): Drain {
  const closing = `${view.at.uid}/${conditionOf(view.pod.status, READINESS_GATE)?.lastTransitionTime ?? ''}`;
  const deadline = observed.since(`${closing}/closed`, now) + CONFIRMED_WITHIN;
  const isOut = !view.ready && !snapshot.inTraffic.has(view.at.uid);
  if (!isOut && now < deadline) return { kind: 'leavingTraffic', at: deadline };
  // Once it counts as out it stays so, whatever is confirmed later.
  const from = observed.since(`${closing}/out`, isOut ? now : deadline);
  const until = from + grace * 1000;
  return { kind: now >= until ? 'done' : 'draining', until, unconfirmed: !isOut };
}

/** Opens what is to be open whatever else happens: gates of new pods, and of pods that are done. Pauses included. */
export function openGates({ pods, draft }: Round): void {
  for (const { name, at, stage } of pods) {
    if (draft.touched.has(at.uid)) continue;
    if (stage.kind === 'newborn') draft.do({ kind: 'openGate', pod: at, reason: 'PodStarted', why: `${name} is new` });
    if (stage.kind === 'verified')
      draft.do({ kind: 'openGate', pod: at, reason: 'UpdateVerified', why: `${name} runs its update` });
  }
}
