import type { PodCondition, PodStatus } from '../../api/pod.js';
import { isSame } from '../json.js';
import { isOwned } from './conditions.js';

// What a kubelet sends of a status: only what differs from what the API holds, and nothing that belongs to others.

/**
 * The status to be, from what the API holds and what the kubelet computed: conditions of others stay as they are there, and a last
 * phase waits until nothing can run any more. Source: mergePodStatus of the kubelet.
 */
export function mergeStatus(stored: PodStatus, computed: PodStatus, mayRun: boolean): PodStatus {
  const isEnding = !isFinal(stored) && isFinal(computed);
  const disruption =
    isEnding && !mayRun ? (computed.conditions ?? []).filter(({ type }) => type === 'DisruptionTarget') : [];
  const foreign = (stored.conditions ?? []).filter(
    (condition) => !isOwned(condition) && !disruption.some(({ type }) => type === condition.type),
  );
  const owned = (computed.conditions ?? []).filter(isOwned);
  const merged: PodStatus = { ...computed, conditions: [...foreign, ...disruption, ...owned] };
  if (!isEnding || !mayRun) return merged;
  const { reason: _reason, message: _message, ...rest } = merged;
  return {
    ...rest,
    ...(stored.phase !== undefined && { phase: stored.phase }),
    ...(stored.reason !== undefined && { reason: stored.reason }),
    ...(stored.message !== undefined && { message: stored.message }),
  };
}

export function isFinal({ phase }: PodStatus): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}

/** Fields of a status that are a kubelet's; those it does not name stay. */
const FIELDS = [
  'observedGeneration',
  'phase',
  'reason',
  'message',
  'hostIP',
  'podIP',
  'startTime',
  'initContainerStatuses',
  'containerStatuses',
] as const;

/** A strategic merge patch from one status to the other, undefined where they are the same. */
export function statusPatch(uid: string, from: PodStatus, to: PodStatus): object | undefined {
  const status: Record<string, unknown> = {};
  for (const field of FIELDS) {
    if (!isSame(from[field], to[field])) status[field] = to[field] ?? null;
  }
  for (const field of ['hostIPs', 'podIPs'] as const) {
    const addresses = addressPatch(from[field] ?? [], to[field] ?? []);
    if (addresses.length > 0) status[field] = addresses;
  }
  const conditions = conditionPatch(from.conditions ?? [], to.conditions ?? []);
  if (conditions.length > 0) status['conditions'] = conditions;
  // The UID makes it fail on another pod of the same name.
  return Object.keys(status).length === 0 ? undefined : { metadata: { uid }, status };
}

/** Merged by type: only changed conditions are named, and of a field that goes that it goes. */
function conditionPatch(from: readonly PodCondition[], to: readonly PodCondition[]): object[] {
  return to.flatMap((condition) => {
    const before = from.find(({ type }) => type === condition.type);
    if (isSame(before, condition)) return [];
    const gone = Object.keys(before ?? {}).filter((key) => !(key in condition));
    return [{ ...condition, ...Object.fromEntries(gone.map((key) => [key, null])) }];
  });
}

function addressPatch(from: readonly { ip: string }[], to: readonly { ip: string }[]): object[] {
  const added = to.filter(({ ip }) => !from.some((one) => one.ip === ip));
  const gone = from.filter(({ ip }) => !to.some((one) => one.ip === ip));
  return [...added, ...gone.map(({ ip }) => ({ ip, $patch: 'delete' }))];
}
