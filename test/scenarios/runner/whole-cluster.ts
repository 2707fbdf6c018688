import { parse } from 'yaml';
import { crds } from '../../../src/api/crds.js';
import type { ProfileName } from '../../../src/cluster/api-server/profile.js';
import { EmbeddedCluster, type EmbeddedClusterOptions } from '../../../src/cluster/embedded-cluster.js';
import type { Node } from '../../../src/cluster/kubelet/node-object.js';
import { accelerated } from '../../../src/cluster/kubelet/timings.js';
import { VirtualClock } from '../../../src/cluster/virtual-clock.js';
import type { KubeApi } from '../../../src/kube/api.js';
import type { KubeObject } from '../../../src/kube/objects.js';
import { Reflector } from '../../../src/kube/reflector.js';
import { customResourceDefinitions, nodes, type Resource } from '../../../src/kube/resource.js';
import type { Store } from '../../../src/kube/store.js';
import { behaviour, SPEED } from './behaviour.js';
import type { Cluster, ClusterNode } from './cluster.js';

/** Milliseconds of virtual time after which a scenario that still waits has lost. */
const LONGEST = 10 * 60_000;

/** The embedded cluster with all its controllers, on a virtual clock. */
export class WholeCluster implements Cluster {
  readonly clock: VirtualClock;
  readonly api: KubeApi;
  /** What anybody inside complained of. */
  readonly errors: string[] = [];
  readonly cluster: EmbeddedCluster;
  private readonly reflectors = new Map<string, Reflector>();

  private constructor(
    readonly version: ProfileName,
    seed: number,
    more: Partial<EmbeddedClusterOptions>,
  ) {
    this.clock = new VirtualClock({ seed });
    this.cluster = new EmbeddedCluster({
      clock: this.clock,
      seed,
      version,
      nodes: ['node-a', 'node-b'].map((name) => ({ name, capacity: { pods: '1000' } })),
      behaviour,
      timings: accelerated(SPEED),
      heartbeat: { lease: 1000 },
      onError: (error, doing) => void this.errors.push(`${doing}: ${String(error)}`),
      ...more,
    });
    this.api = this.cluster.client('user');
  }

  static async start(
    version: ProfileName = '1.34',
    seed = 1,
    more: Partial<EmbeddedClusterOptions> = {},
  ): Promise<WholeCluster> {
    const whole = new WholeCluster(version, seed, more);
    await whole.pass(whole.cluster.start());
    for (const { yaml } of await crds())
      await whole.pass(whole.api.create(customResourceDefinitions, parse(yaml) as KubeObject));
    await whole.pass(whole.untilNodesAreReady());
    return whole;
  }

  async store(resource: Resource): Promise<Store> {
    const known = this.reflectors.get(resource.plural);
    const reflector = known ?? new Reflector<KubeObject>({ api: this.api, clock: this.clock, resource });
    if (!known) {
      this.reflectors.set(resource.plural, reflector);
      reflector.start();
    }
    await reflector.store.whenSynced();
    return reflector.store;
  }

  node(name: string): ClusterNode {
    return this.cluster.kubelets.node(name);
  }

  async pass<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const settle = (): void => void (isSettled = true);
    promise.then(settle, settle);
    if (!(await this.clock.until(() => isSettled, LONGEST))) throw new Error('nothing more happens, and it waits');
    return promise;
  }

  async stop(): Promise<void> {
    await this.pass(this.cluster.stop());
    await Promise.all([...this.reflectors.values()].map((reflector) => reflector.stop()));
  }

  private async untilNodesAreReady(): Promise<void> {
    for (;;) {
      const { items } = await this.api.list<Node>(nodes);
      if (items.every(({ spec }) => (spec?.taints ?? []).length === 0)) return;
      await new Promise<void>((resolve) => void this.clock.after(100, resolve));
    }
  }
}
