import type { Clock } from '../../kube/clock.js';
import type { ObjectName, Stored } from '../../kube/objects.js';
import type { Resource } from '../../kube/resource.js';
import type { Store } from '../../kube/store.js';
import { compareVersions } from '../../kube/version.js';

/** Something that we wrote, as far as it is known. */
export type Write =
  /** Acknowledged: the object has this version, or a later one, or is gone. */
  | { readonly kind: 'version'; readonly resource: Resource; readonly uid: string; readonly resourceVersion: string }
  /** Acknowledged: the object is gone, or on its way. */
  | { readonly kind: 'deletion'; readonly resource: Resource; readonly uid: string }
  /** No answer, or one that says that somebody else was first: the object must be read before anything is decided. */
  | {
      readonly kind: 'unknown';
      readonly resource: Resource;
      readonly name: ObjectName;
      /** Absent for what was to be created. */
      readonly uid?: string;
    };

export type UnknownWrite = Write & { readonly kind: 'unknown' };

type StoreOf = (resource: Resource) => Pick<Store, 'hasSeen' | 'byUid'>;

interface Entry {
  readonly write: Write;
  /** Monotonic: since when the stores are waited for. */
  readonly since: number;
}

/** Milliseconds after which the stores are waited for no longer. */
export const PATIENCE = 30_000;

/**
 * What was written for each workload and is not to be seen in the stores yet. A decision on what was before a write of ours
 * would do it twice, or count a pod as available that we have just taken out: rollout.md section 2.
 */
export class OwnWrites {
  private readonly entries = new Map<string, Map<string, Entry>>();

  constructor(
    private readonly clock: Clock,
    private readonly storeOf: StoreOf,
  ) {}

  record(key: string, write: Write): void {
    const of = this.entries.get(key) ?? new Map<string, Entry>();
    this.entries.set(key, of);
    of.set(identityOf(write), { write, since: this.clock.monotonic() });
  }

  /** Those whose objects have to be read. */
  unknown(key: string): readonly UnknownWrite[] {
    return this.of(key).flatMap(({ write }) => (write.kind === 'unknown' ? [write] : []));
  }

  /** The object was read: what is known of it now takes the place of what was not. */
  clarified(key: string, unknown: UnknownWrite, found: Stored | undefined): void {
    const { resource } = unknown;
    this.entries.get(key)?.delete(identityOf(unknown));
    if (found) {
      const { uid, resourceVersion } = found.metadata;
      this.record(key, { kind: 'version', resource, uid, resourceVersion });
    } else if (unknown.uid !== undefined) this.record(key, { kind: 'deletion', resource, uid: unknown.uid });
  }

  /** For how many milliseconds the stores are to be waited for; undefined when they show all. 0 or less: no longer. */
  waits(key: string): number | undefined {
    const unseen = this.of(key).filter(({ write }) => !this.isSeen(write));
    this.entries.set(key, new Map(unseen.map((entry) => [identityOf(entry.write), entry])));
    if (unseen.length === 0) {
      this.entries.delete(key);
      return undefined;
    }
    return Math.min(...unseen.map(({ since }) => since)) + PATIENCE - this.clock.monotonic();
  }

  /**
   * The server was asked instead, and answered with these versions of its lists. The stores have to get there still; what the
   * server does not know of any more, because it was set back, is not waited for.
   */
  askedServer(
    key: string,
    answer: { versionOf(resource: Resource): string; shows(resource: Resource, uid: string): boolean },
  ): void {
    const left = this.of(key).flatMap(({ write }): Write[] => {
      switch (write.kind) {
        case 'version': {
          const now = answer.versionOf(write.resource);
          return [compareVersions(now, write.resourceVersion) < 0 ? { ...write, resourceVersion: now } : write];
        }
        case 'deletion':
          return answer.shows(write.resource, write.uid) ? [] : [write];
        case 'unknown':
          return [];
      }
    });
    this.entries.delete(key);
    for (const write of left) this.record(key, write);
  }

  forget(key: string): void {
    this.entries.delete(key);
  }

  /** Workloads that are waited for. */
  get size(): number {
    return this.entries.size;
  }

  private of(key: string): Entry[] {
    return [...(this.entries.get(key)?.values() ?? [])];
  }

  private isSeen(write: Write): boolean {
    const store = this.storeOf(write.resource);
    switch (write.kind) {
      case 'version':
        return store.hasSeen(write.resourceVersion);
      case 'deletion': {
        const object = store.byUid(write.uid);
        return object === undefined || object.metadata.deletionTimestamp !== undefined;
      }
      case 'unknown':
        return false;
    }
  }
}

function identityOf(write: Write): string {
  const { plural } = write.resource;
  return write.kind === 'unknown' ? `${plural}/?/${write.name.name}` : `${plural}/${write.uid}`;
}
