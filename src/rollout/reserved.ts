import type { PodTemplateSpec } from '../api/kubernetes.js';
import { REVISION_LABEL } from '../api/native.js';
import { formatPath } from '../api/problem.js';
import { UPDATE_STATE } from './pod/update-state.js';

/** What others write into each pod by itself. A template that sets it would say the same of all pods, and undo what they say. */
const RESERVED = {
  labels: [REVISION_LABEL, 'statefulset.kubernetes.io/pod-name', 'apps.kubernetes.io/pod-index', 'pod-template-hash'],
  // The grace of the seed system, from which a workload may come.
  annotations: [UPDATE_STATE, 'inplace-update-grace'],
} as const satisfies Record<string, readonly string[]>;

export const isReserved = (field: 'labels' | 'annotations', key: string): boolean =>
  (RESERVED[field] as readonly string[]).includes(key);

/** The first reserved key that a template sets: `metadata.labels["pod-template-hash"]`. */
export function reservedIn({ metadata }: PodTemplateSpec): string | undefined {
  for (const field of ['labels', 'annotations'] as const) {
    const key = Object.keys(metadata?.[field] ?? {}).find((name) => isReserved(field, name));
    if (key !== undefined) return formatPath(['metadata', field, key]);
  }
  return undefined;
}
