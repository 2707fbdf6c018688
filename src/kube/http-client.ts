import type {
  CallOptions,
  DeleteOptions,
  ExecOptions,
  ExecResult,
  KubeApi,
  ListOptions,
  Patch,
  ReadOptions,
  Selection,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from './api.js';
import type { Clock } from './clock.js';
import { KubeError } from './error.js';
import { execIn, type ExecDoor } from './exec.js';
import type { KubeObject, ObjectList, ObjectName, Stored } from './objects.js';
import { collectionPath, creationPath, objectPath, query, rawPath } from './paths.js';
import { whereOf, type Call, type Requester } from './requester.js';
import { apiVersionOf, type Resource } from './resource.js';
import { WatchStream } from './watch.js';

export interface HttpKubeApiOptions {
  readonly requester: Requester;
  readonly door: ExecDoor;
  readonly clock: Clock;
  /** What stands before all paths: servers behind a gateway have something there. */
  readonly basePath: string;
  readonly fieldManager: string;
  readonly fieldValidation: 'Strict' | 'Warn' | 'Ignore';
  /** Bytes of one event of a watch. */
  readonly maxEvent: number;
}

const PATCH_TYPES: Readonly<Record<Patch['type'], string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  // JSON is YAML.
  apply: 'application/apply-patch+yaml',
};

/** A real cluster, over HTTP. */
export class HttpKubeApi implements KubeApi {
  constructor(private readonly options: HttpKubeApiOptions) {}

  async get<T extends KubeObject = KubeObject>(
    resource: Resource,
    name: ObjectName,
    { subresource, resourceVersion, ...call }: ReadOptions = {},
  ): Promise<Stored<T>> {
    const path = this.path(objectPath(resource, name, subresource));
    return this.object(resource, { ...call, method: 'GET', path, query: query({ resourceVersion }) }, subresource);
  }

  async list<T extends KubeObject = KubeObject>(
    resource: Resource,
    options: ListOptions = {},
  ): Promise<ObjectList<Stored<T>>> {
    const { limit, continue: token, resourceVersion, resourceVersionMatch } = options;
    const path = this.path(collectionPath(resource, options.namespace));
    const asked = { ...selectors(options), limit, continue: token, resourceVersion, resourceVersionMatch };
    const call: Call = { ...callOf(options), method: 'GET', path, query: query(asked) };
    const list = (await this.options.requester.json(call)) as Partial<ObjectList<Stored<T>>> | null;
    const items: unknown = list?.items ?? (list && 'items' in list ? [] : undefined);
    if (!Array.isArray(items) || typeof list?.metadata?.resourceVersion !== 'string')
      throw new KubeError('protocol', `${whereOf(call)}: the answer is no list`);
    const apiVersion = apiVersionOf(resource);
    // The server leaves out of a list's items what the list itself says.
    for (const item of items as KubeObject[]) {
      item.apiVersion ??= apiVersion;
      item.kind ??= resource.kind;
    }
    return { metadata: list.metadata, items: items as Stored<T>[] };
  }

