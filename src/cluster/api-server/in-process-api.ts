import type {
  CallOptions,
  DeleteOptions,
  ExecOptions,
  ExecResult,
  KubeApi,
  ListOptions,
  Patch,
  ReadOptions,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from '../../kube/api.js';
import { KubeError } from '../../kube/error.js';
import { failureOfStatus } from '../../kube/failure.js';
import type { KubeObject, ObjectList, ObjectName, Stored } from '../../kube/objects.js';
import { onAbort } from '../../kube/on-abort.js';
import { collectionPath, creationPath, objectPath, rawPath } from '../../kube/paths.js';
import { apiVersionOf, type Resource } from '../../kube/resource.js';
import type { ApiServer, ClientOptions, Exec } from './api-server.js';
import { rawAnswer } from './http/raw-answer.js';
import { notAllowed, Refusal } from './refusal.js';
import type { Caller } from './writes/caller.js';

/** A client without a wire: as a real one answers, one turn later, with the stored objects themselves. */
export class InProcessApi implements KubeApi {
  constructor(
    private readonly server: ApiServer,
    private readonly user: string,
    private readonly options: ClientOptions,
    private readonly execute: Exec | undefined,
  ) {}

  get<T extends KubeObject>(resource: Resource, name: ObjectName, options: ReadOptions = {}): Promise<Stored<T>> {
    const { subresource } = options;
    return this.answer(
      'GET',
      () => objectPath(resource, name, subresource),
      options,
      () => this.server.get(this.server.resource(resource), name, subresource) as Stored<T>,
    );
  }

  list<T extends KubeObject>(resource: Resource, options: ListOptions = {}): Promise<ObjectList<Stored<T>>> {
    return this.answer(
      'GET',
      () => collectionPath(resource, options.namespace),
      options,
      () => this.server.list(this.server.resource(resource), options) as ObjectList<Stored<T>>,
    );
  }

  async *watch<T extends KubeObject>(resource: Resource, options: WatchOptions): AsyncIterable<WatchEvent<T>> {
    const { signal, bookmarks = true } = options;
    const path = (): string => collectionPath(resource, options.namespace);
    const watch = await this.answer('GET', path, options, () =>
      this.server.watch(this.server.resource(resource), { ...options, bookmarks }),
    );
    const forget = onAbort(signal, () => watch.end());
    try {
      for (;;) {
        const event = await watch.next();
        if (signal?.aborted) throw aborted('GET', path());
        if (event === undefined && watch.isBroken) throw noConnection('GET', path());
        if (event === undefined) return;
        yield event as WatchEvent<T>;
      }
    } finally {
      forget();
      watch.end();
    }
  }

  create<T extends KubeObject>(resource: Resource, object: T, options: WriteOptions = {}): Promise<Stored<T>> {
    const { namespace, name = '' } = object.metadata;
    const { subresource } = options;
    const where = (): string =>
      subresource === undefined
        ? creationPath(resource, namespace)
        : objectPath(resource, nameOf(namespace, name), subresource);
    return this.answer('POST', where, options, () => {
      const served = this.server.resource(resource);
      const caller = this.caller(options);
      if (subresource !== undefined)
        return this.server.createUnder(served, nameOf(namespace, name), subresource, object, caller) as Stored<T>;
      return this.server.create(served, namespace ?? '', object, caller) as Stored<T>;
    });
  }

  update<T extends KubeObject>(resource: Resource, object: T, options: WriteOptions = {}): Promise<Stored<T>> {
    const { namespace, name = '' } = object.metadata;
    const named = nameOf(namespace, name);
    return this.answer(
      'PUT',
      () => objectPath(resource, named, options.subresource),
      options,
      () =>
        this.server.replace(
          this.server.resource(resource),
          named,
          object,
          this.caller(options),
          options.subresource,
        ) as Stored<T>,
    );
  }

  patch<T extends KubeObject>(
    resource: Resource,
    name: ObjectName,
    patch: Patch,
    options: WriteOptions = {},
  ): Promise<Stored<T>> {
    return this.answer(
      'PATCH',
      () => objectPath(resource, name, options.subresource),
      options,
      () => {
        const served = this.server.resource(resource);
        const raw = {
          type: patch.type,
          body: bodyOf(resource, patch),
          ...('force' in patch && { force: patch.force }),
        };
        return this.server.patch(served, name, raw, this.caller(options), options.subresource) as Stored<T>;
      },
    );
  }

  delete(resource: Resource, name: ObjectName, options: DeleteOptions = {}): Promise<void> {
    const { uid, resourceVersion, propagation, gracePeriodSeconds, dryRun = false } = options;
    const deletion = { uid, resourceVersion, propagation, gracePeriodSeconds, dryRun };
    return this.answer(
      'DELETE',
      () => objectPath(resource, name),
      options,
      () => void this.server.delete(this.server.resource(resource), name, deletion, this.caller(options)),
    );
  }

  createUnder<T extends KubeObject>(
    resource: Resource,
    name: ObjectName,
    subresource: string,
    body: object,
    options: WriteOptions = {},
  ): Promise<T> {
    return this.answer(
      'POST',
      () => objectPath(resource, name, subresource),
      options,
      () => this.server.createUnder(this.server.resource(resource), name, subresource, body, this.caller(options)) as T,
    );
  }

  async exec(name: Required<ObjectName>, command: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    const { execute } = this;
    const where = (): string => `/api/v1/namespaces/${name.namespace}/pods/${name.name}/exec`;
    await this.answer('GET', where, options, () => {
      if (!execute) throw notAllowed('exec');
    });
    return execute!(name, command, options);
  }

  raw(path: string, options: CallOptions = {}): Promise<unknown> {
    return this.answer(
      'GET',
      () => rawPath(path),
      options,
      () => rawAnswer(this.server, rawPath(path)),
    );
  }

  private caller({ fieldManager, dryRun = false }: WriteOptions): Caller {
    return {
      user: this.user,
      fieldManager: fieldManager ?? this.options.fieldManager ?? this.user,
      fieldValidation: this.options.fieldValidation ?? 'Strict',
      dryRun,
    };
  }

  private async answer<R>(
    method: string,
    path: () => string,
    { signal }: { readonly signal?: AbortSignal },
    act: () => R,
  ): Promise<R> {
    const where = path();
    // Even the fastest server answers later; and who asks twice at once is answered in that order.
    await Promise.resolve();
    if (signal?.aborted) throw aborted(method, where);
    if (!this.server.isUp) throw noConnection(method, where);
    try {
      return act();
    } catch (error) {
      if (error instanceof Refusal) throw failureOfStatus(`${method} ${where}`, error.status);
      throw error;
    }
  }
}

function aborted(method: string, path: string): KubeError {
  return new KubeError('aborted', `${method} ${path}: aborted`);
}

function noConnection(method: string, path: string): KubeError {
  return new KubeError('network', `${method} ${path}: the API server has been killed`);
}

function nameOf(namespace: string | undefined, name: string): ObjectName {
  return { ...(namespace !== undefined && { namespace }), name };
}

function bodyOf(resource: Resource, patch: Patch): unknown {
  if (patch.type === 'json') return patch.operations;
  if (patch.type !== 'apply') return patch.body;
  return { apiVersion: apiVersionOf(resource), kind: resource.kind, ...patch.body };
}
