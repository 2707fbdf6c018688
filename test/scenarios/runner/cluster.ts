import type { KubeApi } from '../../../src/kube/api.js';
import type { Clock } from '../../../src/kube/clock.js';
import type { Resource } from '../../../src/kube/resource.js';
import type { Store } from '../../../src/kube/store.js';

/** What a scenario runs on: a real control plane with modelled kubelets, or all of it modelled. */
export interface Cluster {
  /** Writes and reads of the scenario. */
  readonly api: KubeApi;
  /** Deadlines are on this clock. */
  readonly clock: Clock;
  /** `1.34`: which `on ...:` lines hold. */
  readonly version: string;
  /** All objects of a resource, kept up to date from the first call on. */
  store(resource: Resource): Promise<Store>;
  node(name: string): ClusterNode;
  /** Waits for a promise of a scenario. Where time only moves when told, this is who tells it. */
  pass<T>(promise: Promise<T>): Promise<T>;
}

/** A modelled machine. */
export interface ClusterNode {
  /** Its kubelet is silent; containers run on. */
  lose(): void;
  return(): Promise<void>;
  /** Node pressure: the pod of this UID fails. */
  evict(uid: string): void;
}
