import { isDeepStrictEqual } from 'node:util';
import { guarded, report, type OnError } from './guarded.js';
import { onAbort } from './on-abort.js';
import { keyOf, type KubeObject, type ObjectName, type Stored } from './objects.js';
import { compareVersions, isVersion } from './version.js';

/** An object of the store. Not frozen (that would cost more than all the rest), so the type has to say: look, do not touch. */
export type Observed<T extends KubeObject = KubeObject> = DeepReadonly<Stored<T>>;

type DeepReadonly<T> = T extends (infer E)[]
  ? readonly DeepReadonly<E>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

/**
 * One step in the life of an object, which is its UID: `added`, any number of `changed`, `removed`. One name with a new UID is the
 * end of one life and the begin of another. What leaves the selection is removed, and may be added again.
 */
export type StoreEvent<T extends KubeObject = KubeObject> =
  | { readonly type: 'added'; readonly object: Observed<T> }
  | { readonly type: 'changed'; readonly object: Observed<T>; readonly old: Observed<T> }
  /** `object` is its last state where the server told it, else `old`: the last that was seen. */
  | { readonly type: 'removed'; readonly object: Observed<T>; readonly old: Observed<T> };

/** Called when the store shows the event already, and all others that came with it. */
export type StoreListener<T extends KubeObject = KubeObject> = (event: StoreEvent<T>) => void;

/** Under which values an object is found. Called once for each state of an object. */
export type IndexFunction<T extends KubeObject = KubeObject> = (object: Observed<T>) => readonly string[];

/** What is known of the objects of one resource and selection. Read it; only its reflector writes. */
export interface Store<T extends KubeObject = KubeObject, I extends string = never> {
  /** Whether it has shown the whole of the server's state once. It may be behind, but is never half. */
  readonly synced: boolean;
  readonly size: number;
  /** It shows everything that was written up to this version. Undefined until synced. */
  readonly version: string | undefined;
  /** Resolves when synced; rejects with the signal's reason when that comes first. */
  whenSynced(signal?: AbortSignal): Promise<void>;
  get(name: ObjectName | string): Observed<T> | undefined;
  byUid(uid: string): Observed<T> | undefined;
  /** In no order that means anything. */
  list(): Observed<T>[];
  /** In no order that means anything. */
  byIndex(index: I, value: string): Observed<T>[];
  /**
   * Whether a write that the server has acknowledged with this resourceVersion is in here: the object is shown at that version or a
   * later one, or it is gone, or it has left the selection. Holds for every object of the resource, so no UID is needed; one that was
   * never in the selection is seen with the next bookmark, within a minute or so. False for what is no version. After etcd was restored
   * from a backup it may stay false for a write that was lost: do not wait for ever.
   */
  hasSeen(resourceVersion: string): boolean;
  /** Events from now on. Returns what ends it. */
  subscribe(listener: StoreListener<T>): () => void;
}

export interface StoreOptions<T extends KubeObject, I extends string> {
  /** By name. @default none */
  readonly indexes?: Readonly<Record<I, IndexFunction<T>>>;
  /** Told of listeners and index functions that throw. @default nobody */
  readonly onError?: OnError;
}

interface Entry<T extends KubeObject> {
  readonly object: Observed<T>;
  /** Its values in each index, in the indexes' order: kept, so that it is found again whatever the function says next time. */
  readonly values: readonly (readonly string[])[];
}

interface Index<T extends KubeObject> {
  readonly valuesOf: IndexFunction<T>;
  readonly keys: Map<string, Set<string>>;
}

/** The store as its reflector sees it. */
export class WritableStore<T extends KubeObject = KubeObject, I extends string = never> implements Store<T, I> {
  private readonly entries = new Map<string, Entry<T>>();
  private readonly uids = new Map<string, string>();
  private readonly indexes: ReadonlyMap<string, Index<T>>;
  private readonly listeners = new Set<StoreListener<T>>();
  private readonly waiting = new Set<() => void>();
  private readonly onError: OnError;
  private shownUpTo: string | undefined;

  constructor({ indexes, onError = () => undefined }: StoreOptions<T, I> = {}) {
    const functions = Object.entries<IndexFunction<T>>(indexes ?? {});
    this.indexes = new Map(functions.map(([name, valuesOf]) => [name, { valuesOf, keys: new Map() }]));
    this.onError = onError;
  }

  get synced(): boolean {
    return this.shownUpTo !== undefined;
  }

  get size(): number {
    return this.entries.size;
  }

  get version(): string | undefined {
    return this.shownUpTo;
  }

  whenSynced(signal?: AbortSignal): Promise<void> {
    if (this.synced) return Promise.resolve();
    return new Promise((resolve, reject) => {
      let forget = (): void => undefined;
      const settle = (): void => {
        this.waiting.delete(settle);
        forget();
        resolve();
      };
      this.waiting.add(settle);
      forget = onAbort(signal, () => {
        this.waiting.delete(settle);
        reject(signal?.reason as Error);
      });
    });
  }

