import type { Store } from '../../kube/store.js';

/** A store, as far as it says whether it shows a write. */
export type Shows = Pick<Store, 'hasSeen' | 'byUid'>;

type Write =
  | { readonly kind: 'version'; readonly store: Shows; readonly version: string }
  | { readonly kind: 'deletion'; readonly store: Shows; readonly uid: string };

/**
 * What was written for a key and is not to be seen in the stores yet: to look at a state older than that would do it twice. It takes
 * the place of the expectations of Kubernetes' controllers, and counts for every kind of object.
 */
export class OwnWrites {
  private readonly writes = new Map<string, Write[]>();

  written(key: string, store: Shows, version: string): void {
    this.record(key, { kind: 'version', store, version });
  }

  deleted(key: string, store: Shows, uid: string): void {
    this.record(key, { kind: 'deletion', store, uid });
  }

  /** Whether the stores show all that was written for this key. */
  areSeen(key: string): boolean {
    const left = this.writes.get(key)?.filter((write) => !isSeen(write)) ?? [];
    if (left.length === 0) this.writes.delete(key);
    else this.writes.set(key, left);
    return left.length === 0;
  }

  /** They are waited for no longer. */
  forget(key: string): void {
    this.writes.delete(key);
  }

  private record(key: string, write: Write): void {
    const writes = this.writes.get(key);
    if (writes) writes.push(write);
    else this.writes.set(key, [write]);
  }
}

function isSeen(write: Write): boolean {
  if (write.kind === 'version') return write.store.hasSeen(write.version);
  const object = write.store.byUid(write.uid);
  return object === undefined || object.metadata.deletionTimestamp !== undefined;
}
