import type { GameStatefulSet } from '../../api/generated/types/game-stateful-set.js';
import type { PersistentVolumeClaim, PodTemplateSpec } from '../../api/kubernetes.js';
import type { ControllerRevision, Job, StatefulSet } from '../../api/native.js';
import type { Pod } from '../../api/pod.js';
import type { HookGate } from '../hook-gate.js';

/** Everything that a decision about one GameStatefulSet looks at, as the store showed it at one moment. */
export interface GameStatefulSetSnapshot {
  readonly workload: GameStatefulSet;
  /** The StatefulSet of its name that it owns. */
  readonly child?: StatefulSet;
  /** Who has a StatefulSet of that name that is not ours, as `Kind/name`, or `nobody`. */
  readonly nameTakenBy?: string;
  /** Of the child, and those that its pods carry. */
  readonly revisions: readonly ControllerRevision[];
  /** Those of the child, whatever their ordinal, and those that it will adopt: see `isPodOf`. */
  readonly pods: readonly Pod[];
  /** The prerequisites that exist, by name. */
  readonly jobs: ReadonlyMap<string, Job>;
  /** The template of the spec with the API server's defaults; absent until it was asked for this generation. */
  readonly resolved?: ResolvedTemplate;
  /** UIDs of pods that an EndpointSlice still offers as ready. */
  readonly inTraffic: ReadonlySet<string>;
  /** Kubelet versions by node, such as `v1.34.1`. */
  readonly kubelets: ReadonlyMap<string, string>;
  readonly hooks: HookGate;
  /** The server was seen to refuse another revisionHistoryLimit for a StatefulSet that exists. */
  readonly historyLimitIsFixed?: boolean;
}

export type ResolvedTemplate =
  | {
      readonly generation: number;
      readonly template: PodTemplateSpec;
      /** The claim templates, with the server's defaults and its way to write sizes. */
      readonly claims?: readonly PersistentVolumeClaim[];
    }
  /** The API server refuses it; in its words. */
  | { readonly generation: number; readonly refused: string };
