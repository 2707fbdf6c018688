import type { Release } from './compat.js';

/**
 * A zone with every default applied and every entry in its place: what both spellings (the zone file and the constructs)
 * come to, and all that the manifests are made from.
 */
export interface Zone {
  readonly name: string;
  readonly namespace?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly zoneId: number;
  /** The release whose manifests the zone keeps. */
  readonly compat: Release;
  readonly runtime: 'gamezone' | 'native';
  readonly security: Security;
  readonly services: readonly Service[];
  readonly redis?: Redis;
  readonly mysql?: Mysql;
  readonly migrationImage?: string;
  readonly hookTemplates: readonly ZoneHookTemplate[];
  readonly volumes: readonly ArtifactVolume[];
  readonly sync: SyncSettings;
  readonly pods: PodDefaults;
  /** Our variables' own names to the names that the zone wants. */
  readonly envNames: Readonly<Record<string, string>>;
}

export type Security = 'baseline' | 'restricted';

/** Settings that are the same for every pod of the zone. */
export interface PodDefaults {
  readonly imagePullSecrets: readonly string[];
  readonly serviceAccountName?: string;
  readonly publishNotReadyAddresses: boolean;
}

/** One type of service: one set of ids, or so many interchangeable replicas. */
export interface Service {
  readonly type: string;
  readonly workloads: readonly Workload[];
  readonly ports: readonly Port[];
  readonly expose?: Exposure;
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, EnvValue>>;
  readonly configFiles: readonly ConfigFile[];
  readonly autoscale?: Autoscale;
  readonly metrics?: Metrics;
  readonly sharedMemory?: string;
  readonly resources?: object;
  readonly probes: Probes;
  readonly volumes: readonly ArtifactVolume[];
  readonly terminationGracePeriodSeconds: number;
  readonly minReadySeconds: number;
  readonly progressDeadlineSeconds: number;
  readonly podManagementPolicy: 'Parallel' | 'OrderedReady';
  /** Absent: no PodDisruptionBudget. */
  readonly maxDisrupted?: number | string;
  readonly security: Security;
  /** The updateStrategy as written; the workload's defaults are applied by its kind. */
  readonly update: Readonly<Record<string, unknown>>;
  readonly hooks: Readonly<Partial<Record<'preDelete' | 'preInplace' | 'postInplace', HookStep>>>;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly object[];
  readonly imagePullPolicy: string;
}

/** A run of neighbouring ids (`ids`), or a number of pods without identity (`replicas`). */
export type Workload =
  | {
      readonly kind: 'ids';
      readonly name: string;
      readonly firstId: number;
      readonly count: number;
      readonly image: string;
      /** Ids whose image is not the workload's, in rising order. */
      readonly instances: readonly { readonly id: number; readonly image: string }[];
    }
  | { readonly kind: 'replicas'; readonly name: string; readonly replicas: number; readonly image: string };

export interface Port {
  readonly name: string;
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
}

export interface Exposure {
  readonly type: 'LoadBalancer' | 'NodePort' | 'HostPort';
  readonly perId: boolean;
  readonly ports: readonly Port[];
  readonly externalTrafficPolicy: 'Cluster' | 'Local';
  readonly annotations: Readonly<Record<string, string>>;
  readonly metalLb?: { readonly addressPool?: string; readonly addresses?: readonly string[] };
  readonly tencentClb?: {
    readonly internalSubnetId?: string;
    readonly existingLbId?: string;
    readonly directAccess: boolean;
  };
}

export interface Autoscale {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly cpuPercent?: number;
  readonly memoryPercent?: number;
}

export interface Metrics {
  readonly port: Port;
  readonly path: string;
  readonly scrape: 'annotations' | 'PodMonitor';
  readonly interval?: string;
}

/** `none` switches a probe off; absent readiness is a TCP probe on the first TCP port. */
export interface Probes {
  readonly readiness?: 'none' | object;
  readonly liveness?: 'none' | object;
  readonly startup?: 'none' | object;
}

export type EnvValue = string | { readonly valueFrom: object };

export interface ConfigFile {
  readonly path: string;
  readonly content: string;
  /** Permission bits, such as 0o644. */
  readonly mode: number;
}

export interface HookStep {
  readonly templateName: string;
  readonly [field: string]: unknown;
}

export interface ZoneHookTemplate {
  readonly name: string;
  /** Absent for one that is declared elsewhere in the namespace. */
  readonly spec?: object;
}

/** A secret value: written down in the zone (`literal`), or a key of a Secret that somebody else keeps. */
export type Credential =
  | { readonly kind: 'literal'; readonly value: string }
  | { readonly kind: 'secret'; readonly name: string; readonly key: string };

export interface Redis {
  readonly host: string;
  readonly port: number;
  readonly password?: Credential;
}

export interface Mysql {
  readonly host: string;
  readonly port: number;
  readonly user?: string;
  readonly password?: Credential;
  readonly database?: string;
}

/** Files laid over each other under one mount path, on one claim. */
export interface ArtifactVolume {
  readonly name: string;
  readonly mountPath: string;
  readonly sources: readonly ArtifactSource[];
  readonly size: string;
  readonly storageClassName?: string;
  readonly accessMode: string;
  /** A claim that somebody else made. Absent: the zone makes one. */
  readonly existingClaim?: string;
  readonly retain: boolean;
  /** The digest of the resolved sources. Absent: some source moves, and the pods follow `live/`. */
  readonly release?: string;
}

export type ArtifactSource = { readonly subPath?: string; readonly into?: string } & (
  | { readonly kind: 's3'; readonly settings: Readonly<Record<string, unknown>>; readonly credentials: Credentials }
  | { readonly kind: 'git'; readonly settings: Readonly<Record<string, unknown>>; readonly credentials: Credentials }
  | { readonly kind: 'p4'; readonly settings: Readonly<Record<string, unknown>>; readonly credentials: Credentials }
);

/** Credentials by the field of the zone file that holds them, such as `accessKey`. */
export type Credentials = Readonly<Record<string, Credential>>;

export interface SyncSettings {
  readonly image: string;
}
