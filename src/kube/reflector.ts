import type { KubeApi, ListOptions, Selection, WatchEvent } from './api.js';
import { exponential, type Backoff } from './backoff.js';
import { sleep, type Clock } from './clock.js';
import { isKubeError, KubeError } from './error.js';
import { report, type OnError } from './guarded.js';
import { Interruptible } from './interruptible.js';
import { keyOf, type KubeObject, type ObjectList, type Stored } from './objects.js';
import { onAbort } from './on-abort.js';
import { apiVersionOf, type Resource } from './resource.js';
import { WritableStore, type Store, type StoreOptions } from './store.js';
import { compareVersions, isVersion } from './version.js';
import { within } from './within.js';

export interface ReflectorOptions<T extends KubeObject, I extends string> extends StoreOptions<T, I> {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly resource: Resource;
  /** @default all objects of the resource */
  readonly selection?: Selection;
  /** Makes an object smaller before it is kept; it stays the same object. @default drops managedFields */
  readonly strip?: (object: Stored<T>) => Stored<T>;
  /** Objects per page of a list. @default 500 */
  readonly pageSize?: number;
  /** Milliseconds for one page. @default 60000 */
  readonly pageTimeout?: number;
  /** Seconds after which the server is asked to end a watch: at random between the two, so that watches do not end together. @default 300 to 600 */
  readonly watchTimeout?: { readonly min: number; readonly max: number };
  /**
   * Milliseconds without event and bookmark after which a connection counts as dead. Servers send a bookmark about every minute.
   * @default 120000
   */
  readonly idleTimeout?: number;
  /** Milliseconds that a watch must last for earlier failures to be forgotten. @default 30000 */
  readonly healthyAfter?: number;
  /** @default from 0.5 s, doubling, up to 30 s, half of it jitter */
  readonly backoff?: Backoff;
  /** From 0 up to, not including, 1. @default Math.random */
  readonly random?: () => number;
  /** Told of every failure of the server, and of listeners, index functions and `strip` that throw. @default nobody */
  readonly onError?: OnError;
}

/** For metrics and health. Times are wall time, milliseconds since 1970. */
export interface ReflectorState {
  readonly activity: 'idle' | 'listing' | 'watching' | 'waiting' | 'stopped';
  readonly synced: boolean;
  /** When an object changed last by a watch. */
  readonly lastEventAt: number | undefined;
  /** When the server said anything last: a page, an event, a bookmark, an orderly end. */
  readonly lastContactAt: number | undefined;
  readonly lastError: { readonly message: string; readonly error: unknown; readonly at: number } | undefined;
  /** In a row, until a watch lasts. */
  readonly failures: number;
  /** Whole lists that arrived. */
  readonly lists: number;
  /** Watches begun. */
  readonly watches: number;
  /** Events of watches, without bookmarks. */
  readonly events: number;
  /** Times that the server was found at an older state than it had been: a restored backup. */
  readonly rewinds: number;
}

/** Shorter, and without anything new, an orderly end of a watch is no order: repeating it at once would be a hot loop. */
const SHORTEST_WATCH = 1000;
/** Expired page tokens before all is asked for in one piece. Each time the pages get twice as large. */
const EXPIRED_LISTS = 5;
/** Milliseconds: a server that asks for more patience than this is not obeyed. */
const LONGEST_RETRY_AFTER = 60_000;

/**
 * Keeps a store equal to what the server has, for one resource and selection: lists it in pages, then watches; resumes where a watch
 * ended, and lists again only when the server no longer knows that place. A list counts when all of it has arrived, as its difference to
 * the store: so nothing is lost and nothing invented. It never throws and never gives up; what is wrong meanwhile is in `state`.
 */
export class Reflector<T extends KubeObject = KubeObject, I extends string = never> {
  private readonly written: WritableStore<T, I>;
  private readonly stopping = new AbortController();
  private readonly backoff: Backoff;
  private readonly onError: OnError;
  private running: Promise<void> | undefined;
  private needsList = true;
  /** The connection was lost: what comes back may be a server restored to an older state, which a watch would never tell. */
  private inDoubt = false;
  private listedAt = 0;
  private watchingSince: number | undefined;
  private activity: ReflectorState['activity'] = 'idle';
  private failures = 0;
  private lastEventAt: number | undefined;
  private lastContactAt: number | undefined;
  private lastError: ReflectorState['lastError'];
  private readonly counts = { lists: 0, watches: 0, events: 0, rewinds: 0 };

  constructor(private readonly options: ReflectorOptions<T, I>) {
    const { onError = () => undefined, backoff, random = Math.random } = options;
    this.onError = onError;
    this.backoff = backoff ?? exponential({ base: 500, cap: 30_000, random });
    this.written = new WritableStore<T, I>(options);
  }

  get store(): Store<T, I> {
    return this.written;
  }

