import type { KubeApi } from '../kube/api.js';
import type { Clock } from '../kube/clock.js';
import type { Resource } from '../kube/resource.js';
import { ApiServer, type ClientOptions } from './api-server/api-server.js';
import type { ProfileName } from './api-server/profile.js';
import type { Journal } from './api-server/storage/journal.js';
import { NativeControllers, type ControllerName } from './controllers/controllers.js';
import { NEEDED } from './controllers/discovery.js';
import { pods } from './controllers/informed.js';
import type { NodeMonitorTimes } from './controllers/node/health-controller.js';
import type { Behaviour } from './kubelet/behaviour.js';
import type { HeartbeatTimings } from './kubelet/heartbeat.js';
import type { Registry } from './kubelet/images.js';
import { KubeletModel } from './kubelet/kubelet.js';
import type { ModelNodeOptions } from './kubelet/node.js';
import { podsOf } from './kubelet/pod-source.js';
import type { KubeletTimings } from './kubelet/timings.js';
import { hash } from './random.js';

export interface EmbeddedClusterOptions {
  /** Virtual for a preview, the machine's for a person. */
  readonly clock: Clock;
  /** All that is left to chance follows from it: the same seed and the same requests are the same events. @default 1 */
  readonly seed?: number;
  /** Which Kubernetes it is. @default 1.34 */
  readonly version?: ProfileName;
  /** @default two of 8 CPUs and 16 GiB each */
  readonly nodes?: readonly ModelNodeOptions[];
  /** What containers do. @default they start at once, run on and stop at once */
  readonly behaviour?: Behaviour;
  /** @default every image exists */
  readonly registry?: Registry;
  /** @default a kubelet's, as measured */
  readonly timings?: KubeletTimings;
  /** @default a kubelet's */
  readonly heartbeat?: Partial<HeartbeatTimings>;
  /** How soon a silent kubelet is noticed. @default Kubernetes' own times */
  readonly nodeMonitor?: NodeMonitorTimes;
  /** Milliseconds for which the API server keeps history. @default 5 minutes */
  readonly keepFor?: number;
  /**
   * Keeps the cluster beyond this process. One that was kept comes back as after a power cut: its machines boot, and what ran on them is
   * started again. @default nothing is kept
   */
  readonly journal?: Journal;
  /** @default all */
  readonly controllers?: readonly ControllerName[];
  /** What did not succeed inside, and is tried again. @default ignored */
  readonly onError?: (error: unknown, doing: string) => void;
}

/**
 * A Kubernetes cluster inside this process: an API server, models of Kubernetes' own controllers and scheduler, and nodes with modelled
 * kubelets, on one clock and one seed. Nothing runs in its containers.
 */
export class EmbeddedCluster {
  readonly clock: Clock;
  readonly server: ApiServer;
  readonly controllers: NativeControllers;
  readonly kubelets: KubeletModel;

  constructor(options: EmbeddedClusterOptions) {
    const { clock, version = '1.34', nodes = TWO_NODES, keepFor, journal, nodeMonitor, onError } = options;
    const { behaviour, registry, timings, heartbeat } = options;
    // What an earlier life drew is not drawn again: UIDs, names, ids of containers.
    const lived = journal?.revision ?? 0;
    const seed = lived === 0 ? (options.seed ?? 1) : hash(`${options.seed ?? 1}/${lived}`);
    this.clock = clock;
    this.server = new ApiServer({
      clock,
      seed,
      version,
      ...(keepFor !== undefined && { keepFor }),
      ...(journal && { journal }),
    });
    this.controllers = new NativeControllers({
      apiOf: (name) => this.client(userOf(name), { fieldManager: 'kube-controller-manager' }),
      clock,
      seed,
      version,
      resources: () => collectable(this.server),
      // Kinds may be served at any moment, and asking for them costs nothing here.
      discoveryPeriod: 1000,
      authority: '',
      ...(options.controllers && { only: options.controllers }),
      ...(nodeMonitor && { nodeMonitor }),
      ...(onError && { onError }),
    });
    this.kubelets = new KubeletModel({
      api: this.client('system:nodes', { fieldManager: 'kubelet' }),
      clock,
      seed,
      nodes,
      source: podsOf(this.controllers.informers.store(pods)),
      boots: lived > 0,
      ...(behaviour && { behaviour }),
      ...(registry && { registry }),
      ...(timings && { timings }),
      ...(heartbeat && { heartbeat }),
      ...(onError && { onError }),
    });
  }

  /** A way in, as anybody: there is no authorization. */
  client(user: string, options: ClientOptions = {}): KubeApi {
    return this.server.client(user, options);
  }

  /** Resolves when the controllers act and the nodes are registered. On a virtual clock somebody must let time pass meanwhile. */
  async start(): Promise<void> {
    await this.controllers.start();
    await this.kubelets.start();
  }

  /** Ends all activity; the objects can still be read. */
  async stop(): Promise<void> {
    this.kubelets.stop();
    await this.controllers.stop();
  }
}

const TWO_NODES: readonly ModelNodeOptions[] = [{ name: 'node-a' }, { name: 'node-b' }];

function userOf(controller: string): string {
  return controller === 'kube-scheduler' ? 'system:kube-scheduler' : `system:serviceaccount:kube-system:${controller}`;
}

/** Each in one version. */
function collectable({ core }: ApiServer): readonly Resource[] {
  const found = new Map<string, Resource>();
  for (const { id, group, version, plural, kind, namespaced, verbs } of core.catalog.all())
    if (!found.has(id) && NEEDED.every((verb) => verbs.includes(verb)))
      found.set(id, { group, version, plural, kind, namespaced });
  return [...found.values()];
}
