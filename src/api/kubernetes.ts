/**
 * The little of Kubernetes' own types that we look into. Everything else passes through as it was written and is checked
 * against the schema of Kubernetes at synth.
 */
export interface PodTemplateSpec {
  metadata?: TemplateMetadata;
  spec?: PodSpec;
}

export interface PersistentVolumeClaim {
  metadata?: TemplateMetadata;
  spec?: Record<string, unknown>;
  [field: string]: unknown;
}

export interface TemplateMetadata {
  name?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  [field: string]: unknown;
}

export interface PodSpec {
  containers?: Container[];
  initContainers?: Container[];
  [field: string]: unknown;
}

export interface Container {
  name: string;
  image?: string;
  [field: string]: unknown;
}
