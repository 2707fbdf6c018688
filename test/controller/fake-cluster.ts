import type { JsonPatchOperation, ListOptions, Patch, WriteOptions } from '../../src/kube/api.js';
import { KubeError } from '../../src/kube/error.js';
import { keyOf, type KubeObject, type ObjectList, type ObjectName, type Stored } from '../../src/kube/objects.js';
import type { Resource } from '../../src/kube/resource.js';
import { FakeApi } from '../kube/fake-api.js';

type Tree = Record<string, unknown>;

/**
 * The fake API server with what the controller asks of one besides: dry runs, field selectors by name, JSON patches of whole
 * fields, strategic patches of pods. Patches arrive as updates in `calls`.
 */
export class FakeCluster extends FakeApi {
  readonly dryRuns: KubeObject[] = [];

  override async list<T extends KubeObject>(
    resource: Resource,
    options: ListOptions = {},
  ): Promise<ObjectList<Stored<T>>> {
    const page = await super.list<T>(resource, options);
    const { namespace, fieldSelector } = options;
    const [, name] = /^metadata\.name=(.+)$/.exec(fieldSelector ?? '') ?? [];
    const items = page.items.filter(
      ({ metadata }) =>
        (name === undefined || metadata.name === name) && (namespace === undefined || metadata.namespace === namespace),
    );
    return { ...page, items };
  }

  override create<T extends KubeObject>(resource: Resource, object: T, options: WriteOptions = {}): Promise<Stored<T>> {
    if (options.dryRun !== true) return super.create(resource, object, options);
    this.dryRuns.push(object);
    const metadata = { ...object.metadata, name: 'dry', uid: 'dry', resourceVersion: '' };
    return Promise.resolve(structuredClone({ ...object, metadata }));
  }

  override async patch<T extends KubeObject>(
    resource: Resource,
    name: ObjectName,
    patch: Patch,
    options: WriteOptions = {},
  ): Promise<Stored<T>> {
    if (patch.type === 'merge') return super.patch(resource, name, patch, options);
    const known = this.objects(resource).get(keyOf(name));
    if (!known) throw new KubeError('notFound', `no ${keyOf(name)}`);
    const next = structuredClone(known) as Stored & Tree;
    if (patch.type === 'json') for (const operation of patch.operations) apply(next, operation);
    else merge(next, patch.type === 'strategic' ? (patch.body as Tree) : {});
    if (next.metadata.uid !== known.metadata.uid) throw new KubeError('conflict', 'another uid');
    return super.update(resource, next as unknown as T, options);
  }
}

/** `add` and `replace` of members. */
function apply(object: Tree, operation: JsonPatchOperation): void {
  const path = operation.path.split('/').slice(1);
  const last = path.pop()!;
  let at = object;
  for (const name of path) at = at[name] as Tree;
  if (operation.op !== 'add' && operation.op !== 'replace') throw new Error(`${operation.op} is not known here`);
  at[last] = operation.value;
}

/** Lists merge by `type` (conditions) or `name` (containers). */
function merge(target: Tree, patch: Tree): void {
  for (const [name, value] of Object.entries(patch)) {
    const old = target[name];
    if (value === null) delete target[name];
    else if (Array.isArray(value)) target[name] = mergedList((old ?? []) as Tree[], value as Tree[]);
    else if (typeof value === 'object') {
      target[name] ??= {};
      merge(target[name] as Tree, value as Tree);
    } else target[name] = value;
  }
}

function mergedList(old: readonly Tree[], patch: readonly Tree[]): Tree[] {
  const list = structuredClone([...old]);
  for (const item of patch) {
    const key = 'type' in item ? 'type' : 'name';
    const known = list.find((other) => other[key] === item[key]);
    if (known) merge(known, item);
    else list.push(item);
  }
  return list;
}
