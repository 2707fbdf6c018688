import type { Pod } from '../../../src/api/pod.js';
import type { Behaviour } from '../../../src/cluster/kubelet/behaviour.js';
import type { Registry } from '../../../src/cluster/kubelet/images.js';
import { KubeletModel } from '../../../src/cluster/kubelet/kubelet.js';
import type { Node } from '../../../src/cluster/kubelet/node-object.js';
import type { Oracle } from '../../../src/cluster/kubelet/oracle.js';
import { podsOf } from '../../../src/cluster/kubelet/pod-source.js';
import { accelerated } from '../../../src/cluster/kubelet/timings.js';
import type { KubeApi } from '../../../src/kube/api.js';
import { systemClock } from '../../../src/kube/clock.js';
import { connect, type Connection } from '../../../src/kube/connect.js';
import { nodes, pods, type Resource } from '../../../src/kube/resource.js';
import type { Store, StoreEvent } from '../../../src/kube/store.js';
import type { ControlPlane, ControlPlaneOptions } from '../../control-plane/control-plane.js';
import type { PartName } from '../../control-plane/parts.js';
import { startControlPlane } from '../../control-plane/start.js';
import { until } from '../../control-plane/until.js';
import { installCrds } from '../../verdicts/cluster.js';
import { feedOf, type AuditFeed } from './audit-feed.js';
import { behaviour as scripted, SPEED } from './behaviour.js';
import type { Access, Cluster, ClusterNode, ClusterPart } from './cluster.js';
import { Stores } from './stores.js';

export interface RealClusterOptions extends Omit<ControlPlaneOptions, 'users'> {
  /** Who may connect. @default nobody else */
  readonly users?: readonly string[];
  /** @default node-a and node-b */
  readonly nodes?: readonly string[];
  /** @default what is written on the pods */
  readonly behaviour?: Behaviour;
  /** @default every image exists */
  readonly registry?: Registry;
  /** Starts what runs beside the control plane, before there are nodes. @default nothing */
  readonly beside?: (controlPlane: ControlPlane) => Promise<Companion>;
}

/** What ends before the control plane does. */
export interface Companion {
  stop(): Promise<void>;
}

/** Milliseconds between two looks into the audit log. */
const LOOKS = 200;

/** A control plane of its own with modelled kubelets and the CRDs of ours. */
export class RealCluster implements Cluster {
  readonly clock = systemClock;
  readonly pace = 1;
  readonly random = Math.random;
  readonly audit: AuditFeed;
  /** What the kubelets complained of. */
  readonly errors: string[] = [];
  private readonly stores: Stores;
  private readonly looking: NodeJS.Timeout | undefined;
  private model: KubeletModel | undefined;
  private companion: Companion | undefined;

  private constructor(
    readonly version: string,
    private readonly controlPlane: ControlPlane,
    private readonly user: Connection,
    private readonly kubelets: Connection,
    isAudited: boolean,
  ) {
    this.stores = new Stores({ api: user.api, clock: this.clock });
    this.audit = feedOf(controlPlane);
    if (isAudited) this.looking = setInterval(() => this.audit.poll(), LOOKS);
  }

  static async start({
    nodes: names = ['node-a', 'node-b'],
    behaviour = scripted,
    registry,
    beside,
    users = [],
    audit = 'off',
    ...options
  }: RealClusterOptions = {}): Promise<RealCluster> {
    const controlPlane = await startControlPlane({ users: ['kubelets', 'user', ...users], audit, ...options });
    try {
      const user = connect({ kubeconfig: controlPlane.as('user').kubeconfig, fieldManager: 'user' });
      const kubelets = connect({ kubeconfig: controlPlane.as('kubelets').kubeconfig, fieldManager: 'kubelet' });
      const { major, minor } = (await user.api.raw('/version')) as { readonly major: string; readonly minor: string };
      const cluster = new RealCluster(`${major}.${minor}`, controlPlane, user, kubelets, audit !== 'off');
      cluster.companion = await beside?.(controlPlane);
      await Promise.all([installCrds(controlPlane), cluster.startKubelets(names, behaviour, registry)]);
      return cluster;
    } catch (error) {
      await controlPlane.stop();
      throw error;
    }
  }

  get api(): KubeApi {
    return this.user.api;
  }

  get oracle(): Oracle {
    return this.model!.oracle;
  }

  connect(user: string): Access {
    return connect({ kubeconfig: this.controlPlane.as(user).kubeconfig });
  }

  store(resource: Resource): Promise<Store> {
    return this.stores.of(resource);
  }

  async witness(resource: Resource, tell: (event: StoreEvent) => void): Promise<() => void> {
    return (await this.store(resource)).subscribe(tell);
  }

  node(name: string): ClusterNode {
    return this.model!.node(name);
  }

  part(name: PartName): ClusterPart {
    return this.controlPlane.part(name);
  }

  pass<T>(promise: Promise<T>): Promise<T> {
    return promise;
  }

  async stop(): Promise<void> {
    clearInterval(this.looking);
    this.model?.stop();
    await this.companion?.stop();
    await this.stores.stop();
    await Promise.all([this.user.close(), this.kubelets.close()]);
    await this.controlPlane.stop();
  }

  private async startKubelets(names: readonly string[], behaviour: Behaviour, registry?: Registry): Promise<void> {
    this.model = new KubeletModel({
      api: this.kubelets.api,
      clock: this.clock,
      source: podsOf((await this.store(pods)) as Store<Pod>),
      nodes: names.map((name) => ({ name, capacity: { pods: '1000' } })),
      behaviour,
      ...(registry && { registry }),
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
