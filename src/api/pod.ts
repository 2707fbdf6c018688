import type { Container, PodSpec } from './kubernetes.js';

/**
 * A Pod as the API server stores it, in plain JSON: timestamps are RFC 3339 texts, absent is absent. Only what we look into is
 * typed; everything else passes through.
 */
export interface Pod {
  apiVersion?: string;
  kind?: string;
  metadata: PodMetadata;
  spec: StoredPodSpec;
  status?: PodStatus;
}

export interface PodMetadata {
  name?: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  /** Counts changes of the spec; set from Kubernetes 1.33 on. */
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: PodOwner[];
}

export interface PodOwner {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** The pod spec of a template with what belongs to one pod. */
export interface StoredPodSpec extends PodSpec {
  containers: StoredContainer[];
  initContainers?: StoredContainer[];
  nodeName?: string;
  nodeSelector?: Record<string, string>;
  hostNetwork?: boolean;
  serviceAccountName?: string;
  /** @default Always */
  restartPolicy?: 'Always' | 'OnFailure' | 'Never';
  /** Seconds from SIGTERM to SIGKILL. @default 30 */
  terminationGracePeriodSeconds?: number;
  readinessGates?: { conditionType: string }[];
  schedulingGates?: { name: string }[];
}

export interface StoredContainer extends Container {
  image: string;
  /** @default Always for the tag latest, else IfNotPresent */
  imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never';
  /** `Always` in an init container makes it a sidecar. */
  restartPolicy?: 'Always';
  env?: EnvVar[];
  volumeMounts?: VolumeMount[];
  startupProbe?: Probe;
  readinessProbe?: Probe;
  livenessProbe?: Probe;
  lifecycle?: { preStop?: LifecycleHandler; postStart?: LifecycleHandler };
}

export interface LifecycleHandler {
  sleep?: { seconds: number };
  exec?: { command?: string[] };
  httpGet?: Record<string, unknown>;
}

export interface EnvVar {
  name: string;
  value?: string;
  valueFrom?: { fieldRef?: { fieldPath: string; apiVersion?: string }; [source: string]: unknown };
}

export interface VolumeMount {
  name: string;
  mountPath: string;
  subPath?: string;
  /** May name variables of the container: `releases/$(RELEASE)`. */
  subPathExpr?: string;
  readOnly?: boolean;
  [field: string]: unknown;
}

/** Seconds and counts; the defaults are the API server's. */
export interface Probe {
  /** @default 0 */
  initialDelaySeconds?: number;
  /** @default 10 */
  periodSeconds?: number;
  /** @default 1 */
  timeoutSeconds?: number;
  /** @default 1 */
  successThreshold?: number;
  /** @default 3 */
  failureThreshold?: number;
  terminationGracePeriodSeconds?: number;
  [handler: string]: unknown;
}

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';

export interface PodStatus {
  phase?: PodPhase;
  /** The newest `metadata.generation` that the kubelet has acted on; from Kubernetes 1.34 on. */
  observedGeneration?: number;
  reason?: string;
  message?: string;
  conditions?: PodCondition[];
  hostIP?: string;
  hostIPs?: { ip: string }[];
  podIP?: string;
  podIPs?: { ip: string }[];
  startTime?: string;
  qosClass?: string;
  initContainerStatuses?: ContainerStatus[];
  containerStatuses?: ContainerStatus[];
  [field: string]: unknown;
}

export interface PodCondition {
  /** `Ready`, `ContainersReady`, `Initialized`, `PodScheduled` ... or a readiness gate. */
  type: string;
  status: 'True' | 'False' | 'Unknown';
  observedGeneration?: number;
  lastProbeTime?: string | null;
  lastTransitionTime?: string;
  reason?: string;
  message?: string;
}

export interface ContainerStatus {
  name: string;
  /** Some tag of the image that runs, not always the one asked for: proves nothing. */
  image: string;
  /** Empty until the first container has been created. */
  imageID: string;
  /** `containerd://...`; changes with every restart. */
  containerID?: string;
  restartCount: number;
  ready: boolean;
  started?: boolean;
  state?: ContainerState;
  /** How the container before this one ended. */
  lastState?: ContainerState;
  [field: string]: unknown;
}

/** At most one of the three. */
export interface ContainerState {
  waiting?: { reason?: string; message?: string };
  running?: { startedAt?: string };
  terminated?: ContainerStateTerminated;
}

export interface ContainerStateTerminated {
  exitCode: number;
  signal?: number;
  reason?: string;
  message?: string;
  startedAt?: string;
  finishedAt?: string;
  containerID?: string;
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
