import type { Clock } from '../../../kube/clock.js';
import type { Stored } from '../../../kube/objects.js';
import { frozen } from '../json.js';
import { Collection, keyOfStored, type Change } from './collection.js';

export interface StorageOptions {
  readonly clock: Clock;
  /** Milliseconds for which history is kept, for watches and pages. @default 5 minutes, as of a real API server */
  readonly keepFor?: number;
}

/** All objects, in versions that are counted over all of them. What is stored is frozen. */
export class Storage {
  private current = 0;
  private compacted = 0;
  /** The newest version at moments of writes, oldest first. */
  private readonly moments: { readonly at: number; revision: number }[] = [];
  private readonly collections = new Map<string, Collection>();
  private readonly clock: Clock;
  private readonly keepFor: number;

  constructor({ clock, keepFor = 5 * 60_000 }: StorageOptions) {
    this.clock = clock;
    this.keepFor = keepFor;
  }

  /** Of the newest write. */
  get revision(): number {
    return this.current;
  }

  /** History up to here is no longer there. */
  get compactedRevision(): number {
    this.compact();
    return this.compacted;
  }

  /** The objects of a resource, by a name of its own such as `apps/statefulsets`. */
  collection(id: string): Collection {
    return this.collections.get(id) ?? this.open(id, 0);
  }

  /** A collection that is served from now on, or from the first version on: nobody can watch it from before. */
  open(id: string, since = this.current): Collection {
    const collection = new Collection(since);
    this.collections.set(id, collection);
    return collection;
  }

  /** A collection that is no longer served: its objects are gone without anybody being told. */
  drop(id: string): void {
    this.collections.delete(id);
  }

  put(collection: Collection, object: Stored): Stored {
    const key = keyOfStored(object);
    const before = collection.get(key);
    const stored = this.versioned(object);
    const type = before ? 'MODIFIED' : 'ADDED';
    collection.record(key, { revision: this.current, type, object: stored, ...(before && { before }) });
    return stored;
  }

  remove(collection: Collection, key: string): Stored | undefined {
    const before = collection.get(key);
    if (!before) return undefined;
    const object = this.versioned(before);
    collection.record(key, { revision: this.current, type: 'DELETED', object, before });
    return object;
  }

  private versioned(object: Stored): Stored {
    this.current++;
    this.noteMoment();
    return frozen({ ...object, metadata: { ...object.metadata, resourceVersion: String(this.current) } });
  }

  private noteMoment(): void {
    const at = this.clock.monotonic();
    const last = this.moments.at(-1);
    if (last && at - last.at < this.keepFor / 100) last.revision = this.current;
    else {
      this.compact();
      this.moments.push({ at, revision: this.current });
    }
  }

  private compact(): void {
    const oldest = this.clock.monotonic() - this.keepFor;
    const kept = this.moments.findIndex(({ at }) => at > oldest);
    const gone = kept < 0 ? this.moments.length : kept;
    if (gone === 0) return;
    this.compacted = this.moments[gone - 1]!.revision;
    this.moments.splice(0, gone);
    for (const collection of this.collections.values()) collection.forget(this.compacted);
  }
}

export type { Change };
