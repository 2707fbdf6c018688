import { coreEventStrategy, eventStrategy } from './event.js';
import { namespaceStrategy } from './namespace.js';
import {
  claimStrategy,
  createdOnUpdate,
  dataStrategy,
  definitionStrategy,
  disruptionBudgetStrategy,
  endpointSliceStrategy,
  leaseStrategy,
  nodeStrategy,
  priorityClassStrategy,
  roleBindingStrategy,
  serviceStrategy,
  storageClassStrategy,
} from './others.js';
import { podStrategy } from './pod.js';
import { counted, plain, withStatus, type Strategy } from './strategy.js';
import {
  controllerRevisionStrategy,
  daemonSetStrategy,
  deploymentStrategy,
  jobStrategy,
  replicaSetStrategy,
  statefulSetStrategy,
} from './workloads.js';

const strategies: Readonly<Record<string, Strategy>> = {
  '/pods': podStrategy,
  '/namespaces': namespaceStrategy,
  '/configmaps': dataStrategy,
  '/secrets': dataStrategy,
  '/services': serviceStrategy,
  '/nodes': nodeStrategy,
  '/endpoints': createdOnUpdate,
  '/limitranges': createdOnUpdate,
  '/events': coreEventStrategy,
  '/persistentvolumeclaims': claimStrategy,
  'events.k8s.io/events': eventStrategy,
  'apps/statefulsets': statefulSetStrategy,
  'apps/deployments': deploymentStrategy,
  'apps/replicasets': replicaSetStrategy,
  'apps/daemonsets': daemonSetStrategy,
  'apps/controllerrevisions': controllerRevisionStrategy,
  'batch/jobs': jobStrategy,
  'batch/cronjobs': counted,
  'coordination.k8s.io/leases': leaseStrategy,
  'discovery.k8s.io/endpointslices': endpointSliceStrategy,
  'policy/poddisruptionbudgets': disruptionBudgetStrategy,
  'networking.k8s.io/ingresses': counted,
  'networking.k8s.io/networkpolicies': { ...plain, countsGeneration: counted.countsGeneration! },
  'rbac.authorization.k8s.io/roles': createdOnUpdate,
  'rbac.authorization.k8s.io/clusterroles': createdOnUpdate,
  'rbac.authorization.k8s.io/rolebindings': roleBindingStrategy,
  'rbac.authorization.k8s.io/clusterrolebindings': roleBindingStrategy,
  'scheduling.k8s.io/priorityclasses': priorityClassStrategy,
  'storage.k8s.io/storageclasses': storageClassStrategy,
  'apiextensions.k8s.io/customresourcedefinitions': definitionStrategy,
};

/** Of a resource of Kubernetes' own. */
export function strategyOf(group: string, plural: string, hasStatus: boolean): Strategy {
  return strategies[`${group}/${plural}`] ?? (hasStatus ? withStatus : plain);
}
