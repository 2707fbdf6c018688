import type { KubeApi } from '../../kube/api.js';
import type { Clock } from '../../kube/clock.js';
import { EventRecorder } from '../../kube/event-recorder.js';
import type { Resource } from '../../kube/resource.js';
import { random } from '../random.js';
import type { Controller, ControllerContext } from './context.js';
import { DeploymentController } from './deployment/controller.js';
import { DisruptionController } from './disruption/controller.js';
import { EndpointSliceController } from './endpoint-slice/controller.js';
import { deletableResources } from './discovery.js';
import { GarbageCollector } from './garbage-collector/controller.js';
import { Informers } from './informers.js';
import { JobController } from './job/controller.js';
import { TimeToLiveController } from './job/time-to-live-controller.js';
import { NamespaceController } from './namespace-controller.js';
import { PodCollector } from './node/pod-collector.js';
import {
  defaultMonitor,
  monitorBefore32,
  NodeHealthController,
  type NodeMonitorTimes,
} from './node/health-controller.js';
import { TaintEvictionController } from './node/taint-eviction-controller.js';
import { ReplicaSetController } from './replica-set/controller.js';
import { RootCertificatesController } from './root-certificates-controller.js';
import { Scheduler } from './scheduler/scheduler.js';
import { ServiceAccountController } from './service-account-controller.js';
import { StatefulSetController } from './stateful-set/controller.js';
import { ClaimProtectionController } from './volume/claim-protection-controller.js';
import { Provisioner } from './volume/provisioner.js';

export interface NativeControllersOptions {
  /** The cluster, by the identity of a controller: `statefulset-controller`. */
  readonly apiOf: (controller: string) => KubeApi;
  readonly clock: Clock;
  /** All that is left to chance follows from it. */
  readonly seed: number;
  /** @default all: those whose real ones do not run there */
  readonly only?: readonly ControllerName[];
  /** All that the server has whose objects can be listed, watched and deleted. @default it is asked */
  readonly resources?: () => readonly Resource[];
  /** Milliseconds between two looks for new kinds. @default 30000 */
  readonly discoveryPeriod?: number;
  /** PEM, for the ConfigMap in each namespace. @default none, and no such ConfigMap */
  readonly authority?: string;
  /** Which Kubernetes is modelled. @default 1.34 */
  readonly version?: string;
  /** How soon a silent kubelet is noticed. @default Kubernetes' own times */
  readonly nodeMonitor?: NodeMonitorTimes;
  /** What the cluster did not do when it was asked. It is tried again. @default ignored */
  readonly onError?: (error: unknown, doing: string) => void;
}

/** Whether a version such as `1.34` is of this minor, or later. */
function isAtLeast(version = '1.34', minor: number): boolean {
  return Number(version.split('.')[1]) >= minor;
}

/** By the names of Kubernetes' own: the switch `--controllers` of kube-controller-manager, and the scheduler. */
const CONTROLLERS = {
  'statefulset-controller': (context) => new StatefulSetController(context),
  'replicaset-controller': (context) => new ReplicaSetController(context),
  'deployment-controller': (context) => new DeploymentController(context),
  'job-controller': (context, { version }) => new JobController(context, isAtLeast(version, 31)),
  'ttl-after-finished-controller': (context) => new TimeToLiveController(context),
  'disruption-controller': (context) => new DisruptionController(context),
  'endpointslice-controller': (context) => new EndpointSliceController(context),
  'namespace-controller': (context) => new NamespaceController(context),
  'persistentvolumeclaim-protection-controller': (context) => new ClaimProtectionController(context),
  'persistentvolume-binder-controller': (context) => new Provisioner(context),
  'pod-garbage-collector-controller': (context) => new PodCollector(context),
  'garbage-collector-controller': (context, { discoveryPeriod }) => new GarbageCollector(context, discoveryPeriod),
  'serviceaccount-controller': (context) => new ServiceAccountController(context),
  'root-ca-certificate-publisher-controller': (context, { authority }) =>
    authority === undefined ? undefined : new RootCertificatesController(context, authority),
  'node-lifecycle-controller': (context, { version, nodeMonitor }) =>
    new NodeHealthController(context, nodeMonitor ?? (isAtLeast(version, 32) ? defaultMonitor : monitorBefore32)),
  'taint-eviction-controller': (context) => new TaintEvictionController(context),
  'kube-scheduler': (context) => new Scheduler(context),
} satisfies Record<string, Make>;

type Make = (context: ControllerContext, options: NativeControllersOptions) => Controller | undefined;

export type ControllerName = keyof typeof CONTROLLERS;

export const CONTROLLER_NAMES = Object.keys(CONTROLLERS) as readonly ControllerName[];

/** Models of Kubernetes' own controllers, in a cluster that has none: embedded, or real with theirs switched off. */
export class NativeControllers {
  /** What they look at; others may look as well. */
  readonly informers: Informers;
  private readonly controllers: readonly Controller[];
  private readonly recorders: readonly EventRecorder[];
  private readonly stopping = new AbortController();

  constructor(options: NativeControllersOptions) {
    const { apiOf, clock, seed, onError = () => undefined } = options;
    const source = random(seed);
    const reader = apiOf('informers');
    this.informers = new Informers({ api: reader, clock, random: source.fork('informers'), onError });
    const resources = options.resources;
    const ask = resources ? () => Promise.resolve(resources()) : () => deletableResources(reader);
    const { only = CONTROLLER_NAMES } = options;
    const parts = only.flatMap((name) => {
      const own = source.fork(name);
      const api = apiOf(name);
      const recorder = new EventRecorder({
        api,
        clock,
        controller: name,
        instance: name,
        random: own.fork('events'),
        onError: (error) => onError(error, `${name}: an event`),
      });
      const tell: ControllerContext['tell'] = (occurrence) => recorder.record(occurrence);
      const context = { api, clock, informers: this.informers, resources: ask, random: own, tell, onError };
      const make: Make = CONTROLLERS[name];
      const controller = make(context, options);
      return controller === undefined ? [] : [{ controller, recorder }];
    });
    this.controllers = parts.map(({ controller }) => controller);
    this.recorders = parts.map(({ recorder }) => recorder);
  }

  /** Resolves when all is seen, and they act. */
  async start(): Promise<void> {
    this.informers.start();
    await this.informers.whenSynced(this.stopping.signal);
    for (const controller of this.controllers) controller.start();
  }

  /** The objects of the cluster stay. */
  async stop(): Promise<void> {
    this.stopping.abort(new Error('stopped'));
    await Promise.all(this.controllers.map((controller) => controller.stop()));
    await Promise.all(this.recorders.map((recorder) => recorder.stop({ deadline: 0 })));
    await this.informers.stop();
  }
}