  watch<T extends KubeObject = KubeObject>(resource: Resource, options: WatchOptions): AsyncIterable<WatchEvent<T>> {
    const { requester, clock, maxEvent } = this.options;
    const { resourceVersion, timeoutSeconds, bookmarks = true, signal, idleTimeout, ...selection } = options;
    const asked = {
      ...selectors(selection),
      watch: true,
      resourceVersion,
      timeoutSeconds,
      allowWatchBookmarks: bookmarks,
    };
    try {
      const path = this.path(collectionPath(resource, selection.namespace));
      const call: Call = { method: 'GET', path, query: query(asked) };
      return new WatchStream<T>({
        where: whereOf(call),
        open: (sink, leaving) => requester.stream({ ...call, signal: leaving }, sink),
        clock,
        signal,
        maxLine: maxEvent,
        idleTimeout,
      });
    } catch (thrown) {
      const error = thrown instanceof KubeError ? thrown : new KubeError('badRequest', String(thrown));
      return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }) };
    }
  }

  async create<T extends KubeObject>(resource: Resource, object: T, options: WriteOptions = {}): Promise<Stored<T>> {
    const { namespace, name } = object.metadata;
    const { subresource } = options;
    const path =
      subresource === undefined
        ? creationPath(resource, namespace)
        : objectPath(resource, nameOf(namespace, name), subresource);
    return this.write(resource, 'POST', path, withKind(resource, object, subresource), options);
  }

  async update<T extends KubeObject>(resource: Resource, object: T, options: WriteOptions = {}): Promise<Stored<T>> {
    const { namespace, name } = object.metadata;
    const { subresource } = options;
    const path = objectPath(resource, nameOf(namespace, name), subresource);
    return this.write(resource, 'PUT', path, withKind(resource, object, subresource), options);
  }

  async patch<T extends KubeObject = KubeObject>(
    resource: Resource,
    name: ObjectName,
    patch: Patch,
    options: WriteOptions = {},
  ): Promise<Stored<T>> {
    const { subresource } = options;
    const path = this.path(objectPath(resource, name, subresource));
    const call: Call = {
      ...callOf(options),
      method: 'PATCH',
      path,
      query: query({ ...this.writing(options), force: patch.type === 'apply' && patch.force ? true : undefined }),
      body: bodyOf(resource, patch, subresource),
      contentType: PATCH_TYPES[patch.type],
    };
    return this.object(resource, call, subresource);
  }

  async delete(resource: Resource, name: ObjectName, options: DeleteOptions = {}): Promise<void> {
    const { uid, resourceVersion, propagation, gracePeriodSeconds, dryRun } = options;
    const preconditions = uid !== undefined || resourceVersion !== undefined ? { uid, resourceVersion } : undefined;
    await this.options.requester.done({
      ...callOf(options),
      method: 'DELETE',
      path: this.path(objectPath(resource, name)),
      body: {
        kind: 'DeleteOptions',
        apiVersion: 'v1',
        preconditions,
        propagationPolicy: propagation,
        gracePeriodSeconds,
        ...(dryRun && { dryRun: ['All'] }),
      },
    });
  }

  async createUnder<T extends KubeObject = KubeObject>(
    resource: Resource,
    name: ObjectName,
    subresource: string,
    body: object,
    options: WriteOptions = {},
  ): Promise<T> {
    const path = this.path(objectPath(resource, name, subresource));
    const asked = query(this.writing(options));
    return (await this.options.requester.json({ ...callOf(options), method: 'POST', path, query: asked, body })) as T;
  }

  exec(name: Required<ObjectName>, command: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    const { requester, door, basePath, clock } = this.options;
    return execIn({ requester, door, basePath, clock }, name, command, options);
  }

  async raw(path: string, options: CallOptions = {}): Promise<unknown> {
    return this.options.requester.any({ ...callOf(options), method: 'GET', path: this.path(rawPath(path)) });
  }

  private path(path: string): string {
    return this.options.basePath + path;
  }

  private write<T extends KubeObject>(
    resource: Resource,
    method: 'POST' | 'PUT',
    path: string,
    body: T,
    options: WriteOptions,
  ): Promise<Stored<T>> {
    const asked = query(this.writing(options));
    const call: Call = { ...callOf(options), method, path: this.path(path), query: asked, body };
    return this.object(resource, call, options.subresource);
  }

  private async object<T extends KubeObject>(
    resource: Resource,
    call: Call,
    subresource: string | undefined,
  ): Promise<Stored<T>> {
    const object = (await this.options.requester.json(call)) as Partial<Stored<T>> | null;
    if (typeof object !== 'object' || typeof object?.metadata !== 'object')
      throw new KubeError('protocol', `${whereOf(call)}: the answer is no object`);
    if (subresource === undefined && object.kind !== resource.kind)
      throw new KubeError('protocol', `${whereOf(call)}: the answer is no ${resource.kind}`);
    return object as Stored<T>;
  }

  private writing({
    fieldManager = this.options.fieldManager,
    dryRun,
  }: WriteOptions): Record<string, string | undefined> {
    return { fieldManager, fieldValidation: this.options.fieldValidation, dryRun: dryRun ? 'All' : undefined };
  }
}

function selectors({ labelSelector, fieldSelector }: Selection): Pick<Selection, 'labelSelector' | 'fieldSelector'> {
  return { ...(labelSelector && { labelSelector }), ...(fieldSelector && { fieldSelector }) };
}

function callOf({ signal, timeout, urgent }: CallOptions): Pick<Call, 'signal' | 'timeout' | 'urgent'> {
  return { signal, timeout, urgent };
}

function nameOf(namespace: string | undefined, name: string | undefined): ObjectName {
  return { ...(namespace !== undefined && { namespace }), name: name ?? '' };
}

/** A subresource may be of another kind (Scale, Eviction), so only whole objects are completed. */
function withKind<T extends KubeObject>(resource: Resource, object: T, subresource?: string): T {
  if (object.kind !== undefined && object.apiVersion !== undefined) return object;
  return subresource !== undefined && subresource !== 'status'
    ? object
    : { apiVersion: apiVersionOf(resource), kind: resource.kind, ...object };
}

function bodyOf(resource: Resource, patch: Patch, subresource?: string): object {
  if (patch.type === 'json') return patch.operations;
  return patch.type === 'apply' ? withKind(resource, patch.body, subresource) : patch.body;
}
