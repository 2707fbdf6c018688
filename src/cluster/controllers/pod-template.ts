import type { KubeObject, OwnerReference } from '../../kube/objects.js';
import type { Pod, Template } from './objects.js';

/** A pod as its template wants it. Without a name the server makes one that begins with the owner's. */
export function podFrom(template: Template, owner: OwnerReference, namespace: string, name?: string): Pod & KubeObject {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...(name === undefined ? { generateName: prefixOf(owner.name) } : { name }),
      namespace,
      ...(labels && { labels: { ...labels } }),
      ...(annotations && { annotations: { ...annotations } }),
      ...(finalizers && { finalizers: [...finalizers] }),
      ownerReferences: [owner],
    },
    spec: { ...(template.spec as Pod['spec']) },
  };
}

/** Where the owner's name with its hyphen is no name of a pod, it goes without. */
function prefixOf(owner: string): string {
  return owner.endsWith('.') ? owner : `${owner}-`;
}
