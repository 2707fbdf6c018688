import { namespaces, pods } from '../../../kube/resource.js';
import type { ServedResource } from '../catalog/served-resource.js';
import type { Core } from '../core.js';
import { list, record, type Json } from '../json.js';
import { forbidden, notFound } from '../refusal.js';
import { withPriority } from './priority.js';
import { withServiceAccount } from './service-account.js';
import { withTolerations } from './tolerations.js';

export interface AdmissionOptions {
  /** Pods get the service account of their namespace, and wait for it. */
  readonly serviceAccounts: boolean;
}

/** What is asked, and added, before an object is created. Source: plugin/pkg/admission of Kubernetes. */
export class Admission {
  constructor(
    private readonly core: Core,
    private readonly options: AdmissionOptions,
  ) {}

  /** @throws Refusal 404 without the namespace, 403 in one that is going */
  namespace(resource: ServedResource, namespace: string, name: string): void {
    if (!resource.namespaced) return;
    const found = this.core.namespace(namespace);
    if (!found) throw notFound({ ...namespaces }, namespace);
    if (found.metadata.deletionTimestamp === undefined) return;
    const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
    throw forbidden(resource, name, why, [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ]);
  }

  /** What a pod must not lose is added again. */
  update(resource: ServedResource, object: Json, subresource: string): Json {
    return resource.id === '/pods' && subresource === '' ? withTolerations(object) : object;
  }

  create(resource: ServedResource, object: Json): Json {
    if (resource.id === '/nodes') return withNotReadyTaint(object);
    if (resource.id === '/persistentvolumeclaims' || resource.id === '/persistentvolumes')
      return protectedInUse(object, resource.id === '/persistentvolumes' ? 'pv' : 'pvc');
    if (resource.id !== `/${pods.plural}`) return object;
    const pod = { ...object, spec: { ...record(object['spec']) } };
    const accounted = this.options.serviceAccounts ? withServiceAccount(this.core, resource, pod) : pod;
    return withTolerations(withPriority(this.core, resource, accounted));
  }
}

/** A volume or claim goes when nobody uses it any more. Source: StorageObjectInUseProtection. */
function protectedInUse(object: Json, kind: 'pv' | 'pvc'): Json {
  const metadata = record(object['metadata']);
  const finalizers = list(metadata['finalizers']);
  const own = `kubernetes.io/${kind}-protection`;
  return finalizers.includes(own) ? object : { ...object, metadata: { ...metadata, finalizers: [...finalizers, own] } };
}

/** Until its controller has seen it Ready nothing is scheduled there. Source: TaintNodesByCondition. */
function withNotReadyTaint(node: Json): Json {
  const spec = record(node['spec']);
  const taints = list(spec['taints']);
  if (taints.some((taint) => record(taint)['key'] === NOT_READY)) return node;
  return { ...node, spec: { ...spec, taints: [...taints, { key: NOT_READY, effect: 'NoSchedule' }] } };
}

const NOT_READY = 'node.kubernetes.io/not-ready';
