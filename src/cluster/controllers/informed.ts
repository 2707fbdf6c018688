import * as resource from '../../kube/resource.js';
import type { KubeObject } from '../../kube/objects.js';
import type { Observed } from '../../kube/store.js';
import type { Informed } from './informers.js';
import type { Node } from '../kubelet/node-object.js';
import type { PersistentVolume } from './volume/provisioner.js';
import type {
  Claim,
  Deployment,
  DisruptionBudget,
  EndpointSlice,
  Job,
  Lease,
  Pod,
  ReplicaSet,
  Revision,
  Service,
  StatefulSet,
} from './objects.js';
import { controllerUid, orphanage } from './owners.js';

/** Found by the UID of who controls them, or, orphans, by their namespace. */
const byOwner = { controller: controllerUid, orphanage };
const namespace = ({ metadata }: Observed): readonly string[] => [metadata.namespace ?? ''];

export const pods: Informed<Pod, 'controller' | 'orphanage' | 'namespace' | 'node'> = {
  resource: resource.pods,
  indexes: { ...byOwner, namespace, node: ({ spec }) => (spec.nodeName === undefined ? [] : [spec.nodeName]) },
};
export const statefulSets: Informed<StatefulSet, 'namespace'> = {
  resource: resource.statefulSets,
  indexes: { namespace },
};
export const replicaSets: Informed<ReplicaSet, 'controller' | 'orphanage' | 'namespace'> = {
  resource: resource.replicaSets,
  indexes: { ...byOwner, namespace },
};
export const revisions: Informed<Revision, 'controller' | 'orphanage'> = {
  resource: resource.controllerRevisions,
  indexes: byOwner,
};
export const claims: Informed<Claim, 'namespace'> = {
  resource: resource.persistentVolumeClaims,
  indexes: { namespace },
};
export const jobs: Informed<Job, 'namespace'> = { resource: resource.jobs, indexes: { namespace } };
export const namespaces: Informed<KubeObject, never> = { resource: resource.namespaces, indexes: {} };
export const serviceAccounts: Informed<KubeObject, never> = { resource: resource.serviceAccounts, indexes: {} };
export const nodes: Informed<Node, never> = { resource: resource.nodes, indexes: {} };
export const leases: Informed<Lease, never> = { resource: resource.leases, indexes: {} };
export const configMaps: Informed<KubeObject, never> = { resource: resource.configMaps, indexes: {} };
export const deployments: Informed<Deployment, 'namespace'> = {
  resource: resource.deployments,
  indexes: { namespace },
};
export const disruptionBudgets: Informed<DisruptionBudget, 'namespace'> = {
  resource: resource.podDisruptionBudgets,
  indexes: { namespace },
};
export const services: Informed<Service, 'namespace'> = { resource: resource.services, indexes: { namespace } };
export const endpointSlices: Informed<EndpointSlice, 'service'> = {
  resource: resource.endpointSlices,
  indexes: {
    service: ({ metadata: { namespace, labels } }) => [`${namespace}/${labels?.['kubernetes.io/service-name']}`],
  },
};
export const volumes: Informed<PersistentVolume, never> = { resource: resource.persistentVolumes, indexes: {} };
