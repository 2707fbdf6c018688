import type { ServedResource } from '../../catalog/served-resource.js';
import { clusterColumns, isNameFirst } from './cluster.js';
import { AGE, column, NAME, type Column } from './column.js';
import { customColumns } from './custom.js';
import { podColumns } from './pod.js';
import { workloadColumns } from './workloads.js';

const columns: Readonly<Record<string, readonly Column[]>> = {
  '/pods': podColumns,
  ...workloadColumns,
  ...clusterColumns,
};

/** Of kinds whose rows nobody has thought of. */
const PLAIN: readonly Column[] = [
  column('Created At', ({ metadata }) => (metadata as { creationTimestamp?: string }).creationTimestamp, 0, 'date'),
];

/** The columns of a resource. Source: pkg/printers/internalversion of Kubernetes. */
export function columnsOf(resource: ServedResource): readonly Column[] {
  if (resource.custom) return [NAME, ...customColumns(resource)];
  const own = columns[resource.id] ?? (resource.group === 'rbac.authorization.k8s.io' ? PLAIN : [AGE]);
  return isNameFirst(resource.id) ? [NAME, ...own] : own;
}

export type { Column };
