import type { Container } from './kubernetes.js';

/**
 * A Pod as the API server stores it, in plain JSON: timestamps are RFC 3339 texts, absent is absent. Only what we look into is
 * typed; everything else passes through. Readonly, so that a pod of a store fits as it is.
 */
export interface Pod {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: PodMetadata;
  readonly spec: StoredPodSpec;
  readonly status?: PodStatus;
}

/** Lists of owners and finalizers are left to who looks into them. */
export interface PodMetadata {
  readonly name?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  /** Counts changes of the spec; set from Kubernetes 1.33 on. */
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface StoredPodSpec {
  readonly containers: readonly StoredContainer[];
  readonly initContainers?: readonly StoredContainer[];
  readonly nodeName?: string;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly hostNetwork?: boolean;
  readonly serviceAccountName?: string;
  /** @default Always */
  readonly restartPolicy?: 'Always' | 'OnFailure' | 'Never';
  /** Seconds from SIGTERM to SIGKILL. @default 30 */
  readonly terminationGracePeriodSeconds?: number;
  readonly readinessGates?: readonly { readonly conditionType: string }[];
  readonly schedulingGates?: readonly { readonly name: string }[];
  readonly [field: string]: unknown;
}

export interface StoredContainer extends Container {
  readonly image: string;
  /** @default Always for the tag latest, else IfNotPresent */
  readonly imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never';
  /** `Always` in an init container makes it a sidecar. */
  readonly restartPolicy?: 'Always';
  readonly env?: readonly EnvVar[];
  readonly volumeMounts?: readonly VolumeMount[];
  readonly startupProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly lifecycle?: { readonly preStop?: LifecycleHandler; readonly postStart?: LifecycleHandler };
}

export interface LifecycleHandler {
  readonly sleep?: { readonly seconds: number };
  readonly exec?: { readonly command?: readonly string[] };
  readonly httpGet?: Record<string, unknown>;
}

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly fieldRef?: { readonly fieldPath: string; readonly apiVersion?: string };
    readonly [source: string]: unknown;
  };
}

export interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly subPath?: string;
  /** May name variables of the container: `releases/$(RELEASE)`. */
  readonly subPathExpr?: string;
  readonly readOnly?: boolean;
  readonly [field: string]: unknown;
}

/** Seconds and counts; the defaults are the API server's. */
export interface Probe {
  /** @default 0 */
  readonly initialDelaySeconds?: number;
  /** @default 10 */
  readonly periodSeconds?: number;
  /** @default 1 */
  readonly timeoutSeconds?: number;
  /** @default 1 */
  readonly successThreshold?: number;
  /** @default 3 */
  readonly failureThreshold?: number;
  readonly terminationGracePeriodSeconds?: number;
  readonly [handler: string]: unknown;
}

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';

export interface PodStatus {
  readonly phase?: PodPhase;
  /** The newest `metadata.generation` that the kubelet has acted on; from Kubernetes 1.34 on. */
  readonly observedGeneration?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly conditions?: readonly PodCondition[];
  readonly hostIP?: string;
  readonly hostIPs?: readonly { readonly ip: string }[];
  readonly podIP?: string;
  readonly podIPs?: readonly { readonly ip: string }[];
  readonly startTime?: string;
  readonly qosClass?: string;
  readonly initContainerStatuses?: readonly ContainerStatus[];
  readonly containerStatuses?: readonly ContainerStatus[];
  readonly [field: string]: unknown;
}

export interface PodCondition {
  /** `Ready`, `ContainersReady`, `Initialized`, `PodScheduled` ... or a readiness gate. */
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly observedGeneration?: number;
  readonly lastProbeTime?: string | null;
  readonly lastTransitionTime?: string;
  readonly reason?: string;
  readonly message?: string;
}

export interface ContainerStatus {
  readonly name: string;
  /** Some tag of the image that runs, not always the one asked for: proves nothing. */
  readonly image: string;
  /** Empty until the first container has been created. */
  readonly imageID: string;
  /** `containerd://...`; changes with every restart. */
  readonly containerID?: string;
  readonly restartCount: number;
  readonly ready: boolean;
  readonly started?: boolean;
  readonly state?: ContainerState;
  /** How the container before this one ended. */
  readonly lastState?: ContainerState;
  readonly [field: string]: unknown;
}

/** At most one of the three. */
export interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly running?: { readonly startedAt?: string };
  readonly terminated?: ContainerStateTerminated;
}

export interface ContainerStateTerminated {
  readonly exitCode: number;
  readonly signal?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly containerID?: string;
}

/** The condition of a type, where there is one. */
export function conditionOf(status: PodStatus | undefined, type: string): PodCondition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}

/** Whether the kubelet, or whoever wrote last, says that the pod is Ready. It says nothing of what really runs. */
export function isReady({ status }: Pick<Pod, 'status'>): boolean {
  return conditionOf(status, 'Ready')?.status === 'True';
}

/** A native sidecar: an init container that is restarted on its own. */
export function isSidecar(container: Container): boolean {
  return container['restartPolicy'] === 'Always';
}
