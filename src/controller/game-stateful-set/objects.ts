import type { GameStatefulSet } from '../../api/generated/types/game-stateful-set.js';
import type { ControllerRevision, Job, StatefulSet } from '../../api/native.js';
import type { Pod } from '../../api/pod.js';
import type { KubeObject, ObjectMeta } from '../../kube/objects.js';

// The objects that a decision looks at, as they come out of a store.

export type Workload = Omit<GameStatefulSet, 'metadata'> & KubeObject;
export type Child = Omit<StatefulSet, 'metadata'> & KubeObject;
export type Revision = Omit<ControllerRevision, 'metadata'> & KubeObject;
export type PrerequisiteJob = Omit<Job, 'metadata'> & KubeObject;
export type GamePod = Omit<Pod, 'metadata'> & KubeObject;

/** The one thing that is looked for in a Node. */
export interface KubeletNode extends KubeObject {
  status?: { nodeInfo?: { kubeletVersion?: string } };
}

/** discovery.k8s.io/v1, without addresses and ports. */
export interface EndpointSlice extends KubeObject {
  endpoints?: Endpoint[] | null;
}

export interface Endpoint {
  conditions?: { ready?: boolean; serving?: boolean; terminating?: boolean };
  targetRef?: { kind?: string; name?: string; namespace?: string; uid?: string };
}

/** The owner that manages an object, if it is of this kind. */
export function controllerOf(
  metadata: DeepMetadata,
  kind?: string,
): { name: string; uid: string; kind: string } | undefined {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  return owner === undefined || (kind !== undefined && owner.kind !== kind) ? undefined : owner;
}

type DeepMetadata = {
  readonly ownerReferences?: readonly Readonly<NonNullable<ObjectMeta['ownerReferences']>[number]>[];
};