  get state(): ReflectorState {
    const { activity, lastEventAt, lastContactAt, lastError } = this;
    const failures = this.isHealthy() ? 0 : this.failures;
    return { activity, synced: this.written.synced, lastEventAt, lastContactAt, lastError, failures, ...this.counts };
  }

  /** Begins; once. After `stop` it does nothing. */
  start(): void {
    this.running ??= this.run();
  }

  /** Ends for good; the store stays as it is. Resolves when no call is waited for any more, which does not depend on the server. */
  async stop(): Promise<void> {
    this.stopping.abort(new KubeError('aborted', `${this.options.resource.plural}: stopped`));
    this.activity = 'stopped';
    await this.running;
  }

  private get signal(): AbortSignal {
    return this.stopping.signal;
  }

  private async run(): Promise<void> {
    while (!this.signal.aborted) {
      const wait = await this.turn().catch((error: unknown) => this.failed(error));
      if (wait === 0) continue;
      this.enter('waiting');
      await sleep(this.options.clock, wait, this.signal).catch(() => undefined);
    }
    this.activity = 'stopped';
  }

  /** Lists where that is due, then watches until that ends. Returns for how long to wait before the next turn. */
  private async turn(): Promise<number> {
    const { clock, healthyAfter = 30_000 } = this.options;
    if (this.inDoubt && !this.needsList) await this.lookWhereTheServerIs();
    if (this.needsList) await this.list();
    // Perhaps by somebody who was told of the list.
    this.signal.throwIfAborted();
    const from = this.written.version;
    const since = clock.monotonic();
    try {
      await this.watch();
    } catch (error) {
      if (!isKubeError(error, 'gone')) throw error;
      this.needsList = true;
      // Too old though just listed: something is wrong with this server that more lists would not mend.
      return clock.monotonic() - this.listedAt >= healthyAfter ? 0 : this.failed(error);
    } finally {
      if (this.isHealthy()) this.failures = 0;
      this.watchingSince = undefined;
    }
    const gotFurther = this.written.version !== from || clock.monotonic() - since >= SHORTEST_WATCH;
    return gotFurther ? 0 : this.failed(this.problem('network', 'the server ended the watch at once'));
  }

  /** Takes note and says how long to wait. */
  private failed(error: unknown): number {
    if (this.signal.aborted) return 0;
    this.failures++;
    this.lastError = {
      message: error instanceof Error ? error.message : String(error),
      error,
      at: this.options.clock.now(),
    };
    report(error, this.onError);
    if (!isKubeError(error) || error.kind === 'protocol' || error.kind === 'gone') this.needsList = true;
    this.inDoubt = true;
    const asked = isKubeError(error) ? Math.min(error.retryAfter ?? 0, LONGEST_RETRY_AFTER) : 0;
    return Math.max(this.backoff(this.failures), asked);
  }

  /** One object is enough: each list says where the server is. */
  private async lookWhereTheServerIs(): Promise<void> {
    const { metadata } = await this.page({ limit: 1 });
    this.inDoubt = false;
    if (compareVersions(metadata.resourceVersion, this.written.version!) < 0) this.needsList = true;
  }

  private async list(): Promise<void> {
    this.enter('listing');
    const { pageSize = 500 } = this.options;
    for (let expired = 0; ; expired++) {
      const limit = expired < EXPIRED_LISTS ? pageSize * 2 ** expired : undefined;
      const whole = await this.pages(limit);
      if (!whole) continue;
      this.signal.throwIfAborted();
      const { objects, version } = whole;
      const known = this.written.version;
      if (known !== undefined && compareVersions(version, known) < 0) this.counts.rewinds++;
      this.counts.lists++;
      this.listedAt = this.options.clock.monotonic();
      this.needsList = false;
      this.inDoubt = false;
      this.written.replace(objects, version);
      return;
    }
  }

  /** The whole list, or nothing when its pages expired faster than they could be read. */
  private async pages(limit: number | undefined) {
    const objects = new Map<string, Stored<T>>();
    let version: string | undefined;
    let next: string | undefined;
    do {
      let page: ObjectList<Stored<T>>;
      try {
        page = await this.page({
          ...(limit !== undefined && { limit }),
          ...(next !== undefined && { continue: next }),
        });
      } catch (error) {
        if (next !== undefined && limit !== undefined && isKubeError(error, 'gone')) return undefined;
        throw error;
      }
      const { resourceVersion, continue: following } = page.metadata;
      version ??= resourceVersion;
      if (resourceVersion !== version) throw this.problem('protocol', 'the pages of a list are of different versions');
      if (next !== undefined && following === next)
        throw this.problem('protocol', 'a list leads back to the same page');
      for (const item of page.items) {
        const object = this.admit(item);
        objects.set(keyOf(object), object);
      }
      next = following === '' ? undefined : following;
    } while (next !== undefined);
    return { objects, version };
  }

