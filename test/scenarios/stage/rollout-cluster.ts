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
import { installCrds } from '../../verdicts/cluster.js';
import { AuditFeed } from '../checker/feed.js';
import type { Cluster, ClusterNode } from '../runner/cluster.js';
import { behaviour, registry } from './machines.js';
import { Stage } from './stage.js';

/** How many times faster than a real one the modelled kubelet is. */
const SPEED = 20;
/** Every controller has a user of its own, so that the audit log tells them apart. */
const CONTROLLERS = ['a', 'b'];

/** A real control plane with modelled kubelets, on which controllers of ours live and die. */
export class RolloutCluster implements Cluster {
  readonly clock = systemClock;
  readonly feed: AuditFeed;
  private readonly reflectors = new Map<string, Reflector>();
  private readonly stages = new Map<string, Stage>();
  private readonly polling: NodeJS.Timeout;

  private constructor(
    readonly version: string,
    readonly controlPlane: ControlPlane,
    private readonly user: Connection,
    private readonly kubelets: Connection,
  ) {
    this.feed = new AuditFeed(controlPlane);
    this.polling = setInterval(() => this.feed.poll(), 200);
  }

  private modelled: KubeletModel | undefined;

  static async start(options: ControlPlaneOptions = {}): Promise<RolloutCluster> {
    const users = ['kubelets', 'user', ...CONTROLLERS.map(userOf)];
    const controlPlane = await startControlPlane({ users, ...options });
    const user = connect({ kubeconfig: controlPlane.as('user').kubeconfig, fieldManager: 'user' });
    const kubelets = connect({ kubeconfig: controlPlane.as('kubelets').kubeconfig, fieldManager: 'kubelet' });
    const { major, minor } = (await user.api.raw('/version')) as { readonly major: string; readonly minor: string };
    const cluster = new RolloutCluster(`${major}.${minor}`, controlPlane, user, kubelets);
    await Promise.all([installCrds(controlPlane), cluster.startKubelets()]);
    return cluster;
  }

  get api() {
    return this.user.api;
  }

  get model(): KubeletModel {
    return this.modelled!;
  }

  /** What plays in a namespace. */
  stage(namespace: string): Stage {
    const known = this.stages.get(namespace) ?? new Stage(this, namespace);
    this.stages.set(namespace, known);
    return known;
  }

  connect(controller: string): Connection {
    if (!CONTROLLERS.includes(controller)) throw new RangeError(`the controllers are ${CONTROLLERS.join(' and ')}`);
    return connect({ kubeconfig: this.controlPlane.as(userOf(controller)).kubeconfig });
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
    return this.model.node(name);
  }

  pass<T>(promise: Promise<T>): Promise<T> {
    return promise;
  }

  async stop(): Promise<void> {
    clearInterval(this.polling);
    this.modelled?.stop();
    await Promise.all([...this.reflectors.values()].map((reflector) => reflector.stop()));
    await Promise.all([this.user.close(), this.kubelets.close()]);
    await this.controlPlane.stop();
  }

  private async startKubelets(): Promise<void> {
    this.modelled = new KubeletModel({
      api: this.kubelets.api,
      clock: this.clock,
      source: podsOf((await this.store(pods)) as Store<Pod>),
      nodes: ['node-a', 'node-b'].map((name) => ({ name })),
      behaviour,
      registry,
      timings: accelerated(SPEED),
      heartbeat: { lease: 1000 },
      seed: 1,
    });
    await this.modelled.start();
    await until(async () => {
      const { items } = await this.user.api.list<Node>(nodes);
      return items.length === 2 && items.every(({ spec }) => (spec?.taints ?? []).length === 0);
    });
  }
}

export const userOf = (controller: string): string => `controller-${controller}`;
