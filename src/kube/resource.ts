/** A resource of the API: what a path is made of, and the kind of its objects. */
export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** The name in paths: `pods`. */
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** `apps/v1`, or `v1` in the core group. */
export function apiVersionOf({ group, version }: Resource): string {
  return group === '' ? version : `${group}/${version}`;
}

const core = (plural: string, kind: string, namespaced = true): Resource => ({
  group: '',
  version: 'v1',
  plural,
  kind,
  namespaced,
});
const grouped = (group: string, plural: string, kind: string, version = 'v1', namespaced = true): Resource => ({
  group,
  version,
  plural,
  kind,
  namespaced,
});

export const pods = core('pods', 'Pod');
export const nodes = core('nodes', 'Node', false);
export const namespaces = core('namespaces', 'Namespace', false);
export const services = core('services', 'Service');
export const serviceAccounts = core('serviceaccounts', 'ServiceAccount');
export const configMaps = core('configmaps', 'ConfigMap');
export const secrets = core('secrets', 'Secret');
export const persistentVolumeClaims = core('persistentvolumeclaims', 'PersistentVolumeClaim');
export const persistentVolumes = core('persistentvolumes', 'PersistentVolume', false);
export const events = grouped('events.k8s.io', 'events', 'Event');
export const statefulSets = grouped('apps', 'statefulsets', 'StatefulSet');
export const replicaSets = grouped('apps', 'replicasets', 'ReplicaSet');
export const deployments = grouped('apps', 'deployments', 'Deployment');
export const controllerRevisions = grouped('apps', 'controllerrevisions', 'ControllerRevision');
export const jobs = grouped('batch', 'jobs', 'Job');
export const leases = grouped('coordination.k8s.io', 'leases', 'Lease');
export const endpointSlices = grouped('discovery.k8s.io', 'endpointslices', 'EndpointSlice');
export const podDisruptionBudgets = grouped('policy', 'poddisruptionbudgets', 'PodDisruptionBudget');
export const customResourceDefinitions = grouped(
  'apiextensions.k8s.io',
  'customresourcedefinitions',
  'CustomResourceDefinition',
  'v1',
  false,
);
