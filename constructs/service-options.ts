import type { Duration } from 'cdk8s';
import type { IHookTemplate } from './hook-template.js';

/** Checks that must agree. */
export interface ServiceHooks {
  /**
   * Before a pod is deleted, and before it is updated in place where `preInplace` is absent.
   *
   * @default - none
   */
  readonly preDelete?: IHookTemplate;
  /**
   * Before a pod is updated in place.
   *
   * @default - `preDelete`
   */
  readonly preInplace?: IHookTemplate;
  /**
   * After a pod was updated in place, before the next one is touched.
   *
   * @default - none
   */
  readonly postInplace?: IHookTemplate;
}

/** A file written into the container. */
export interface ConfigFile {
  /** The absolute path in the container. */
  readonly path: string;
  /** The text; `${NAME}` becomes the environment variable of that name, `$${` stands for `${`. */
  readonly content: string;
  /**
   * The file mode in octal, as text.
   *
   * @default '0644'
   */
  readonly mode?: string;
}

/** How many pods an autoscaler keeps. */
export interface AutoscaleOptions {
  /** The largest number of pods. */
  readonly maxReplicas: number;
  /**
   * The least number of pods.
   *
   * @default - `replicas`
   */
  readonly minReplicas?: number;
  /**
   * The CPU use to keep, in percent of the request.
   *
   * @default - 80 where `memoryPercent` is absent too
   */
  readonly cpuPercent?: number;
  /**
   * The memory use to keep, in percent of the request.
   *
   * @default - not looked at
   */
  readonly memoryPercent?: number;
}

/** Where Prometheus finds the metrics of the pods. */
export interface MetricsOptions {
  /** The name or number of one of the service's ports. */
  readonly port: number | string;
  /**
   * The path.
   *
   * @default '/metrics'
   */
  readonly path?: string;
  /**
   * Whether a PodMonitor of the Prometheus operator is made, instead of annotations on the pods.
   *
   * @default false
   */
  readonly podMonitor?: boolean;
  /**
   * How often a PodMonitor scrapes; whole seconds.
   *
   * @default - as Prometheus is set
   */
  readonly interval?: Duration;
}

/** Probes as Kubernetes spells them. */
export interface ProbeOptions {
  /**
   * When the pod takes players. `none` switches it off.
   *
   * @default - a TCP probe on the first TCP port
   */
  readonly readiness?: any;
  /**
   * When the container is restarted.
   *
   * @default - never
   */
  readonly liveness?: any;
  /**
   * When the other probes begin.
   *
   * @default - at once
   */
  readonly startup?: any;
}

/** CPU and memory, as Kubernetes spells them. */
export interface ResourceOptions {
  /**
   * What the scheduler keeps free for a pod, such as `{ cpu: '500m', memory: '1Gi' }`.
   *
   * @default - none: `gamezone synth` warns
   */
  readonly requests?: { [resource: string]: string };
  /**
   * What a pod may use at the most.
   *
   * @default - no limit
   */
  readonly limits?: { [resource: string]: string };
}
