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
  readonly maxUnavailable: number;
  /** Seconds out of traffic before a pod is patched. */
  readonly grace: number;
  readonly paused: boolean;
  /** Whether new pods get the readiness gate. */
  readonly gated: boolean;
  readonly mayRecreate: boolean;
  readonly patchUngated: boolean;
  readonly ordered: boolean;
  readonly minReady: number;
  readonly prerequisites: readonly string[];
}

/** Defaults of the kind: api.md and research/bcs.md 1.2. */
export function settingsOf({ spec }: GameStatefulSet): Settings {
  const { replicas = 1, updateStrategy = {} } = spec;
  const { type = 'RollingUpdate', rollingUpdate = {}, inPlaceUpdateStrategy = {}, paused = false } = updateStrategy;
  const inPlace = type === 'InplaceUpdate';
  return {
    replicas,
    start: spec.ordinals?.start ?? 0,
    type,
    partition: Math.min(replicas, partitionOf(rollingUpdate.partition, replicas)),
    maxUnavailable: maxUnavailableOf(rollingUpdate.maxUnavailable, replicas),
    grace: inPlaceUpdateStrategy.gracePeriodSeconds ?? 0,
    paused,
    gated: inPlace && spec.disableReadinessGate !== true,
    mayRecreate: !inPlace || inPlaceUpdateStrategy.fallback === 'Recreate',
    patchUngated: spec.disableReadinessGate === true || inPlaceUpdateStrategy.ungatedPods === 'Patch',
    ordered: (spec.podManagementPolicy ?? 'OrderedReady') === 'OrderedReady',
    minReady: spec.minReadySeconds ?? 0,
    prerequisites: (spec.prerequisites ?? []).map(({ name }) => name),
  };
}
