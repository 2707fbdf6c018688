import type { KubeObject, OwnerReference } from '../../kube/objects.js';
import { apiVersionOf, type Resource } from '../../kube/resource.js';

type Owned = { readonly metadata: { readonly ownerReferences?: readonly Readonly<OwnerReference>[] } };
type Owner = { readonly metadata: { readonly name?: string; readonly uid?: string } };

/** The owner that manages an object. */
export function controllerOf({ metadata }: Owned): Readonly<OwnerReference> | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true);
}

export function isControlledBy(object: Owned, owner: Owner): boolean {
  return controllerOf(object)?.uid === owner.metadata.uid;
}

/** What a controller writes into what it makes. */
export function controllerReference(owner: Owner, resource: Resource): OwnerReference {
  const { name = '', uid = '' } = owner.metadata;
  return {
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    name,
    uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** For an index: the UID of the controller, and nothing for orphans. */
export function controllerUid(object: Owned): readonly string[] {
  const owner = controllerOf(object);
  return owner === undefined ? [] : [owner.uid];
}

/** For an index of orphans: their namespace. */
export function orphanage(object: Owned & { readonly metadata: { readonly namespace?: string } }): readonly string[] {
  return controllerOf(object) === undefined ? [object.metadata.namespace ?? ''] : [];
}

export function isGoing({
  metadata,
}: {
  readonly metadata: Pick<KubeObject['metadata'], 'deletionTimestamp'>;
}): boolean {
  return metadata.deletionTimestamp !== undefined;
}
