import type { Manifest } from '../../../constructs/manifests/manifest.js';
import { builtInKind } from '../../kubernetes/facts.js';

/**
 * What `--namespace` does to an object: it takes the place of the zone's own namespace, and of none. A namespace that an
 * object names for itself stays, and kinds that Kubernetes knows to stand outside of namespaces have none. A custom kind is
 * taken for one that has: where that is wrong, the API server says so.
 *
 * @param own the namespace of the zone that the object belongs to
 */
export function intoNamespace(object: Manifest, namespace: string, own: string | undefined): Manifest {
  const { apiVersion, kind, metadata } = object;
  const explicit = metadata.namespace !== undefined && metadata.namespace !== own;
  if (explicit || builtInKind(apiVersion, kind)?.namespaced === false) return object;
  return { ...object, metadata: { ...metadata, namespace } };
}
