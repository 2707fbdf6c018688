import type { KubeApi } from '../../kube/api.js';
import type { Clock } from '../../kube/clock.js';
import { keyOf, type KubeObject, type Stored } from '../../kube/objects.js';
import { Reflector, type ReflectorState } from '../../kube/reflector.js';
import {
  controllerRevisions,
  endpointSlices,
  jobs,
  nodes,
  pods,
  statefulSets,
  type Resource,
} from '../../kube/resource.js';
import type { Observed, Store } from '../../kube/store.js';
import { setNameOf } from '../../rollout/game-stateful-set/own-pods.js';
import { gameStatefulSets } from '../resources.js';
import { controllerOf } from './objects.js';
import type { Child, EndpointSlice, GamePod, KubeletNode, PrerequisiteJob, Revision, Workload } from './objects.js';

/** What is known of the cluster, as far as GameStatefulSets go. */
export interface Stores {
  readonly workloads: Store<Workload, 'job'>;
  readonly children: Store<Child>;
  readonly revisions: Store<Revision, 'owner'>;
  readonly pods: Store<GamePod, 'set'>;
  readonly jobs: Store<PrerequisiteJob>;
  readonly slices: Store<EndpointSlice, 'pod'>;
  readonly nodes: Store<KubeletNode>;
}

export interface WatcherOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  /** @default all namespaces */
  readonly namespace?: string;
  /** From 0 up to, not including, 1. @default Math.random */
  readonly random?: () => number;
  /** A workload about which something may have to be decided: `namespace/name`. */
  readonly onKey: (key: string) => void;
  /** Told of what a server refuses or does not answer. */
  readonly onError?: (error: unknown, resource: Resource) => void;
}

/** Pods that a StatefulSet has made: the API server of every supported version labels them so. */
const POD_OF_A_STATEFUL_SET = 'statefulset.kubernetes.io/pod-name';

/** Which resources are reflected, and which workload an event of one of them is about. */
export class Watcher {
  readonly stores: Stores;
  private readonly reflectors: ReadonlyMap<string, AnyReflector>;

  constructor(private readonly options: WatcherOptions) {
    const workloads = new Reflector<Workload, 'job'>({
      ...this.common(gameStatefulSets),
      indexes: { job: jobsOf },
    });
    const children = new Reflector<Child>(this.common(statefulSets));
    const revisions = new Reflector<Revision, 'owner'>({
      ...this.common(controllerRevisions),
      indexes: { owner: ownerUid },
    });
    const podsOfSets = new Reflector<GamePod, 'set'>({
      ...this.common(pods, POD_OF_A_STATEFUL_SET),
      indexes: { set: setOf },
    });
    const prerequisites = new Reflector<PrerequisiteJob>({ ...this.common(jobs), strip: withoutSpec });
    const slices = new Reflector<EndpointSlice, 'pod'>({
      ...this.common(endpointSlices),
      indexes: { pod: podUids },
      strip: endpointsOnly,
    });
    const kubelets = new Reflector<KubeletNode>({ ...this.common(nodes), strip: kubeletOnly });
    this.stores = {
      workloads: workloads.store,
      children: children.store,
      revisions: revisions.store,
      pods: podsOfSets.store,
      jobs: prerequisites.store,
      slices: slices.store,
      nodes: kubelets.store,
    };
    this.reflectors = new Map<string, AnyReflector>([
      [gameStatefulSets.plural, workloads],
      [statefulSets.plural, children],
      [controllerRevisions.plural, revisions],
      [pods.plural, podsOfSets],
      [jobs.plural, prerequisites],
      [endpointSlices.plural, slices],
      [nodes.plural, kubelets],
    ]);
    this.route();
  }

  start(): void {
    for (const reflector of this.reflectors.values()) reflector.start();
  }

  /** When every store shows the whole of what the server has. */
  async whenSynced(signal: AbortSignal): Promise<void> {
    await Promise.all(Object.values(this.stores).map((store: AnyStore) => store.whenSynced(signal)));
  }

  async stop(): Promise<void> {
    await Promise.all(Array.from(this.reflectors.values(), (reflector) => reflector.stop()));
  }

  /** By resource. */
  get states(): ReadonlyMap<string, ReflectorState> {
    return new Map(Array.from(this.reflectors, ([resource, { state }]) => [resource, state]));
  }