  private async page(options: ListOptions): Promise<ObjectList<Stored<T>>> {
    const { api, clock, resource, selection, pageTimeout: timeout = 60_000 } = this.options;
    const page = await within(clock, timeout, this.signal, `list ${resource.plural}`, (signal) =>
      api.list<T>(resource, { ...selection, ...options, timeout, signal }),
    );
    this.lastContactAt = clock.now();
    if (!isVersion(page.metadata.resourceVersion) || !Array.isArray(page.items))
      throw this.problem('protocol', 'a list without a version or without items');
    return page;
  }

  private async watch(): Promise<void> {
    const { api, clock, resource, selection, idleTimeout = 120_000, random = Math.random } = this.options;
    const { min, max } = this.options.watchTimeout ?? { min: 300, max: 600 };
    const connection = new AbortController();
    const events = new Interruptible(
      api.watch<T>(resource, {
        ...selection,
        resourceVersion: this.written.version!,
        timeoutSeconds: Math.round(min + random() * (max - min)),
        bookmarks: true,
        signal: connection.signal,
      }),
    );
    const forgetStop = onAbort(this.signal, () => events.interrupt(this.signal.reason as KubeError));
    this.enter('watching');
    this.counts.watches++;
    let heardAt = (this.watchingSince = clock.monotonic());
    // One timer that looks, not one for each event.
    const look = (): void => {
      const left = idleTimeout - (clock.monotonic() - heardAt);
      if (left > 0) cancelLook = clock.after(Math.ceil(left), look);
      else events.interrupt(this.problem('timeout', `nothing came for ${idleTimeout} ms`));
    };
    let cancelLook = clock.after(idleTimeout, look);
    try {
      for (;;) {
        const next = await events.next();
        if (this.signal.aborted) return;
        heardAt = clock.monotonic();
        this.lastContactAt = clock.now();
        if (next.done === true) return;
        this.accept(next.value);
      }
    } finally {
      cancelLook();
      forgetStop();
      const left = new KubeError('aborted', `watch ${resource.plural}: left`);
      events.interrupt(left);
      connection.abort(left);
    }
  }

  private accept(event: WatchEvent<T>): void {
    const known = this.written.version!;
    if (event.type === 'BOOKMARK') {
      const { resourceVersion } = event;
      if (!isVersion(resourceVersion)) throw this.problem('protocol', 'a bookmark without a version');
      const order = compareVersions(resourceVersion, known);
      if (order < 0) throw this.problem('protocol', `a bookmark at ${resourceVersion} after ${known}`);
      if (order > 0) this.written.advance(resourceVersion);
      return;
    }
    const object = this.admit(event.object);
    const { uid, resourceVersion } = object.metadata;
    const order = compareVersions(resourceVersion, known);
    if (order < 0) throw this.problem('protocol', `an event at ${resourceVersion} after ${known}`);
    // Mostly the last event once more. But what etcd's leases expire (Events), it deletes together, in one version.
    if (order === 0) {
      const shown = this.written.byUid(uid);
      if (event.type === 'DELETED' ? !shown : shown?.metadata.resourceVersion === resourceVersion) return;
    }
    this.counts.events++;
    this.lastEventAt = this.lastContactAt;
    this.written.apply(event.type, object);
  }

  /** What the store keeps of an object that came. Items of a list do not say their kind. */
  private admit(item: Stored<T>): Stored<T> {
    const { resource, strip = withoutManagedFields } = this.options;
    const { metadata } = (item as KubeObject | null) ?? {};
    if (!isName(metadata?.name) || !isName(metadata.uid) || !isVersion(metadata.resourceVersion))
      throw this.problem('protocol', 'an object without name, uid or version');
    const object =
      item.kind === undefined ? { ...item, apiVersion: apiVersionOf(resource), kind: resource.kind } : item;
    try {
      return strip(object);
    } catch (error) {
      report(error, this.onError);
      return object;
    }
  }

  private isHealthy(): boolean {
    const { clock, healthyAfter = 30_000 } = this.options;
    return this.watchingSince !== undefined && clock.monotonic() - this.watchingSince >= healthyAfter;
  }

  private enter(activity: ReflectorState['activity']): void {
    if (!this.signal.aborted) this.activity = activity;
  }

  private problem(kind: 'protocol' | 'timeout' | 'network', text: string): KubeError {
    return new KubeError(kind, `${this.options.resource.plural}: ${text}`);
  }
}

const isName = (text: unknown): text is string => typeof text === 'string' && text !== '';

function withoutManagedFields<T extends KubeObject>(object: Stored<T>): Stored<T> {
  if (object.metadata.managedFields === undefined) return object;
  // A copy: the object may be somebody else's, and `delete` would make each one slow.
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}
