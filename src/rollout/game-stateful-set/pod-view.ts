import { REVISION_LABEL } from '../../api/native.js';
import type { Pod } from '../../api/pod.js';
import { conditionOf, isReady } from '../../api/pod.js';
import type { Observations } from '../observations.js';
import { completionOf } from '../pod/completion.js';
import type { Completion } from '../pod/completion.js';
import { gateOf } from '../pod/gate.js';
import type { Gate, UpdatePlan } from '../pod/gate.js';
import { unknownState, updateStateOf } from '../pod/update-state.js';
import type { UpdateState } from '../pod/update-state.js';
import { timestamp } from '../time.js';
import type { At } from './action.js';

/** Where a pod is in its update: rollout.md section 3. */
export type PodStage =
  /** On its way out, or ended: the child replaces it. */
  | { readonly kind: 'leaving' }
  /** Its gate has never been opened. */
  | { readonly kind: 'newborn' }
  | { readonly kind: 'serving' }
  /**
   * Out of traffic, and the patch that is planned has not been sent. `plan` is absent where somebody else closed the gate.
   * `unproven`: an earlier plan of the same closing was carried out, and what runs is not proven.
   */
  | { readonly kind: 'draining'; readonly plan?: UpdatePlan; readonly since: string; readonly unproven: boolean }
  /** Patched; what runs is not proven yet. */
  | {
      readonly kind: 'verifying';
      readonly state: UpdateState;
      readonly completion: Exclude<Completion, { kind: 'complete' }>;
    }
  /** Patched and proven; its gate is still closed. */
  | { readonly kind: 'verified' };

/** A pod, and everything that is concluded from it alone. */
export interface PodView {
  readonly pod: Pod;
  readonly name: string;
  readonly at: At;
  readonly ordinal: number;
  /** Counted from the first ordinal of the child, as its partition is. */
  readonly index: number;
  /** The revision that it is at, when its label and its own state agree on one. */
  readonly revision: string | undefined;
  /** The revision whose template it has, as far as can be told: changes are counted from there. */
  readonly base: string | undefined;
  /** What we patched into it last. */
  readonly state: UpdateState | undefined;
  readonly gate: Gate;
  readonly stage: PodStage;
  readonly ready: boolean;
  /** Ready for long enough, and nothing is under way. */
  readonly available: boolean;
  /** When it becomes available if it stays ready. */
  readonly availableAt?: number;
  /** No container runs in it but those that have not served since our last patch: no player is in it. */
  readonly empty: boolean;
}

/** `start` is the first ordinal of the child; `minReady` the seconds that a pod must have been ready to be available. */
export function viewOf(
  pod: Pod,
  { start, minReady }: { readonly start: number; readonly minReady: number },
  observed: Observations,
  now: number,
): PodView | undefined {
  const { name, uid, resourceVersion } = pod.metadata;
  const ordinal = Number(/-(\d+)$/.exec(name ?? '')?.[1] ?? NaN);
  if (name === undefined || uid === undefined || resourceVersion === undefined || Number.isNaN(ordinal))
    return undefined;
  const gate = gateOf(pod);
  const label = pod.metadata.labels?.[REVISION_LABEL];
  const state = stateOf(pod, gate, label);
  const stage = stageOf(pod, gate, state, observed, now);
  const ready = isReady(pod);
  const since = Date.parse(conditionOf(pod.status, 'Ready')?.lastTransitionTime ?? '');
  const availableAt = (Number.isNaN(since) ? now : since) + minReady * 1000;
  const settled = ready && stage.kind === 'serving';
  return {
    pod,
    name,
    at: { name, uid, resourceVersion },
    ordinal,
    index: ordinal - start,
    ...revisionsOf(pod, label),
    state,
    gate,
    stage,
    ready,
    available: settled && availableAt <= now,
    ...(settled && availableAt > now && { availableAt }),
    empty: isEmpty(pod, gate, stage, ready),
  };
}

/** A label that somebody changed without the state that we write beside it proves nothing. */
function revisionsOf(pod: Pod, label: string | undefined): Pick<PodView, 'revision' | 'base'> {
  const found = updateStateOf(pod);
  switch (found.kind) {
    case 'none':
      return { revision: label, base: label };
    case 'unreadable':
      return { revision: undefined, base: label };
    case 'state': {
      const { revision } = found.state;
      return { revision: revision === label ? label : undefined, base: revision };
    }
  }
}

function stateOf(pod: Pod, gate: Gate, label: string | undefined): UpdateState | undefined {
  const found = updateStateOf(pod);
  if (found.kind === 'state') return found.state;
  // Label and state come in one patch: where the label is at the target of the plan, that patch was sent.
  if (gate.kind !== 'closed' || !gate.plan || gate.plan.target !== label) return undefined;
  return unknownState(pod, label, gate.since ?? timestamp(0));
}

function stageOf(pod: Pod, gate: Gate, state: UpdateState | undefined, observed: Observations, now: number): PodStage {
  const { phase } = pod.status ?? {};
  if (pod.metadata.deletionTimestamp !== undefined || phase === 'Failed' || phase === 'Succeeded')
    return { kind: 'leaving' };
  const { kind } = gate;
  const completion = state && completionOf(pod, state, observed, now);
  if (kind === 'closed' && !(state && (gate.plan === undefined || gate.plan.target === state.revision))) {
    const unproven = isWithdrawn(gate, state) && completion?.kind !== 'complete';
    return { kind: 'draining', ...(gate.plan && { plan: gate.plan }), since: gate.since ?? '', unproven };
  }
  const verifying =
    state && completion && completion.kind !== 'complete'
      ? ({ kind: 'verifying', state, completion } as const)
      : undefined;
  switch (kind) {
    case 'open':
    case 'none':
      // Nobody writes down that a pod in traffic is done: what the kubelet has once acted on stays so.
      return verifying && !hasActed(verifying.completion) ? verifying : { kind: 'serving' };
    case 'unopened':
      return verifying ?? { kind: (state?.containers.length ?? 0) > 0 ? 'verified' : 'newborn' };
    case 'closed':
      return verifying ?? { kind: 'verified' };
  }
}

/** Whether the kubelet has done with the last patch what it could. */
export const hasActed = (completion: Completion): boolean => completion.kind === 'pending' && completion.acted;

function isEmpty(pod: Pod, gate: Gate, stage: PodStage, ready: boolean): boolean {
  if (ready) return false;
  if (stage.kind === 'newborn') return true;
  const running = (pod.status?.containerStatuses ?? []).filter(({ state }) => state?.running);
  // What we have started and never let into traffic serves nobody; containers that we left alone may.
  const isOurs = stage.kind === 'verifying' && isWithdrawn(gate, stage.state) && hasActed(stage.completion);
  const ours = isOurs ? stage.state.containers.map(({ name }) => name) : [];
  return running.every(({ name }) => ours.includes(name));
}

/**
 * Whether a pod has not been in traffic since our last patch: we closed its gate before. Somebody else's drain promises
 * nothing. Both times are of our clock, in whole seconds.
 */
export const isWithdrawn = (gate: Gate, state: UpdateState | undefined): boolean =>
  gate.kind === 'closed' &&
  gate.plan !== undefined &&
  state !== undefined &&
  Date.parse(gate.since ?? '') <= Date.parse(state.updateTimestamp);
