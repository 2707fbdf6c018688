import type { GameStatefulSet } from '../../../src/api/generated/types/game-stateful-set.js';

// What a spec allows, worked out from rollout.md and by nobody else.

type Count = number | string | undefined;

export function maxUnavailable({ spec }: GameStatefulSet): number {
  if ((spec.podManagementPolicy ?? 'OrderedReady') === 'OrderedReady') return 1;
  const written = spec.updateStrategy?.rollingUpdate?.maxUnavailable;
  return Math.max(1, countOf(written ?? '25%', spec.replicas ?? 1, Math.floor) ?? 1);
}

export const partition = ({ spec }: GameStatefulSet): number =>
  countOf(spec.updateStrategy?.rollingUpdate?.partition, spec.replicas ?? 1, Math.ceil) ?? 0;

export const graceOf = ({ spec }: GameStatefulSet): number =>
  spec.updateStrategy?.inPlaceUpdateStrategy?.gracePeriodSeconds ?? 0;

/** Whether a pod may be made anew to be updated. */
export function mayRecreate({ spec: { updateStrategy } }: GameStatefulSet): boolean {
  return updateStrategy?.type !== 'InplaceUpdate' || updateStrategy.inPlaceUpdateStrategy?.fallback === 'Recreate';
}

/** Whether a pod that was made without the gate is made anew to get it. */
export const recreatesUngated = ({ spec: { disableReadinessGate, updateStrategy } }: GameStatefulSet): boolean =>
  disableReadinessGate !== true && updateStrategy?.inPlaceUpdateStrategy?.ungatedPods !== 'Patch';

function countOf(written: Count, of: number, round: (value: number) => number): number | undefined {
  if (typeof written !== 'string') return written;
  return written.endsWith('%') ? round((of * Number.parseInt(written, 10)) / 100) : Number(written);
}
