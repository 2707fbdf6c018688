import type { Oracle } from '../../../src/cluster/kubelet/oracle.js';
import type { KubeApi } from '../../../src/kube/api.js';
import type { Clock } from '../../../src/kube/clock.js';
import type { Resource } from '../../../src/kube/resource.js';
import type { Store, StoreEvent } from '../../../src/kube/store.js';
import type { PartName } from '../../control-plane/parts.js';
import type { AuditFeed } from './audit-feed.js';

/** What a scenario runs on: a real control plane with modelled kubelets, or all of it modelled. */
export interface Cluster {
  /** Writes and reads of the scenario. */
  readonly api: KubeApi;
  /** Deadlines are on this clock. */
  readonly clock: Clock;
  /** `1.34`: which `on ...:` lines hold. */
  readonly version: string;
  /** All that a scenario says in seconds takes so many times as long: 1 where the cluster has been hurried. */
  readonly pace: number;
  /** What chance our own code gets, from 0 up to, not including, 1. */
  readonly random: () => number;
  /** Who writes what. */
  readonly audit: AuditFeed;
  /** What really ran. */
  readonly oracle: Oracle;
  /** A way in for one of those that were named when it was started. */
  connect(user: string): Access;
  /** All objects of a resource, kept up to date from the first call on. */
  store(resource: Resource): Promise<Store>;
  /** Tells each version of each object, as far as anybody here can know. Returns what ends it. */
  witness(resource: Resource, tell: (event: StoreEvent) => void): Promise<() => void>;
  node(name: string): ClusterNode;
  /** A process of the control plane. @throws RangeError where it has no such process */
  part(name: PartName): ClusterPart;
  /** Waits for a promise of a scenario. Where time only moves when told, this is who tells it. */
  pass<T>(promise: Promise<T>): Promise<T>;
}

export interface Access {
  readonly api: KubeApi;
  close(): Promise<void>;
}

/** A modelled machine. */
export interface ClusterNode {
  /** Its kubelet is silent; containers run on. */
  lose(): void;
  return(): Promise<void>;
  /** Node pressure: the pod of this UID fails. */
  evict(uid: string): void;
}

export interface ClusterPart {
  /** As `kill -9` does. */
  kill(): Promise<void>;
  /** Resolves when it is well. */
  start(): Promise<void>;
}
