import type { KubeObject, Stored } from '../../../src/kube/objects.js';
import type { Store } from '../../../src/kube/store.js';
import type { Cluster } from './cluster.js';
import type { Kind } from './kind.js';
import { KINDS } from './kinds.js';
import { substitute } from './value.js';

/** What a mark keeps of an object. */
export interface Mark {
  readonly object: KubeObject;
  readonly line: number;
}

/** A scenario that runs: its namespace, and what it has to remember. */
export class Session {
  readonly variables = new Map<string, unknown>();
  readonly log: string[] = [];
  /** What the server answered last. */
  answer: KubeObject | undefined;
  private readonly marks = new Map<string, Mark>();
  /** The version of our last write to a kind. */
  private readonly written = new Map<Kind, string>();
  private readonly stores = new Map<Kind, Store>();
  /** What was deleted, until the watch shows it. */
  private readonly deleted = new Set<string>();
  private readonly ends: (() => void)[] = [];
  private readonly begin: number;

  constructor(
    readonly cluster: Cluster,
    readonly namespace: string,
  ) {
    this.begin = cluster.clock.monotonic();
  }

  /** Nothing is logged any more. */
  end(): void {
    for (const end of this.ends) end();
  }

  /** Its variables are filled in. */
  nameOf(kind: Kind, name: string): { readonly name: string; readonly namespace?: string } {
    const meant = substitute(name, this);
    return kind.resource.namespaced ? { name: meant, namespace: this.namespace } : { name: meant };
  }

  note(text: string): void {
    const seconds = ((this.cluster.clock.monotonic() - this.begin) / 1000).toFixed(3).padStart(7);
    this.log.push(`${seconds}  ${text}`);
  }

  /** Watches a kind from now on. */
  async use(kind: Kind): Promise<Store> {
    const known = this.stores.get(kind);
    if (known) return known;
    const store = await this.cluster.store(kind.resource);
    this.stores.set(kind, store);
    const unsubscribe = store.subscribe(({ type, object }) => {
      if (this.isOurs(object)) this.note(`${type.padEnd(7)}  ${kind.summary(object as KubeObject)}`);
    });
    this.ends.push(unsubscribe);
    return store;
  }

  /** Takes note of an answer, so that what is watched is never older than what was written. */
  async wrote(kind: Kind, answer: KubeObject): Promise<void> {
    await this.use(kind);
    this.answer = answer;
    const version = answer.metadata.resourceVersion;
    if (version !== undefined) this.written.set(kind, version);
  }

  /** As {@link wrote}, of a deletion that was accepted. */
  deletes(uid: string): void {
    this.deleted.add(uid);
  }

  /** What the watch has shown so far, or nothing while it is behind our own writes. */
  seen(kind: Kind): Stored[] | undefined {
    const store = this.stores.get(kind)!;
    const written = this.written.get(kind);
    if (!store.synced || (written !== undefined && !store.hasSeen(written))) return undefined;
    for (const uid of this.deleted) {
      const shown = store.byUid(uid);
      if (shown && shown.metadata.deletionTimestamp === undefined) return undefined;
    }
    return (store.list() as Stored[]).filter((object) => this.isOurs(object));
  }

  /** What the server has now. */
  async live(kind: Kind): Promise<Stored[]> {
    const { resource } = kind;
    const { items } = await this.cluster.api.list(resource, resource.namespaced ? { namespace: this.namespace } : {});
    return [...items];
  }

  async mark(line: number): Promise<void> {
    const mark = async (kind: Kind): Promise<void> => {
      for (const object of await this.live(kind)) this.marks.set(markKey(kind, object.metadata.name), { object, line });
    };
    await Promise.all(KINDS.map(mark));
  }

  marked(kind: Kind, name: string): Mark | undefined {
    return this.marks.get(markKey(kind, name));
  }

  private isOurs({ metadata }: { readonly metadata: { readonly namespace?: string } }): boolean {
    return metadata.namespace === undefined || metadata.namespace === this.namespace;
  }
}

function markKey(kind: Kind, name: string): string {
  return `${kind.names[0]}/${name}`;
}
