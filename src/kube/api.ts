import type { KubeObject, ObjectList, ObjectName, Stored } from './objects.js';
import type { Resource } from './resource.js';

/**
 * The one door to a cluster, real or embedded. Every call rejects with a `KubeError` and nothing else. Nothing is repeated behind
 * the caller's back, except what is harmless to repeat: see the implementation.
 */
export interface KubeApi {
  get<T extends KubeObject = KubeObject>(
    resource: Resource,
    name: ObjectName,
    options?: ReadOptions,
  ): Promise<Stored<T>>;
  /** One page. Absent `namespace`: all namespaces. */
  list<T extends KubeObject = KubeObject>(resource: Resource, options?: ListOptions): Promise<ObjectList<Stored<T>>>;
  /**
   * Events from a resourceVersion on. It ends without an error when the server closes it in order (`timeoutSeconds`), and rejects
   * when it breaks, with kind `gone` where the version is too old. Leaving the loop closes the connection.
   */
  watch<T extends KubeObject = KubeObject>(resource: Resource, options: WatchOptions): AsyncIterable<WatchEvent<T>>;
  create<T extends KubeObject>(resource: Resource, object: T, options?: WriteOptions): Promise<Stored<T>>;
  /** Replaces the whole object. With `metadata.resourceVersion` only that version. */
  update<T extends KubeObject>(resource: Resource, object: T, options?: WriteOptions): Promise<Stored<T>>;
  patch<T extends KubeObject = KubeObject>(
    resource: Resource,
    name: ObjectName,
    patch: Patch,
    options?: WriteOptions,
  ): Promise<Stored<T>>;
  /** Resolves when the server has accepted it: objects with finalizers, and pods in their grace, are still there. */
  delete(resource: Resource, name: ObjectName, options?: DeleteOptions): Promise<void>;
  /** Creates what lives under an object and is no part of it: an eviction, a binding, a token request. */
  createUnder<T extends KubeObject = KubeObject>(
    resource: Resource,
    name: ObjectName,
    subresource: string,
    body: object,
    options?: WriteOptions,
  ): Promise<T>;
  /** Runs a command in a container. The streams are collected; a command that fails is an answer, not an error. */
  exec(name: Required<ObjectName>, command: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  /** Any other path of the server: `/version`, `/readyz`, `/apis`. */
  raw(path: string, options?: CallOptions): Promise<unknown>;
}

export interface CallOptions {
  /** Ends the call; it then rejects with kind `aborted`. */
  readonly signal?: AbortSignal;
  /** Milliseconds for the whole call. @default 30000 */
  readonly timeout?: number;
  /** Goes before others where the client's rate or its connections are exhausted: for the renewal of a Lease. @default false */
  readonly urgent?: boolean;
}

export interface ReadOptions extends CallOptions {
  /** `status`, `scale` ... @default the object itself */
  readonly subresource?: string;
  readonly resourceVersion?: string;
}

export interface Selection {
  /** @default all namespaces */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface ListOptions extends Selection, CallOptions {
  /** Objects per page. @default no paging */
  readonly limit?: number;
  readonly continue?: string;
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: 'Exact' | 'NotOlderThan';
}

export interface WatchOptions extends Selection {
  readonly resourceVersion: string;
  /** Seconds after which the server closes the watch. */
  readonly timeoutSeconds?: number;
  /** Asks for BOOKMARK events. @default true */
  readonly bookmarks?: boolean;
  readonly signal?: AbortSignal;
  /** Milliseconds without a byte after which the connection counts as dead: kind `timeout`. @default none */
  readonly idleTimeout?: number;
}

export type WatchEvent<T extends KubeObject = KubeObject> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: Stored<T> }
  /** Only says how far the server is. */
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string };

export interface WriteOptions extends CallOptions {
  readonly subresource?: string;
  /** @default the client's own name */
  readonly fieldManager?: string;
  readonly dryRun?: boolean;
}

export type Patch =
  /** RFC 6902. A failed `test` operation is kind `invalid`. */
  | { readonly type: 'json'; readonly operations: readonly JsonPatchOperation[] }
  /** RFC 7386. */
  | { readonly type: 'merge'; readonly body: object }
  /** Kubernetes' own: lists merge by key. Refused for custom resources. */
  | { readonly type: 'strategic'; readonly body: object }
  /** Server-side apply: what `body` no longer names, and we owned, goes. `force` takes fields from other managers. */
  | { readonly type: 'apply'; readonly body: KubeObject; readonly force?: boolean };

export type JsonPatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move' | 'copy'; readonly from: string; readonly path: string };

export interface DeleteOptions extends CallOptions {
  /** Only this very object: another one of the same name is kind `conflict`. */
  readonly uid?: string;
  readonly resourceVersion?: string;
  /** What becomes of what it owns. @default the resource's own, mostly Background */
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan';
  readonly gracePeriodSeconds?: number;
  readonly dryRun?: boolean;
}

export interface ExecOptions extends CallOptions {
  /** @default the pod's first container */
  readonly container?: string;
  readonly stdin?: string | Uint8Array;
  /** Bytes kept of each stream; what comes after is dropped and `truncated` says so. @default 1 MiB */
  readonly limit?: number;
}

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly truncated: boolean;
}
