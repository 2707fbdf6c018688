import type { OwnerReference } from '../../../kube/objects.js';
import type { Resource } from '../../../kube/resource.js';
import type { Observed } from '../../../kube/store.js';

export const FOREGROUND = 'foregroundDeletion';
export const ORPHAN = 'orphan';

/** An object as the garbage collector sees it. */
export interface Item {
  readonly resource: Resource;
  readonly metadata: Observed['metadata'];
}

/** Who owns whom. */
export class Graph {
  private readonly items = new Map<string, Item>();
  /** By the UID of an owner, whether it is known or not. */
  private readonly dependents = new Map<string, Set<string>>();

  get(uid: string): Item | undefined {
    return this.items.get(uid);
  }

  put(item: Item): void {
    const { uid } = item.metadata;
    this.unlink(uid);
    this.items.set(uid, item);
    for (const owner of ownersOf(item)) {
      const known = this.dependents.get(owner.uid);
      if (known) known.add(uid);
      else this.dependents.set(owner.uid, new Set([uid]));
    }
  }

  remove(uid: string): void {
    this.unlink(uid);
    this.items.delete(uid);
  }

  dependentsOf(uid: string): Item[] {
    return Array.from(this.dependents.get(uid) ?? [], (dependent) => this.items.get(dependent)!);
  }

  /** The owner that a reference means: of this UID, and where the reference can reach. */
  owner(reference: Readonly<OwnerReference>, of: Item): Item | undefined {
    const owner = this.items.get(reference.uid);
    if (owner === undefined) return undefined;
    const { namespace } = owner.metadata;
    return namespace === undefined || namespace === of.metadata.namespace ? owner : undefined;
  }

  private unlink(uid: string): void {
    for (const owner of ownersOf(this.items.get(uid))) {
      const known = this.dependents.get(owner.uid);
      known?.delete(uid);
      if (known?.size === 0) this.dependents.delete(owner.uid);
    }
  }
}

export function ownersOf(item: Item | undefined): readonly Readonly<OwnerReference>[] {
  return item?.metadata.ownerReferences ?? [];
}

/** It goes when all that blocks it is gone. */
export function isDeletingDependents(item: Item | undefined): boolean {
  return isGoingWith(item, FOREGROUND);
}

/** It goes when all that it owns is told so. */
export function isOrphaning(item: Item | undefined): boolean {
  return isGoingWith(item, ORPHAN);
}

function isGoingWith(item: Item | undefined, finalizer: string): boolean {
  return item?.metadata.deletionTimestamp !== undefined && item.metadata.finalizers?.includes(finalizer) === true;
}

/** Whether the item holds back the deletion of its owner. */
export function isBlocking(item: Item, owner: string): boolean {
  return ownersOf(item).some(({ uid, blockOwnerDeletion }) => uid === owner && blockOwnerDeletion === true);
}
