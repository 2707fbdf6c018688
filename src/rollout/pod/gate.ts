import type { Pod, PodCondition } from '../../api/pod.js';
import { conditionOf } from '../../api/pod.js';

/** The readiness gate through which we take a pod out of traffic before it is touched. */
export const READINESS_GATE = 'InPlaceUpdateReady';

/** What is going to happen to a pod whose gate is closed. Frozen when the gate closes. */
export interface UpdatePlan {
  /** The revision that the pod will be patched to. */
  readonly target: string;
  /** Seconds between the moment in which the pod is seen out of traffic and the patch. */
  readonly grace: number;
}

export type Gate =
  /** The pod has none: it is taken out of traffic by nobody. */
  | { readonly kind: 'none' }
  /** Never written, as in every new pod: closed until somebody opens it. */
  | { readonly kind: 'unopened' }
  | { readonly kind: 'open' }
  /** `plan` is absent where the message is not one that we write. */
  | { readonly kind: 'closed'; readonly plan?: UpdatePlan; readonly since?: string };

export function gateOf(pod: Pod): Gate {
  if (!hasGate(pod)) return { kind: 'none' };
  const condition = conditionOf(pod.status, READINESS_GATE);
  if (!condition) return { kind: 'unopened' };
  if (condition.status === 'True') return { kind: 'open' };
  const plan = planIn(condition.message);
  return {
    kind: 'closed',
    ...(plan && { plan }),
    ...(condition.lastTransitionTime !== undefined && { since: condition.lastTransitionTime }),
  };
}

export const hasGate = ({ spec }: Pod): boolean =>
  spec.readinessGates?.some(({ conditionType }) => conditionType === READINESS_GATE) === true;

const PLAN = /^out of traffic for (\d{1,9}) s, then updated to (\S+)$/;

function planIn(message: string | undefined): UpdatePlan | undefined {
  const [, grace, target] = PLAN.exec(message ?? '') ?? [];
  return grace === undefined || target === undefined ? undefined : { target, grace: Number(grace) };
}

/** The condition that closes the gate; its message is the plan, for people and for {@link gateOf}. */
export function closedGate({ target, grace }: UpdatePlan, at: string): PodCondition {
  return {
    type: READINESS_GATE,
    status: 'False',
    reason: 'UpdatePlanned',
    message: `out of traffic for ${grace} s, then updated to ${target}`,
    lastTransitionTime: at,
  };
}

export function openGate(reason: 'PodStarted' | 'UpdateVerified' | 'UpdateCancelled', at: string): PodCondition {
  return { type: READINESS_GATE, status: 'True', reason, message: '', lastTransitionTime: at };
}
