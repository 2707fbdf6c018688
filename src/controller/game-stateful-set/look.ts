import { REVISION_LABEL } from '../../api/native.js';
import type { KubeApi } from '../../kube/api.js';
import type { KubeObject, ObjectName, Stored } from '../../kube/objects.js';
import {
  controllerRevisions,
  endpointSlices,
  jobs,
  nodes,
  pods,
  statefulSets,
  type Resource,
} from '../../kube/resource.js';
import { selectorText } from '../../rollout/game-stateful-set/selector.js';
import { gameStatefulSets } from '../resources.js';
import { controllerOf } from './objects.js';
import type { Child, EndpointSlice, GamePod, KubeletNode, PrerequisiteJob, Revision, Workload } from './objects.js';
import type { Seen } from './snapshot.js';

/** One object as the server has it now, and how far the server was. */
export interface Found<T extends KubeObject> {
  readonly object: Stored<T> | undefined;
  readonly version: string;
}

/** Reads one object. By a list, which also says when there is none, and needs no other right than the reflectors have. */
export async function find<T extends KubeObject>(
  api: KubeApi,
  resource: Resource,
  { namespace, name }: ObjectName,
  signal: AbortSignal,
): Promise<Found<T>> {
  const { items, metadata } = await api.list<T>(resource, {
    ...(namespace !== undefined && { namespace }),
    fieldSelector: `metadata.name=${name}`,
    signal,
  });
  return { object: items.find((item) => item.metadata.name === name), version: metadata.resourceVersion };
}

/** What the server says of one workload, when the stores cannot be relied on. */
export interface Look {
  /** Absent when the workload is gone. */
  readonly seen: Seen | undefined;
  readonly versionOf: (resource: Resource) => string;
  readonly shows: (resource: Resource, uid: string) => boolean;
}

export async function lookAt(api: KubeApi, { namespace, name }: ObjectName, signal: AbortSignal): Promise<Look> {
  const here = { ...(namespace !== undefined && { namespace }), signal };
  const workload = await find<Workload>(api, gameStatefulSets, { ...here, name }, signal);
  if (!workload.object) return { seen: undefined, versionOf: () => workload.version, shows: () => false };
  const child = await find<Child>(api, statefulSets, { ...here, name }, signal);
  const labelSelector = selectorText(workload.object.spec.selector);
  const [podList, revisionList, sliceList, jobList, nodeList] = await Promise.all([
    api.list<GamePod>(pods, { ...here, labelSelector }),
    api.list<Revision>(controllerRevisions, here),
    api.list<EndpointSlice>(endpointSlices, here),
    api.list<PrerequisiteJob>(jobs, here),
    api.list<KubeletNode>(nodes, { signal }),
  ]);
  const childUid = child.object?.metadata.uid;
  const carried = new Set(podList.items.map(({ metadata }) => metadata.labels?.[REVISION_LABEL]));
  const isOurs = ({ metadata }: Stored<Revision>) =>
    carried.has(metadata.name) ||
    (childUid !== undefined && controllerOf(metadata, statefulSets.kind)?.uid === childUid);
  const lists = new Map<string, { readonly version: string; readonly uids: ReadonlySet<string> }>([
    [gameStatefulSets.plural, { version: workload.version, uids: alive([workload.object]) }],
    [statefulSets.plural, { version: child.version, uids: alive(child.object ? [child.object] : []) }],
    [pods.plural, { version: podList.metadata.resourceVersion, uids: alive(podList.items) }],
  ]);
  return {
    seen: {
      workload: workload.object,
      namesake: child.object,
      revisions: revisionList.items.filter(isOurs),
      pods: podList.items,
      jobs: jobList.items,
      slices: sliceList.items,
      nodes: nodeList.items,
    },
    versionOf: ({ plural }) => lists.get(plural)!.version,
    shows: ({ plural }, uid) => lists.get(plural)!.uids.has(uid),
  };
}

const alive = (objects: readonly KubeObject[]): ReadonlySet<string> =>
  new Set(
    objects
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .flatMap(({ metadata }) => metadata.uid ?? []),
  );
