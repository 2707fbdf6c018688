import {
  controllerRevisions,
  endpointSlices,
  events,
  jobs,
  leases,
  nodes,
  pods,
  statefulSets,
  type Resource,
} from '../../kube/resource.js';
import { gameStatefulSets } from '../resources.js';

/** rbac.authorization.k8s.io/v1. */
export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** The Lease by which one of the replicas acts. */
export const LEASE = 'gamezone-controller';

const rule = (
  { group, plural }: Resource,
  verbs: readonly string[],
  { subresource, names }: { readonly subresource?: string; readonly names?: readonly string[] } = {},
): PolicyRule => ({
  apiGroups: [group],
  resources: [subresource === undefined ? plural : `${plural}/${subresource}`],
  verbs,
  ...(names && { resourceNames: names }),
});

/**
 * What the controller does in the namespaces of the workloads, each verb of it and nothing else. A test compares it with the
 * audit log of an API server.
 */
export const WORKLOAD_RULES: readonly PolicyRule[] = [
  rule(gameStatefulSets, ['list', 'watch']),
  rule(gameStatefulSets, ['patch'], { subresource: 'status' }),
  // Whoever makes an object that its owner waits for when it is deleted needs this, where the server asks (OpenShift does).
  rule(gameStatefulSets, ['update'], { subresource: 'finalizers' }),
  rule(statefulSets, ['list', 'watch', 'create', 'patch']),
  rule(controllerRevisions, ['list', 'watch']),
  rule(pods, ['list', 'watch', 'patch', 'delete']),
  rule(pods, ['patch'], { subresource: 'status' }),
  rule(jobs, ['list', 'watch']),
  rule(endpointSlices, ['list', 'watch']),
  rule(events, ['create', 'patch']),
];

/** What belongs to no namespace. */
export const CLUSTER_RULES: readonly PolicyRule[] = [rule(nodes, ['list', 'watch'])];

/** What it does in its own namespace. Creation cannot be limited to a name. */
export const OWN_RULES: readonly PolicyRule[] = [
  rule(leases, ['create']),
  rule(leases, ['get', 'update'], { names: [LEASE] }),
];
