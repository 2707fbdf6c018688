/** What the containers of a modelled node do, since there is no process in them. Milliseconds throughout. */
export interface Behaviour {
  /** Asked once for every container that is about to start. */
  run(start: ContainerStart): Run | StartFailure;
  /** Whether a folder of a volume is there. The kubelet makes an empty one where it is not. @default it is */
  hasFolder?(pod: PodIdentity, volume: string, subPath: string): boolean;
}

export interface PodIdentity {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
}

/** All that a process can know of itself as it starts. It keeps this even when the pod's annotations change. */
export interface ContainerStart {
  readonly pod: PodIdentity;
  readonly container: string;
  /** It is expected to end by itself: an init container that is no sidecar, or any of a pod that is not always restarted. */
  readonly isTask: boolean;
  /** `containerd://...` */
  readonly id: string;
  /** As the pod's spec named it. */
  readonly image: string;
  /** The digest of what really runs. */
  readonly digest: string;
  /** 0 for the first container of this name in the pod. */
  readonly attempt: number;
  /** Resolved, the downward API included. Values of ConfigMaps and Secrets are not modelled: such variables are missing. */
  readonly env: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
}

export interface Mount {
  readonly volume: string;
  readonly mountPath: string;
  /** With its variables filled in; empty for the whole volume. */
  readonly subPath: string;
  /** The folder was not there: the container sees an empty one. */
  readonly empty: boolean;
}

/** One container from start to end. */
export interface Run {
  /** Until its probes succeed. @default 0 */
  readonly startup?: number;
  /** It ends by itself. @default never */
  readonly exit?: Exit & { readonly after: number };
  /** From SIGTERM to its end; SIGKILL comes when the grace period is over. @default at once, with code 0 */
  readonly stop?: { readonly after: number; readonly code?: number };
  /** How long a preStop hook of the spec takes. @default 0 */
  readonly preStop?: number;
  /** A probe's outcome. @default success once `startup` has passed */
  probe?(kind: ProbeKind, at: ContainerMoment): boolean;
  /** What it answers while it runs. @default refused */
  answer?(request: ContainerRequest, at: ContainerMoment): ContainerAnswer;
}

export interface Exit {
  readonly code: number;
  /** @default Completed for code 0, else Error */
  readonly reason?: string;
}

/** The container runtime could not start it. */
export interface StartFailure {
  readonly failure: 'CreateContainerConfigError' | 'CreateContainerError' | 'RunContainerError';
  readonly message: string;
}

export type ProbeKind = 'startup' | 'readiness' | 'liveness';

export interface ContainerMoment {
  readonly runningFor: number;
  /** SIGTERM has been sent. */
  readonly isStopping: boolean;
}

export type ContainerRequest =
  | {
      readonly kind: 'http';
      readonly method: string;
      readonly port: number;
      readonly path: string;
      readonly body?: string;
    }
  | { readonly kind: 'exec'; readonly command: readonly string[]; readonly stdin?: string }
  | { readonly kind: 'logs'; readonly tailLines?: number };

export type ContainerAnswer =
  | { readonly kind: 'http'; readonly status: number; readonly body: string }
  | { readonly kind: 'exec'; readonly exitCode: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'logs'; readonly text: string }
  | { readonly kind: 'refused'; readonly message: string };

/** Starts at once, runs until it is stopped, stops at once. */
export const untroubled: Behaviour = { run: () => ({}) };
