import { parse } from 'yaml';
import { crds } from '../../../src/api/crds.js';
import type { Pod } from '../../../src/api/pod.js';
import { ApiServer } from '../../../src/cluster/api-server/api-server.js';
import type { ProfileName } from '../../../src/cluster/api-server/profile.js';
import { KubeletModel } from '../../../src/cluster/kubelet/kubelet.js';
import { podsOf } from '../../../src/cluster/kubelet/pod-source.js';
import { accelerated } from '../../../src/cluster/kubelet/timings.js';
import { VirtualClock } from '../../../src/cluster/virtual-clock.js';
import type { KubeApi } from '../../../src/kube/api.js';
import type { KubeObject } from '../../../src/kube/objects.js';
import { Reflector } from '../../../src/kube/reflector.js';
import { customResourceDefinitions, pods, type Resource } from '../../../src/kube/resource.js';
import type { Store } from '../../../src/kube/store.js';
import { behaviour, SPEED } from './behaviour.js';
import type { Cluster, ClusterNode } from './cluster.js';

/** Milliseconds of virtual time after which a scenario that still waits has lost. */
const LONGEST = 10 * 60_000;

export interface EmbeddedClusterOptions {
  readonly version?: ProfileName;
  readonly keepFor?: number;
  /** @default node-a and node-b */
  readonly nodes?: readonly string[];
}

/** The whole cluster in this process, on a clock of its own. */
export class EmbeddedCluster implements Cluster {
  readonly clock = new VirtualClock({ seed: 1 });
  readonly server: ApiServer;
  readonly version: string;
  readonly api: KubeApi;
  readonly errors: string[] = [];
  private readonly reflectors = new Map<string, Reflector>();
  private model: KubeletModel | undefined;

  private constructor({ version = '1.34', keepFor }: EmbeddedClusterOptions) {
    this.version = version;
    this.server = new ApiServer({
      clock: this.clock,
      version,
      fillsNamespaces: true,
      ...(keepFor !== undefined && { keepFor }),
    });
    this.api = this.server.client('user');
  }

  static async start(options: EmbeddedClusterOptions = {}): Promise<EmbeddedCluster> {
    const cluster = new EmbeddedCluster(options);
    for (const { yaml } of await crds()) {
      const definition = parse(yaml) as KubeObject;
      await cluster.api.create(customResourceDefinitions, definition);
    }
    await cluster.pass(cluster.startKubelets(options.nodes ?? ['node-a', 'node-b']));
    return cluster;
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
    return this.model!.node(name);
  }

  async pass<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const settle = (): void => void (isSettled = true);
    promise.then(settle, settle);
    if (!(await this.clock.until(() => isSettled, LONGEST))) throw new Error('nothing more happens, and it waits');
    return promise;
  }

  async stop(): Promise<void> {
    this.model?.stop();
    await Promise.all([...this.reflectors.values()].map((reflector) => reflector.stop()));
  }

  private async startKubelets(names: readonly string[]): Promise<void> {
    const source = podsOf((await this.store(pods)) as Store<Pod>);
    this.model = new KubeletModel({
      api: this.server.client('kubelets', { fieldManager: 'kubelet' }),
      clock: this.clock,
      source,
      nodes: names.map((name) => ({ name, capacity: { pods: '1000' } })),
      behaviour,
      timings: accelerated(SPEED),
      heartbeat: { lease: 1000 },
      binds: true,
      seed: 1,
      onError: (error, doing) => void this.errors.push(`${doing}: ${String(error)}`),
    });
    await this.model.start();
  }
}
