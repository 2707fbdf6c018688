import type { GameStatefulSet } from '../../api/generated/types/game-stateful-set.js';
import { REVISION_LABEL } from '../../api/native.js';
import type { ControllerRevision, Job, OwnedMetadata, StatefulSet } from '../../api/native.js';
import { keyOf } from '../../kube/objects.js';
import type { Observed } from '../../kube/store.js';
import type { GameStatefulSetSnapshot, ResolvedTemplate } from '../../rollout/game-stateful-set/snapshot.js';
import { unrunHooks } from '../../rollout/game-stateful-set/hooks.js';
import { isPodOf } from '../../rollout/game-stateful-set/own-pods.js';
import type { HookGate } from '../../rollout/hook-gate.js';
import { controllerOf } from './objects.js';
import type { Child, EndpointSlice, GamePod, KubeletNode, PrerequisiteJob, Revision, Workload } from './objects.js';
import type { Stores } from './watcher.js';

/** What was seen at one moment, in the stores or by asking the server: all that a snapshot is made of. */
export interface Seen {
  readonly workload: Observed<Workload>;
  /** The StatefulSet of the workload's name, whoever owns it. */
  readonly namesake: Observed<Child> | undefined;
  /** Those of that StatefulSet, and those that pods of its name carry. */
  readonly revisions: readonly Observed<Revision>[];
  /** Those of its name, whoever controls them. */
  readonly pods: readonly Observed<GamePod>[];
  readonly jobs: readonly Observed<PrerequisiteJob>[];
  readonly slices: readonly Observed<EndpointSlice>[];
  readonly nodes: readonly Observed<KubeletNode>[];
}

export function seenInStores(stores: Stores, workload: Observed<Workload>): Seen {
  const { namespace, name } = workload.metadata;
  const named = (other: string) => ({ ...(namespace !== undefined && { namespace }), name: other });
  const namesake = stores.children.get(keyOf(named(name)));
  const owned = stores.revisions.byIndex('owner', namesake?.metadata.uid ?? '');
  const pods = stores.pods.byIndex('set', keyOf(named(name)));
  const carried = new Set(pods.flatMap(({ metadata }) => metadata.labels?.[REVISION_LABEL] ?? []));
  for (const { metadata } of owned) carried.delete(metadata.name);
  const places = new Set(pods.flatMap(({ spec }) => spec.nodeName ?? []));
  return {
    workload,
    namesake,
    revisions: [...owned, ...[...carried].flatMap((revision) => stores.revisions.get(keyOf(named(revision))) ?? [])],
    pods,
    jobs: (workload.spec.prerequisites ?? []).flatMap((job) => stores.jobs.get(named(job.name)) ?? []),
    slices: pods.flatMap(({ metadata }) => stores.slices.byIndex('pod', metadata.uid)),
    nodes: [...places].flatMap((node) => stores.nodes.get(node) ?? []),
  };
}

export interface SnapshotOptions {
  readonly resolved?: ResolvedTemplate | undefined;
  readonly hooks?: HookGate | undefined;
  /** @default false */
  readonly historyLimitIsFixed?: boolean;
}

/** What `decide` looks at. */
export function snapshotOf(
  seen: Seen,
  { resolved, hooks, historyLimitIsFixed = false }: SnapshotOptions = {},
): GameStatefulSetSnapshot {
  const { workload, namesake } = seen;
  const owner = namesake && controllerOf(namesake.metadata);
  const isOurs = owner?.uid === workload.metadata.uid;
  const isTaken = namesake !== undefined && !isOurs;
  // Nothing writes to an object of a snapshot; the generated types have no readonly.
  const ours = workload as unknown as GameStatefulSet;
  const child = isOurs ? (namesake as unknown as StatefulSet) : undefined;
  return {
    workload: ours,
    ...(child && { child }),
    ...(isTaken && { nameTakenBy: owner ? `${owner.kind}/${owner.name}` : 'nobody' }),
    revisions: isTaken ? [] : (seen.revisions as unknown as ControllerRevision[]),
    pods: isTaken ? [] : seen.pods.filter((pod) => isPodOf(pod as OwnedPod, ours, child)),
    jobs: new Map(seen.jobs.map((job) => [job.metadata.name, job as unknown as Job])),
    ...(resolved && { resolved }),
    inTraffic: new Set(seen.slices.flatMap(inTraffic)),
    kubelets: new Map(
      seen.nodes.flatMap(({ metadata: { name }, status }) => {
        const version = status?.nodeInfo?.kubeletVersion;
        return version === undefined ? [] : [[name, version] as const];
      }),
    ),
    hooks: hooks ?? unrunHooks(ours),
    historyLimitIsFixed,
  };
}

type OwnedPod = { readonly metadata: OwnedMetadata };

/**
 * UIDs of pods that somebody may send players to. A Service with publishNotReadyAddresses calls every endpoint ready, so
 * `serving` has to be true as well: https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#conditions
 */
function inTraffic({ endpoints }: Observed<EndpointSlice>): string[] {
  return (endpoints ?? []).flatMap(({ conditions, targetRef }) =>
    conditions?.ready !== false && conditions?.serving !== false && targetRef?.uid !== undefined ? [targetRef.uid] : [],
  );
}
