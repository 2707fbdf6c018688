import type { GameStatefulSetStatus } from '../../api/generated/types/game-stateful-set.js';
import type { StatefulSet } from '../../api/native.js';
import type { PodChange } from '../diff.js';
import type { UpdatePlan } from '../pod/gate.js';
import type { UpdateState } from '../pod/update-state.js';

/** An object at the version that was decided on: anything newer refuses the write. */
export interface At {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
}

/** One write, or one question to the API server. All can be repeated, and all say why. */
export type Action = { readonly why: string } & (
  | { readonly kind: 'resolveTemplate'; readonly child: StatefulSet; readonly generation: number }
  | { readonly kind: 'createChild'; readonly child: StatefulSet }
  | { readonly kind: 'changeChild'; readonly child: At; readonly change: ChildChange }
  | {
      readonly kind: 'openGate';
      readonly pod: At;
      readonly reason: 'PodStarted' | 'UpdateVerified' | 'UpdateCancelled';
    }
  /** `since` is when it closed, for one that is closed already and gets another plan. */
  | { readonly kind: 'closeGate'; readonly pod: At; readonly plan: UpdatePlan; readonly since?: string }
  | { readonly kind: 'updatePod'; readonly pod: At; readonly change: PodChange; readonly state: UpdateState }
  | { readonly kind: 'deletePod'; readonly pod: At }
  | { readonly kind: 'writeStatus'; readonly workload: At; readonly status: GameStatefulSetStatus }
);

/** Fields of the child's spec that take another value, each as a whole. */
export type ChildChange = Partial<
  Pick<
    StatefulSet['spec'],
    | 'replicas'
    | 'ordinals'
    | 'template'
    | 'updateStrategy'
    | 'minReadySeconds'
    | 'revisionHistoryLimit'
    | 'persistentVolumeClaimRetentionPolicy'
  >
>;

export interface Decision {
  readonly actions: readonly Action[];
  /** Why something does not happen now, the most important first: sentences without a full stop. */
  readonly reasons: readonly string[];
  /** Milliseconds since 1970 at which to decide again if nothing changes before. */
  readonly wakeAt?: number;
}
