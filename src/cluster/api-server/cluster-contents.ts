import type { KubeObject } from '../../kube/objects.js';
import { namespaces, services, type Resource } from '../../kube/resource.js';
import type { ApiServer } from './api-server.js';
import { keyFor } from './core.js';
import { Refusal } from './refusal.js';

const NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];
const PRIORITY_CLASSES: Resource = {
  group: 'scheduling.k8s.io',
  version: 'v1',
  plural: 'priorityclasses',
  kind: 'PriorityClass',
  namespaced: false,
};
const CRITICAL = {
  'system-cluster-critical': {
    value: 2_000_000_000,
    description:
      'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  },
  'system-node-critical': {
    value: 2_000_001_000,
    description: 'Used for system critical pods that must not be moved from their current node.',
  },
};

/** What every cluster has from its first moment on. */
export function startCluster(server: ApiServer): void {
  const create = (user: string, resource: Resource, object: KubeObject): void =>
    createOnce(server, user, resource, object);
  for (const name of NAMESPACES) create('system:apiserver', namespaces, { metadata: { name } });
  for (const [name, contents] of Object.entries(CRITICAL))
    create('system:apiserver', PRIORITY_CLASSES, { metadata: { name }, ...contents });
  create('system:apiserver', services, KUBERNETES);
}

const KUBERNETES: KubeObject = {
  metadata: { name: 'kubernetes', namespace: 'default', labels: { component: 'apiserver', provider: 'kubernetes' } },
  ...{ spec: { ports: [{ name: 'https', port: 443, targetPort: 6443, protocol: 'TCP' }] } },
};

/** Who was quicker, or has deleted the namespace since, is right. */
function createOnce(server: ApiServer, user: string, resource: Resource, object: KubeObject): void {
  const served = server.resource(resource);
  const { namespace = '', name = '' } = object.metadata;
  if (server.core.collection(served).get(keyFor(namespace, name))) return;
  try {
    server.create(served, namespace, object, {
      user,
      fieldManager: user === 'system:apiserver' ? 'kube-apiserver' : 'kube-controller-manager',
      fieldValidation: 'Ignore',
      dryRun: false,
    });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}