  get(name: ObjectName | string): Observed<T> | undefined {
    return this.entries.get(typeof name === 'string' ? name : keyOf(name))?.object;
  }

  byUid(uid: string): Observed<T> | undefined {
    const key = this.uids.get(uid);
    return key === undefined ? undefined : this.get(key);
  }

  list(): Observed<T>[] {
    return Array.from(this.entries.values(), ({ object }) => object);
  }

  byIndex(index: I, value: string): Observed<T>[] {
    const known = this.indexes.get(index);
    if (!known) throw new RangeError(`There is no index "${index}"`);
    return Array.from(known.keys.get(value) ?? [], (key) => this.entries.get(key)!.object);
  }

  hasSeen(resourceVersion: string): boolean {
    if (this.shownUpTo === undefined || !isVersion(resourceVersion)) return false;
    return compareVersions(this.shownUpTo, resourceVersion) >= 0;
  }

  subscribe(listener: StoreListener<T>): () => void {
    // A listener may come twice, and leave once.
    const own: StoreListener<T> = (event) => listener(event);
    this.listeners.add(own);
    return () => {
      this.listeners.delete(own);
    };
  }

  /** Makes these the objects of the store: the server's whole state at `version`, by key. What has not changed makes no event. */
  replace(objects: ReadonlyMap<string, Stored<T>>, version: string): void {
    const events: StoreEvent<T>[] = [];
    // The server went back in time (a restored backup) and gives the same versions out again, to other contents.
    const rewound = this.shownUpTo !== undefined && compareVersions(version, this.shownUpTo) < 0;
    for (const [key, { object }] of this.entries) if (!objects.has(key)) events.push(...this.remove(key, object));
    for (const [key, stored] of objects) {
      const object = stored as Observed<T>;
      const old = this.entries.get(key)?.object;
      const unchanged =
        old?.metadata.uid === object.metadata.uid &&
        old.metadata.resourceVersion === object.metadata.resourceVersion &&
        !(rewound && !isDeepStrictEqual(old, object));
      if (!unchanged) events.push(...this.put(key, object));
    }
    this.finish(events, version);
  }

  /** One event of a watch. */
  apply(type: 'ADDED' | 'MODIFIED' | 'DELETED', stored: Stored<T>): void {
    const object = stored as Observed<T>;
    const key = keyOf(stored);
    const events = type === 'DELETED' ? this.remove(key, object) : this.put(key, object);
    this.finish(events, stored.metadata.resourceVersion);
  }

  /** Nothing has changed up to this version. */
  advance(version: string): void {
    this.finish([], version);
  }

  private put(key: string, object: Observed<T>): StoreEvent<T>[] {
    const old = this.entries.get(key)?.object;
    if (old?.metadata.uid === object.metadata.uid) {
      this.enter(key, object);
      return [{ type: 'changed', object, old: old }];
    }
    // Another object of the same name: the end of the first was missed.
    const removed = old === undefined ? [] : this.remove(key, old);
    this.enter(key, object);
    return [...removed, { type: 'added', object }];
  }

  private remove(key: string, last: Observed<T>): StoreEvent<T>[] {
    const entry = this.entries.get(key);
    // Never heard of: neither was it added, then.
    if (!entry) return [];
    const { object: old, values } = entry;
    this.entries.delete(key);
    if (this.uids.get(old.metadata.uid) === key) this.uids.delete(old.metadata.uid);
    let position = 0;
    for (const index of this.indexes.values()) for (const value of values[position++]!) unindex(index, value, key);
    return [{ type: 'removed', object: last.metadata.uid === old.metadata.uid ? last : old, old }];
  }

  private enter(key: string, object: Observed<T>): void {
    const before = this.entries.get(key)?.values;
    const values: (readonly string[])[] = [];
    for (const index of this.indexes.values()) {
      const was = before?.[values.length] ?? none;
      const is = this.valuesOf(index, object);
      const same = was.length === is.length && was.every((value, at) => value === is[at]);
      values.push(same ? was : is);
      if (same) continue;
      for (const value of was) unindex(index, value, key);
      for (const value of is) {
        const keys = index.keys.get(value);
        if (keys) keys.add(key);
        else index.keys.set(value, new Set([key]));
      }
    }
    this.entries.set(key, { object, values });
    this.uids.set(object.metadata.uid, key);
  }

  private valuesOf(index: Index<T>, object: Observed<T>): readonly string[] {
    try {
      const values = index.valuesOf(object);
      return values.length === 0 ? none : values;
    } catch (error) {
      report(error, this.onError);
      return none;
    }
  }

  private finish(events: readonly StoreEvent<T>[], version: string): void {
    this.shownUpTo = version;
    const listeners = [...this.listeners];
    for (const event of events)
      for (const listener of listeners) guarded(() => this.listeners.has(listener) && listener(event), this.onError);
    for (const settle of [...this.waiting]) settle();
  }
}

const none: readonly string[] = [];

function unindex(index: Index<never>, value: string, key: string): void {
  const keys = index.keys.get(value);
  keys?.delete(key);
  if (keys?.size === 0) index.keys.delete(value);
}
