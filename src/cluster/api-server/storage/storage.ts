import type { Clock } from '../../../kube/clock.js';
import type { Stored } from '../../../kube/objects.js';
import { frozen } from '../json.js';
import { internalError } from '../refusal.js';
import { Collection, keyOfStored, type Change } from './collection.js';
import type { Contents, Journal, Kept } from './journal.js';

export interface StorageOptions {
  readonly clock: Clock;
  /** Milliseconds for which history is kept, for watches and pages. @default 5 minutes, as of a real API server */
  readonly keepFor?: number;
  /** Keeps what is written beyond this process. @default nothing is kept */
  readonly journal?: Journal;
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
  private readonly journal: Journal | undefined;
  /** Collections that were dropped, which the journal does not know yet. */
  private dropped: string[] = [];

  constructor({ clock, keepFor = 5 * 60_000, journal }: StorageOptions) {
    this.clock = clock;
    this.keepFor = keepFor;
    this.journal = journal;
    if (journal) this.restore(journal.restore());
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
    return this.open(id, 0);
  }

  /** A collection that is served from now on, or from the first version on: nobody can watch it from before. */
  open(id: string, since = this.current): Collection {
    const known = this.collections.get(id);
    if (known) return known;
    const collection = new Collection(id, since);
    this.collections.set(id, collection);
    return collection;
  }

  /** A collection that is no longer served: its objects are gone without anybody being told. */
  drop(id: string): void {
    this.collections.delete(id);
    if (this.journal) this.dropped.push(id);
  }

  /** The names of the collections that there are. */
  get ids(): readonly string[] {
    return [...this.collections.keys()];
  }

  /** @throws Refusal 500 where it could not be kept; nothing has changed then */
  put(collection: Collection, object: Stored): Stored {
    const key = keyOfStored(object);
    const before = collection.get(key);
    const stored = this.versioned(object);
    const revision = this.advance({ of: collection.id, object: stored });
    const type = before ? 'MODIFIED' : 'ADDED';
    collection.record(key, { revision, type, object: stored, ...(before && { before }) });
    return stored;
  }

  /** @throws Refusal 500 where it could not be kept; nothing has changed then */
  remove(collection: Collection, key: string): Stored | undefined {
    const before = collection.get(key);
    if (!before) return undefined;
    const object = this.versioned(before);
    const revision = this.advance({ of: collection.id, key });
    collection.record(key, { revision, type: 'DELETED', object, before });
    return object;
  }

  private versioned(object: Stored): Stored {
    return frozen({ ...object, metadata: { ...object.metadata, resourceVersion: String(this.current + 1) } });
  }

  /** What is told to anybody has been kept before. */
  private advance(write: { of: string } & ({ object: Stored } | { key: string })): number {
    const revision = this.current + 1;
    if (this.journal) this.keep(this.journal, { ...write, revision, at: this.clock.now() });
    this.current = revision;
    this.noteMoment();
    return revision;
  }

  private keep(journal: Journal, write: Kept): void {
    const { dropped } = this;
    try {
      journal.keep(dropped.length > 0 ? { ...write, dropped } : write, () => this.contents());
    } catch (error) {
      throw internalError(`nothing was changed: ${error instanceof Error ? error.message : String(error)}`);
    }
    this.dropped = [];
  }

  private contents(): Contents {
    const collections = [...this.collections].map(([id, collection]) => [id, collection.values()] as const);
    return { revision: this.current, at: this.clock.now(), collections };
  }

  /** Nobody can watch from before: only what was last is known of what was. */
  private restore({ revision, collections }: Contents): void {
    this.current = revision;
    this.compacted = revision;
    for (const [id, objects] of collections) {
      const collection = this.open(id);
      for (const object of objects) collection.restore(keyOfStored(object), frozen(object));
    }
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
