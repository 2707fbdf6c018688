import { parse } from 'yaml';
import { crds } from '../../../src/api/crds.js';
import type { ProfileName } from '../../../src/cluster/api-server/profile.js';
import { EmbeddedCluster, type EmbeddedClusterOptions } from '../../../src/cluster/embedded-cluster.js';
import type { Node } from '../../../src/cluster/kubelet/node-object.js';
import type { Oracle } from '../../../src/cluster/kubelet/oracle.js';
import { accelerated } from '../../../src/cluster/kubelet/timings.js';
import { random, type Random } from '../../../src/cluster/random.js';
import { VirtualClock } from '../../../src/cluster/virtual-clock.js';
import type { KubeApi } from '../../../src/kube/api.js';
import { sleep } from '../../../src/kube/clock.js';
import type { KubeObject } from '../../../src/kube/objects.js';
import { customResourceDefinitions, nodes, type Resource } from '../../../src/kube/resource.js';
import type { Store, StoreEvent } from '../../../src/kube/store.js';
import type { PartName } from '../../control-plane/parts.js';
import { AuditFeed } from './audit-feed.js';
import { behaviour, SPEED } from './behaviour.js';
import type { Access, Cluster, ClusterNode, ClusterPart } from './cluster.js';
import { Stores } from './stores.js';

/** Milliseconds of virtual time after which a scenario that still waits has lost. */
const LONGEST = 10 * 60_000;
/** Milliseconds that an API server takes until it answers. */
const START = 2000;

export interface VirtualClusterOptions extends Omit<EmbeddedClusterOptions, 'clock'> {
  /** @default 1 */
  readonly pace?: number;
}

/** The embedded cluster with all its controllers, on a virtual clock. */
export class VirtualCluster implements Cluster {
  readonly version: ProfileName;
  readonly pace: number;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly api: KubeApi;
  readonly audit = new AuditFeed();
  /** What anybody inside complained of. */
  readonly errors: string[] = [];
  readonly cluster: EmbeddedCluster;
  private readonly stores: Stores;

  private constructor({
    version = '1.34',
    seed = 1,
    pace = 1,
    nodes: machines = [{ name: 'node-a' }, { name: 'node-b' }],
    ...more
  }: VirtualClusterOptions) {
    this.version = version;
    this.pace = pace;
    this.clock = new VirtualClock({ seed });
    this.random = random(seed).fork('ours');
    this.cluster = new EmbeddedCluster({
      clock: this.clock,
      seed,
      version,
      nodes: machines.map((machine) => ({ capacity: { pods: '1000' }, ...machine })),
      behaviour,
      timings: accelerated(SPEED),
      heartbeat: { lease: 1000 },
      onError: (error, doing) => void this.errors.push(`${doing}: ${String(error)}`),
      ...more,
    });
    this.cluster.server.audit.follow((event) => this.audit.tell(event));
    this.api = this.cluster.client('user');
    this.stores = new Stores({ api: this.api, clock: this.clock, random: this.random });
  }

  static async start(options: VirtualClusterOptions = {}): Promise<VirtualCluster> {
    const virtual = new VirtualCluster(options);
    await virtual.pass(virtual.cluster.start());
    for (const { yaml } of await crds())
      await virtual.pass(virtual.api.create(customResourceDefinitions, parse(yaml) as KubeObject));
    await virtual.pass(virtual.untilNodesAreReady());
    return virtual;
  }

  get oracle(): Oracle {
    return this.cluster.kubelets.oracle;
  }

  connect(user: string): Access {
    return { api: this.cluster.client(user, { fieldManager: 'gamezone' }), close: () => Promise.resolve() };
  }

  store(resource: Resource): Promise<Store> {
    return this.stores.of(resource);
  }

  /** Not by a watch, which is broken and begun anew as everybody's: all of them, in their order. */
  witness(resource: Resource, tell: (event: StoreEvent) => void): Promise<() => void> {
    const { server } = this.cluster;
    const served = server.resource(resource);
    const end = server.core.collection(served).follow(({ type, object, before }) => {
      const now = server.shown(served, object);
      if (!before) tell({ type: 'added', object: now });
      else tell({ type: type === 'DELETED' ? 'removed' : 'changed', object: now, old: server.shown(served, before) });
    });
    return Promise.resolve(end);
  }

  node(name: string): ClusterNode {
    return this.cluster.kubelets.node(name);
  }

  part(name: PartName): ClusterPart {
    if (name !== 'kube-apiserver') throw new RangeError(`the embedded cluster has no ${name} that could be killed`);
    const { server } = this.cluster;
    return {
      kill: () => {
        server.kill();
        return Promise.resolve();
      },
      start: () => sleep(this.clock, START).then(() => server.start()),
    };
  }

  async pass<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const settle = (): void => void (isSettled = true);
    promise.then(settle, settle);
    if (!(await this.clock.until(() => isSettled, LONGEST * this.pace)))
      throw new Error('nothing more happens, and it waits');
    return promise;
  }

  async stop(): Promise<void> {
    await this.pass(this.cluster.stop());
    await this.stores.stop();
  }

  private async untilNodesAreReady(): Promise<void> {
    for (;;) {
      const { items } = await this.api.list<Node>(nodes);
      if (items.every(({ spec }) => (spec?.taints ?? []).length === 0)) return;
      await sleep(this.clock, 100);
    }
  }
}
