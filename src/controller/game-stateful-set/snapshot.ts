import type { GameStatefulSet } from '../../api/generated/types/game-stateful-set.js';
import type { ControllerRevision, Job, StatefulSet } from '../../api/native.js';
import { keyOf } from '../../kube/objects.js';
import type { Observed } from '../../kube/store.js';
import type { GameStatefulSetSnapshot, ResolvedTemplate } from '../../rollout/game-stateful-set/snapshot.js';
import { unrunHooks } from '../../rollout/game-stateful-set/hooks.js';
import type { HookGate } from '../../rollout/hook-gate.js';
import { controllerOf } from './objects.js';
import type { Child, EndpointSlice, GamePod, KubeletNode, PrerequisiteJob, Revision, Workload } from './objects.js';
import type { Stores } from './watcher.js';

/** What was seen at one moment, in the stores or by asking the server: all that a snapshot is made of. */
export interface Seen {
  readonly workload: Observed<Workload>;
  /** The StatefulSet of the workload's name, whoever owns it. */
  readonly namesake: Observed<Child> | undefined;
  /** Those of that StatefulSet. */
  readonly revisions: readonly Observed<Revision>[];
  readonly pods: readonly Observed<GamePod>[];
  readonly jobs: readonly Observed<PrerequisiteJob>[];
  readonly slices: readonly Observed<EndpointSlice>[];
  readonly nodes: readonly Observed<KubeletNode>[];
}

export function seenInStores(stores: Stores, workload: Observed<Workload>): Seen {
  const { namespace, name } = workload.metadata;
  const named = (other: string) => ({ ...(namespace !== undefined && { namespace }), name: other });
  const namesake = stores.children.get(keyOf(named(name)));
  const uid = namesake?.metadata.uid ?? '';
  const pods = stores.pods.byIndex('owner', uid);
  const places = new Set(pods.flatMap(({ spec }) => spec.nodeName ?? []));
  return {
    workload,
    namesake,
    revisions: stores.revisions.byIndex('owner', uid),
    pods,
    jobs: (workload.spec.prerequisites ?? []).flatMap((job) => stores.jobs.get(named(job.name)) ?? []),
    slices: pods.flatMap(({ metadata }) => stores.slices.byIndex('pod', metadata.uid)),
    nodes: [...places].flatMap((node) => stores.nodes.get(node) ?? []),
  };
}

export interface SnapshotOptions {
  readonly resolved?: ResolvedTemplate | undefined;
  readonly hooks?: HookGate | undefined;
}

/** What `decide` looks at. */
export function snapshotOf(seen: Seen, { resolved, hooks }: SnapshotOptions = {}): GameStatefulSetSnapshot {
  const { workload, namesake } = seen;
  const owner = namesake && controllerOf(namesake.metadata);
  const isOurs = owner?.uid === workload.metadata.uid;
  // Nothing writes to an object of a snapshot; the generated types have no readonly.
  return {
    workload: workload as unknown as GameStatefulSet,
    ...(namesake && isOurs && { child: namesake as unknown as StatefulSet }),
    ...(namesake && !isOurs && { nameTakenBy: owner ? `${owner.kind}/${owner.name}` : 'nobody' }),
    revisions: isOurs ? (seen.revisions as unknown as ControllerRevision[]) : [],
    pods: isOurs ? seen.pods : [],
    jobs: new Map(seen.jobs.map((job) => [job.metadata.name, job as unknown as Job])),
    ...(resolved && { resolved }),
    inTraffic: new Set(seen.slices.flatMap(inTraffic)),
    kubelets: new Map(
      seen.nodes.flatMap(({ metadata: { name }, status }) => {
        const version = status?.nodeInfo?.kubeletVersion;
        return version === undefined ? [] : [[name, version] as const];
      }),
    ),
    hooks: hooks ?? unrunHooks(workload as unknown as GameStatefulSet),
  };
}

/**
 * UIDs of pods that somebody may send players to. A Service with publishNotReadyAddresses calls every endpoint ready, so
 * `serving` has to be true as well: https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#conditions
 */
function inTraffic({ endpoints }: Observed<EndpointSlice>): string[] {
  return (endpoints ?? []).flatMap(({ conditions, targetRef }) =>
    conditions?.ready !== false && conditions?.serving !== false && targetRef?.uid !== undefined ? [targetRef.uid] : [],
  );
}
