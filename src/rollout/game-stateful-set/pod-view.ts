import { REVISION_LABEL } from '../../api/native.js';
import type { Pod } from '../../api/pod.js';
import { conditionOf, isReady } from '../../api/pod.js';
import type { Observations } from '../observations.js';
import { completionOf } from '../pod/completion.js';
import type { Completion } from '../pod/completion.js';
import { gateOf } from '../pod/gate.js';
import type { Gate, UpdatePlan } from '../pod/gate.js';
import { updateStateOf } from '../pod/update-state.js';
import type { UpdateState } from '../pod/update-state.js';
import type { At } from './action.js';
import type { Settings } from './settings.js';

/** Where a pod is in its update: rollout.md section 3. */
export type PodStage =
  /** On its way out, or ended: the child replaces it. */
  | { readonly kind: 'leaving' }
  /** Its gate has never been opened. */
  | { readonly kind: 'newborn' }
  | { readonly kind: 'serving' }
  /** Out of traffic; the patch has not been sent. `plan` is absent where somebody else closed the gate. */
  | { readonly kind: 'draining'; readonly plan?: UpdatePlan; readonly since: string }
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
  /** Counted from the first ordinal. */
  readonly index: number;
  /** The revision that it is at, when its label and its own state agree on one. */
  readonly revision: string | undefined;
  /** The revision whose template it has, as far as can be told: changes are counted from there. */
  readonly base: string | undefined;
  readonly gate: Gate;
  readonly stage: PodStage;
  readonly ready: boolean;
  /** Ready for long enough, and nothing is under way. */
  readonly available: boolean;
  /** When it becomes available if it stays ready. */
  readonly availableAt?: number;
  /** No game container runs in it, or none has served since our last patch: no player is in it. */
  readonly empty: boolean;
}

export function viewOf(pod: Pod, settings: Settings, observed: Observations, now: number): PodView | undefined {
  const { name, uid, resourceVersion } = pod.metadata;
  const ordinal = Number(/-(\d+)$/.exec(name ?? '')?.[1] ?? NaN);
  if (name === undefined || uid === undefined || resourceVersion === undefined || Number.isNaN(ordinal))
    return undefined;
  const gate = gateOf(pod);
  const stage = stageOf(pod, gate, observed, now);
  const ready = isReady(pod);
  const since = Date.parse(conditionOf(pod.status, 'Ready')?.lastTransitionTime ?? '');
  const availableAt = (Number.isNaN(since) ? now : since) + settings.minReady * 1000;
  const settled = ready && stage.kind === 'serving';
  return {
    pod,
    name,
    at: { name, uid, resourceVersion },
    ordinal,
    index: ordinal - settings.start,
    ...revisionsOf(pod),
    gate,
    stage,
    ready,
    available: settled && availableAt <= now,
    ...(settled && availableAt > now && { availableAt }),
    empty: isEmpty(pod, stage),
  };
}

/** A label that somebody changed without the state that we write beside it proves nothing. */
function revisionsOf(pod: Pod): Pick<PodView, 'revision' | 'base'> {
  const label = pod.metadata.labels?.[REVISION_LABEL];
  const found = updateStateOf(pod);
  if (found.kind === 'none') return { revision: label, base: label };
  if (found.kind === 'unreadable') return { revision: undefined, base: label };
  const { revision } = found.state;
  return { revision: revision === label ? label : undefined, base: revision };
}

function stageOf(pod: Pod, gate: Gate, observed: Observations, now: number): PodStage {
  const { phase } = pod.status ?? {};
  if (pod.metadata.deletionTimestamp !== undefined || phase === 'Failed' || phase === 'Succeeded')
    return { kind: 'leaving' };
  const label = pod.metadata.labels?.[REVISION_LABEL];
  const found = updateStateOf(pod);
  const state = found.kind === 'state' && found.state.revision === label ? found.state : undefined;
  switch (gate.kind) {
    case 'open':
      return { kind: 'serving' };
    case 'unopened':
      return state ? proven(pod, state, observed, now) : { kind: 'newborn' };
    case 'none': {
      // Nobody writes down that such a pod is done: what the kubelet has once acted on stays so.
      const stage = state && proven(pod, state, observed, now);
      return stage?.kind === 'verifying' && !(stage.completion.kind === 'pending' && stage.completion.acted)
        ? stage
        : { kind: 'serving' };
    }
    case 'closed': {
      const { plan, since = '' } = gate;
      if (state && (plan === undefined || plan.target === label)) return proven(pod, state, observed, now);
      return { kind: 'draining', ...(plan && { plan }), since };
    }
  }
}

function proven(pod: Pod, state: UpdateState, observed: Observations, now: number): PodStage {
  const completion = completionOf(pod, state, observed, now);
  return completion.kind === 'complete' ? { kind: 'verified' } : { kind: 'verifying', state, completion };
}

function isEmpty(pod: Pod, stage: PodStage): boolean {
  if (stage.kind === 'newborn') return true;
  if (stage.kind === 'verifying') return stage.completion.kind === 'pending' && stage.completion.acted;
  const statuses = pod.status?.containerStatuses ?? [];
  return !isReady(pod) && statuses.every(({ state }) => !state?.running);
}
