import { installCrds } from '../../verdicts/cluster.js';
import type { Pod } from '../../../src/api/pod.js';
import { KubeletModel } from '../../../src/cluster/kubelet/kubelet.js';
import type { Node } from '../../../src/cluster/kubelet/node-object.js';
import { podsOf } from '../../../src/cluster/kubelet/pod-source.js';
import { accelerated } from '../../../src/cluster/kubelet/timings.js';
import { systemClock } from '../../../src/kube/clock.js';
import { connect, type Connection } from '../../../src/kube/connect.js';
import type { KubeObject } from '../../../src/kube/objects.js';
import { Reflector } from '../../../src/kube/reflector.js';
import { nodes, pods, type Resource } from '../../../src/kube/resource.js';
import type { Store } from '../../../src/kube/store.js';
import type { ControlPlane, ControlPlaneOptions } from '../../control-plane/control-plane.js';
import { startControlPlane } from '../../control-plane/start.js';
import { until } from '../../control-plane/until.js';
import { behaviour, SPEED } from './behaviour.js';
import type { Cluster, ClusterNode } from './cluster.js';

export interface RealClusterOptions extends ControlPlaneOptions {
  /** @default node-a and node-b */
  readonly nodes?: readonly string[];
  /** Starts what runs beside the control plane, before there are nodes. @default nothing */
  readonly beside?: (controlPlane: ControlPlane) => Promise<Companion>;
}

/** What ends before the control plane does. */
export interface Companion {
  stop(): Promise<void>;
}

/** A control plane of its own with modelled kubelets and the CRDs of ours. */
export class RealCluster implements Cluster {
  readonly clock = systemClock;
  /** What the kubelets complained of. */
  readonly errors: string[] = [];
  private readonly reflectors = new Map<string, Reflector>();

  private model: KubeletModel | undefined;
  private companion: Companion | undefined;

  private constructor(
    readonly version: string,
    private readonly controlPlane: ControlPlane,
    private readonly user: Connection,
    private readonly kubelets: Connection,
  ) {}

  static async start({
    nodes: names = ['node-a', 'node-b'],
    beside,
    users = [],
    ...options
  }: RealClusterOptions = {}): Promise<RealCluster> {
    const controlPlane = await startControlPlane({ users: ['kubelets', 'user', ...users], audit: 'off', ...options });
    try {
      const user = connect({ kubeconfig: controlPlane.as('user').kubeconfig, fieldManager: 'user' });
      const kubelets = connect({ kubeconfig: controlPlane.as('kubelets').kubeconfig, fieldManager: 'kubelet' });
      const { major, minor } = (await user.api.raw('/version')) as { readonly major: string; readonly minor: string };
      const cluster = new RealCluster(`${major}.${minor}`, controlPlane, user, kubelets);
      cluster.companion = await beside?.(controlPlane);
      await Promise.all([installCrds(controlPlane), cluster.startKubelets(names)]);
      return cluster;
    } catch (error) {
      await controlPlane.stop();
      throw error;
    }
  }

  get api() {
    return this.user.api;
  }

  async store(resource: Resource): Promise<Store> {
    const known = this.reflectors.get(resource.plural);
    const reflector = known ?? new Reflector<KubeObject>({ api: this.user.api, clock: this.clock, resource });
    if (!known) {
      this.reflectors.set(resource.plural, reflector);
      reflector.start();
    }
    await reflector.store.whenSynced();
    return reflector.store;
  }

  node(name: string): ClusterNode {
    return this.model!.node(name);
  }

  pass<T>(promise: Promise<T>): Promise<T> {
    return promise;
  }

  async stop(): Promise<void> {
    this.model?.stop();
    await this.companion?.stop();
    await Promise.all([...this.reflectors.values()].map((reflector) => reflector.stop()));
    await Promise.all([this.user.close(), this.kubelets.close()]);
    await this.controlPlane.stop();
  }

  private async startKubelets(names: readonly string[]): Promise<void> {
    const source = podsOf((await this.store(pods)) as Store<Pod>);
    this.model = new KubeletModel({
      api: this.kubelets.api,
      clock: this.clock,
      source,
      nodes: names.map((name) => ({ name, capacity: { pods: '1000' } })),
      behaviour,
      timings: accelerated(SPEED),
      heartbeat: { lease: 1000 },
      seed: 1,
      onError: (error, doing) => void this.errors.push(`${doing}: ${String(error)}`),
    });
    // A slow machine lets the first two heartbeats of a node meet, and one of them fails; the node is there all the same.
    await this.model.start().catch(() => this.model!.start());
    await until(async () => {
      const { items } = await this.user.api.list<Node>(nodes);
      return items.length === names.length && items.every(({ spec }) => (spec?.taints ?? []).length === 0);
    });
  }
}