  private common(resource: Resource, labelSelector?: string) {
    const { api, clock, namespace, random, onError } = this.options;
    return {
      api,
      clock,
      resource,
      selection: {
        ...(namespace !== undefined && resource.namespaced && { namespace }),
        ...(labelSelector !== undefined && { labelSelector }),
      },
      ...(random && { random }),
      onError: (error: unknown) => onError?.(error, resource),
    };
  }

  /** The child has its workload's name, so that a key follows from what an object says of its owner. */
  private route(): void {
    const { workloads, children, revisions, pods: podStore, jobs: jobStore, slices } = this.stores;
    const { onKey } = this.options;
    const ifKnown = (namespace: string | undefined, name: string | undefined): void => {
      const key = keyOf({ ...(namespace !== undefined && { namespace }), name: name ?? '' });
      if (workloads.get(key)) onKey(key);
    };
    workloads.subscribe(({ object }) => onKey(keyOf(object as Workload)));
    children.subscribe(({ object: { metadata } }) => ifKnown(metadata.namespace, metadata.name));
    revisions.subscribe(({ object: { metadata } }) =>
      ifKnown(metadata.namespace, controllerOf(metadata, statefulSets.kind)?.name),
    );
    podStore.subscribe(({ object: { metadata } }) => ifKnown(metadata.namespace, setNameOf(metadata.name)));
    jobStore.subscribe(({ object }) => {
      for (const workload of workloads.byIndex('job', keyOf(object as PrerequisiteJob)))
        onKey(keyOf(workload as Workload));
    });
    slices.subscribe((event) => {
      const before = event.type === 'changed' ? event.old : undefined;
      for (const uid of new Set([...podUids(event.object), ...(before ? podUids(before) : [])])) {
        const pod = podStore.byUid(uid);
        if (pod) ifKnown(pod.metadata.namespace, setNameOf(pod.metadata.name));
      }
    });
  }
}

interface AnyReflector {
  readonly state: ReflectorState;
  start(): void;
  stop(): Promise<void>;
}
type AnyStore = Pick<Store, 'whenSynced'>;

const ownerUid = ({ metadata }: Observed): readonly string[] => {
  const owner = controllerOf(metadata, statefulSets.kind);
  return owner ? [owner.uid] : [];
};

/** By its name, so that a pod that nobody controls any more is found as well. */
const setOf = ({ metadata: { namespace, name } }: Observed<GamePod>): readonly string[] => {
  const set = setNameOf(name);
  return set === undefined ? [] : [keyOf({ ...(namespace !== undefined && { namespace }), name: set })];
};

const jobsOf = ({ metadata: { namespace }, spec }: Observed<Workload>): readonly string[] =>
  (spec.prerequisites ?? []).map(({ name }) => keyOf({ ...(namespace !== undefined && { namespace }), name }));

const podUids = ({ endpoints }: Pick<Observed<EndpointSlice>, 'endpoints'>): readonly string[] =>
  (endpoints ?? []).flatMap(({ targetRef }) =>
    targetRef?.kind === 'Pod' && targetRef.uid !== undefined ? [targetRef.uid] : [],
  );

function bare<T extends KubeObject>({ apiVersion, kind, metadata }: Stored<T>): KubeObject {
  const { managedFields: _, ...rest } = metadata;
  return { ...(apiVersion !== undefined && { apiVersion }), ...(kind !== undefined && { kind }), metadata: rest };
}

/** Jobs carry the templates of their pods. */
const withoutSpec = (job: Stored<PrerequisiteJob>): Stored<PrerequisiteJob> =>
  ({ ...bare(job), ...(job.status && { status: job.status }) }) as Stored<PrerequisiteJob>;

const endpointsOnly = (slice: Stored<EndpointSlice>): Stored<EndpointSlice> =>
  ({
    ...bare(slice),
    endpoints: (slice.endpoints ?? []).map(({ conditions, targetRef }) => ({ conditions, targetRef })),
  }) as Stored<EndpointSlice>;

/** A Node lists all its images; there may be thousands of Nodes. */
const kubeletOnly = (node: Stored<KubeletNode>): Stored<KubeletNode> => {
  const kubeletVersion = node.status?.nodeInfo?.kubeletVersion;
  const { name, uid, resourceVersion } = node.metadata;
  return {
    metadata: { name, uid, resourceVersion },
    ...(kubeletVersion !== undefined && { status: { nodeInfo: { kubeletVersion } } }),
  };
};
