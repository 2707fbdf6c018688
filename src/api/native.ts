import type { PersistentVolumeClaim, PodTemplateSpec } from './kubernetes.js';
import type { PodMetadata } from './pod.js';

/** Metadata of an object that others own, or that owns others. */
export interface OwnedMetadata extends PodMetadata {
  readonly ownerReferences?: readonly Owner[];
}

export interface Owner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

// Kubernetes' own workloads as the API server stores them, as far as we look into them: plain JSON, timestamps RFC 3339.

export interface StatefulSet {
  apiVersion?: string;
  kind?: string;
  metadata: OwnedMetadata;
  spec: StatefulSetSpec;
  status?: StatefulSetStatus;
}

export interface StatefulSetSpec {
  replicas?: number;
  serviceName?: string;
  podManagementPolicy?: 'OrderedReady' | 'Parallel';
  minReadySeconds?: number;
  revisionHistoryLimit?: number;
  ordinals?: { start?: number };
  selector: { matchLabels?: Record<string, string>; matchExpressions?: unknown[] };
  updateStrategy?: { type?: 'RollingUpdate' | 'OnDelete'; rollingUpdate?: { partition?: number } };
  persistentVolumeClaimRetentionPolicy?: Record<string, string>;
  volumeClaimTemplates?: PersistentVolumeClaim[];
  template: PodTemplateSpec;
}

export interface StatefulSetStatus {
  observedGeneration?: number;
  replicas?: number;
  readyReplicas?: number;
  currentReplicas?: number;
  updatedReplicas?: number;
  availableReplicas?: number;
  /** Names of ControllerRevisions; also the value of the pods' label `controller-revision-hash`. */
  currentRevision?: string;
  updateRevision?: string;
  collisionCount?: number;
}

/** One revision of a StatefulSet's template. `data` is a patch that replaces the template of the set. */
export interface ControllerRevision {
  apiVersion?: string;
  kind?: string;
  metadata: OwnedMetadata;
  revision: number;
  data?: { spec?: { template?: PodTemplateSpec & { $patch?: string } } };
}

export interface Job {
  apiVersion?: string;
  kind?: string;
  metadata: OwnedMetadata;
  status?: {
    succeeded?: number;
    failed?: number;
    conditions?: { type: string; status: string; reason?: string; message?: string }[];
  };
}

/** The label by which a StatefulSet knows which revision a pod is of. */
export const REVISION_LABEL = 'controller-revision-hash';
