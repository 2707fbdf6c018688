import type { GameStatefulSet } from '../../api/generated/types/game-stateful-set.js';
import type { UpdateType } from '../../api/generated/types/updates.js';
import { maxUnavailableOf, partitionOf } from '../count.js';

/** The spec with its defaults and its percentages worked out. */
export interface Settings {
  readonly replicas: number;
  /** Ordinal of the first pod. */
  readonly start: number;
  readonly type: UpdateType;
  /** How many pods, from the first on, are not to be updated. */
  readonly partition: number;
  /** How many pods may be unavailable at a time; an ordered set goes one by one. */
  readonly maxUnavailable: number;
  /** Seconds out of traffic before a pod is patched. */
  readonly grace: number;
  readonly paused: boolean;
  /** Whether new pods get the readiness gate. */
  readonly gated: boolean;
  /** Whether a pod may be replaced when it cannot be updated in place. */
  readonly mayRecreate: boolean;
  /** Whether a pod without the readiness gate is patched rather than replaced. */
  readonly patchUngated: boolean;
  readonly ordered: boolean;
  /** Seconds that a pod must have been ready to be available. */
  readonly minReady: number;
  /** Seconds without progress after which the workload is Degraded. */
  readonly progressDeadline?: number;
  /** Names of Jobs. */
  readonly prerequisites: readonly string[];
}

/** Defaults of the kind: api.md and research/bcs.md 1.2. */
export function settingsOf({ spec }: GameStatefulSet): Settings {
  const { replicas = 1, updateStrategy = {}, progressDeadlineSeconds } = spec;
  const { type = 'RollingUpdate', rollingUpdate = {}, inPlaceUpdateStrategy = {}, paused = false } = updateStrategy;
  const inPlace = type === 'InplaceUpdate';
  const ordered = (spec.podManagementPolicy ?? 'OrderedReady') === 'OrderedReady';
  return {
    replicas,
    start: spec.ordinals?.start ?? 0,
    type,
    partition: type === 'OnDelete' ? 0 : partitionOf(rollingUpdate.partition, replicas),
    maxUnavailable: ordered ? 1 : maxUnavailableOf(rollingUpdate.maxUnavailable, replicas),
    grace: inPlaceUpdateStrategy.gracePeriodSeconds ?? 0,
    paused,
    gated: inPlace && spec.disableReadinessGate !== true,
    mayRecreate: !inPlace || inPlaceUpdateStrategy.fallback === 'Recreate',
    patchUngated: spec.disableReadinessGate === true || inPlaceUpdateStrategy.ungatedPods === 'Patch',
    ordered,
    minReady: spec.minReadySeconds ?? 0,
    ...(progressDeadlineSeconds !== undefined && { progressDeadline: progressDeadlineSeconds }),
    prerequisites: (spec.prerequisites ?? []).map(({ name }) => name),
  };
}
