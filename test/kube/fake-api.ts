import type {
  DeleteOptions,
  KubeApi,
  ListOptions,
  Patch,
  ReadOptions,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from '../../src/kube/api.js';
import { sleep, type Clock } from '../../src/kube/clock.js';
import { KubeError, type KubeErrorKind } from '../../src/kube/error.js';
import { keyOf, type KubeObject, type ObjectList, type ObjectName, type Stored } from '../../src/kube/objects.js';
import type { Resource } from '../../src/kube/resource.js';

/** A call as it came. */
export interface Call {
  readonly verb: 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';
  readonly resource: Resource;
  readonly name?: ObjectName;
  readonly options: ListOptions & Partial<WatchOptions>;
  readonly body?: unknown;
}

/** What happens to a call instead of what should. */
export interface Fault {
  /** Milliseconds before the server does anything. */
  readonly before?: number;
  /** Milliseconds between the deed and the answer. */
  readonly after?: number;
  readonly error?: KubeError;
  /** The error comes though it was done. */
  readonly done?: boolean;
}

interface Collection {
  readonly objects: Map<string, Stored>;
  history: { readonly version: number; readonly event: WatchEvent }[];
}

/**
 * An API server in memory, as far as the code above `KubeApi` sees one: versions, pages, history, compaction, conflicts. It does
 * what it is told to do wrong. It knows no selectors, no subresources, and of patches only the merge.
 */
export class FakeApi implements KubeApi {
  readonly calls: Call[] = [];
  readonly watches: FakeWatch[] = [];
  /** Asked on every call. */
  fault: (call: Call) => Fault | undefined = () => undefined;
  version = 1000;
  private compactedAt = 0;
  private made = 0;
  private readonly collections = new Map<string, Collection>();
  private readonly pages = new Map<string, { readonly version: number; readonly items: readonly Stored[] }>();

  constructor(private readonly clock: Clock) {}

  // What the test does to the server.

  objects(resource: Resource): ReadonlyMap<string, Stored> {
    return this.of(resource).objects;
  }

  /** Creates, or changes what is there. */
  put(resource: Resource, object: KubeObject): Stored {
    const known = this.of(resource).objects.get(keyOf(object));
    const uid = known?.metadata.uid ?? `uid-${++this.made}`;
    return this.record(resource, known ? 'MODIFIED' : 'ADDED', {
      ...object,
      metadata: { ...object.metadata, name: object.metadata.name!, uid, resourceVersion: '' },
    });
  }

  remove(resource: Resource, name: ObjectName): void {
    const known = this.of(resource).objects.get(keyOf(name));
    if (known) this.record(resource, 'DELETED', known);
  }

  /** Forgets history: watches and pages from before are too old. */
  compact(at = this.version): void {
    this.compactedAt = at;
    for (const collection of this.collections.values())
      collection.history = collection.history.filter(({ version }) => version > at);
  }

  /** Sets the server back, as a restored backup does: watches break. */
  restore(backup: FakeApi['backup']): void {
    this.version = backup.version;
    this.compactedAt = backup.version;
    this.collections.clear();
    for (const [plural, objects] of backup.collections)
      this.collections.set(plural, { objects: new Map(objects), history: [] });
    for (const watch of this.watches) watch.fail('network');
  }

  get backup(): { readonly version: number; readonly collections: readonly (readonly [string, [string, Stored][]])[] } {
    const collections = Array.from(this.collections, ([plural, { objects }]): [string, [string, Stored][]] => [
      plural,
      [...objects],
    ]);
    return { version: this.version, collections };
  }

  /** What has happened since the last compaction. */
  historyOf(resource: Resource): WatchEvent[] {
    return this.of(resource).history.map(({ event }) => event);
  }

  callsOf(...verbs: Call['verb'][]): Call[] {
    return this.calls.filter(({ verb }) => verbs.includes(verb));
  }

  get openWatches(): FakeWatch[] {
    return this.watches.filter(({ ended }) => !ended);
  }

  // What the server does.

  get<T extends KubeObject>(resource: Resource, name: ObjectName, options: ReadOptions = {}): Promise<Stored<T>> {
    return this.handle({ verb: 'get', resource, name, options }, () => this.existing(resource, name) as Stored<T>);
  }

  list<T extends KubeObject>(resource: Resource, options: ListOptions = {}): Promise<ObjectList<Stored<T>>> {
    return this.handle({ verb: 'list', resource, options }, () => {
      const { limit = Infinity, continue: token } = options;
      const known = token === undefined ? undefined : this.pages.get(token);
      if (token !== undefined && (!known || known.version < this.compactedAt)) throw failure('gone');
      const { version, items } = known ?? { version: this.version, items: [...this.of(resource).objects.values()] };
      const rest = items.slice(limit);
      const next = `${version}:${rest.length}`;
      if (rest.length > 0) this.pages.set(next, { version, items: rest });
      const metadata = { resourceVersion: String(version), ...(rest.length > 0 && { continue: next }) };
      return { metadata, items: items.slice(0, limit).map((item) => structuredClone(item) as Stored<T>) };
    });
  }

  async *watch<T extends KubeObject>(resource: Resource, options: WatchOptions): AsyncIterable<WatchEvent<T>> {
    const watch = await this.handle({ verb: 'watch', resource, options }, () => {
      const from = Number(options.resourceVersion);
      if (from < this.compactedAt) throw failure('gone');
      const opened = new FakeWatch(resource.plural, from);
      for (const { version, event } of this.of(resource).history) opened.offer(version, event);
      this.watches.push(opened);
      return opened;
    });
    options.signal?.addEventListener('abort', () => watch.fail('aborted'), { once: true });
    try {
      for (;;) {
        const event = await watch.next();
        if (event === undefined) return;
        yield structuredClone(event) as WatchEvent<T>;
      }
    } finally {
      watch.end();
    }
  }

  create<T extends KubeObject>(resource: Resource, object: T, options: WriteOptions = {}): Promise<Stored<T>> {
    const name = object.metadata as ObjectName;
    return this.handle({ verb: 'create', resource, name, options, body: object }, () => {
      if (this.of(resource).objects.has(keyOf(name))) throw failure('alreadyExists');
      return this.put(resource, object) as Stored<T>;
    });
  }

  update<T extends KubeObject>(resource: Resource, object: T, options: WriteOptions = {}): Promise<Stored<T>> {
    const name = object.metadata as ObjectName;
    return this.handle({ verb: 'update', resource, name, options, body: object }, () => {
      const { resourceVersion: known } = this.existing(resource, name).metadata;
      const { resourceVersion = known } = object.metadata;
      if (resourceVersion !== known) throw failure('conflict');
      return this.put(resource, object) as Stored<T>;
    });
  }

  patch<T extends KubeObject>(
    resource: Resource,
    name: ObjectName,
    patch: Patch,
    options: WriteOptions = {},
  ): Promise<Stored<T>> {
    return this.handle({ verb: 'patch', resource, name, options, body: patch }, () => {
      if (patch.type !== 'merge') throw new Error('only the merge patch is known here');
      return this.put(resource, merged(this.existing(resource, name), patch.body) as KubeObject) as Stored<T>;
    });
  }

  delete(resource: Resource, name: ObjectName, options: DeleteOptions = {}): Promise<void> {
    return this.handle({ verb: 'delete', resource, name, options }, () => {
      if (options.uid !== undefined && this.existing(resource, name).metadata.uid !== options.uid)
        throw failure('conflict');
      this.existing(resource, name);
      this.remove(resource, name);
    });
  }

  createUnder = (): never => unknownCall();
  exec = (): never => unknownCall();
  raw = (): never => unknownCall();

  private async handle<R>(call: Call, act: () => R): Promise<R> {
    this.calls.push(call);
    const { signal } = call.options;
    const { before, after, error, done = false } = this.fault(call) ?? {};
    if (before !== undefined) await sleep(this.clock, before, signal);
    // Even the fastest server answers later.
    await Promise.resolve();
    if (error && !done) throw error;
    const answer = structuredCloneable(act());
    if (after !== undefined) await sleep(this.clock, after, signal);
    if (error) throw error;
    return answer;
  }

  private existing(resource: Resource, name: ObjectName): Stored {
    const known = this.of(resource).objects.get(keyOf(name));
    if (!known) throw failure('notFound');
    return known;
  }

  private record(resource: Resource, type: 'ADDED' | 'MODIFIED' | 'DELETED', object: Stored): Stored {
    const { objects, history } = this.of(resource);
    const metadata = { ...object.metadata, resourceVersion: String(++this.version) };
    const stored: Stored = structuredClone({ ...object, metadata });
    if (type === 'DELETED') objects.delete(keyOf(stored));
    else objects.set(keyOf(stored), stored);
    const event = { type, object: stored };
    history.push({ version: this.version, event });
    for (const watch of this.watches) if (watch.plural === resource.plural) watch.offer(this.version, event);
    return stored;
  }

  private of({ plural }: Resource): Collection {
    const known = this.collections.get(plural);
    if (known) return known;
    const collection: Collection = { objects: new Map(), history: [] };
    this.collections.set(plural, collection);
    return collection;
  }
}

/** One open watch, in the test's hands. */
export class FakeWatch {
  ended = false;
  /** Says nothing any more, and does not end either. */
  silent = false;
  /** All that was sent, in order. */
  readonly sent: unknown[] = [];
  private readonly queue: (WatchEvent | KubeError | 'end')[] = [];
  private wake: (() => void) | undefined;

  constructor(
    readonly plural: string,
    private readonly from: number,
  ) {}

  /** As a real server: what is not newer than asked for is not sent. */
  offer(version: number, event: WatchEvent): void {
    if (version > this.from) this.push(event);
  }

  /** Exactly this, however wrong. */
  push(event: unknown): void {
    if (this.silent || this.ended) return;
    this.sent.push(event);
    this.add(event as WatchEvent);
  }

  bookmark(version: number): void {
    this.push({ type: 'BOOKMARK', resourceVersion: String(version) });
  }

  /** In order, after what was sent before. */
  close(): void {
    this.add('end');
  }

  /** After what was sent before. */
  fail(kind: KubeErrorKind): void {
    this.add(failure(kind));
  }

  /** Breaks now: what is under way is lost. */
  cut(): void {
    this.queue.length = 0;
    this.fail('network');
  }

  end(): void {
    this.ended = true;
  }

  async next(): Promise<WatchEvent | undefined> {
    while (this.queue.length === 0) await new Promise<void>((resolve) => (this.wake = resolve));
    const item = this.queue.shift()!;
    if (item instanceof KubeError) throw item;
    return item === 'end' ? undefined : item;
  }

  private add(item: WatchEvent | KubeError | 'end'): void {
    this.queue.push(item);
    this.wake?.();
  }
}

export function failure(kind: KubeErrorKind, retryAfter?: number): KubeError {
  return new KubeError(kind, `scripted: ${kind}`, retryAfter === undefined ? {} : { retryAfter });
}

function unknownCall(): never {
  throw new Error('this server does not know that');
}

function structuredCloneable<R>(answer: R): R {
  return answer instanceof FakeWatch ? answer : structuredClone(answer);
}

/** RFC 7386. */
function merged(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const result: Record<string, unknown> = typeof target === 'object' && target !== null ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = merged(result[name], value);
  }
  return result;
}
