import type { DeleteOptions, KubeApi, Patch, WriteOptions } from '../../../src/kube/api.js';
import type { Clock } from '../../../src/kube/clock.js';
import { KubeError } from '../../../src/kube/error.js';
import { keyOf, type KubeObject, type ObjectName, type Stored } from '../../../src/kube/objects.js';
import { pods, type Resource } from '../../../src/kube/resource.js';
import type { Pod, PodCondition, PodStatus, StoredPodSpec } from '../../../src/api/pod.js';
import type { PodListener, PodSource } from '../../../src/cluster/kubelet/pod-source.js';

type Json = Record<string, unknown>;

/** One state of a pod that the API has shown. */
export interface Revision {
  readonly at: number;
  /** Who wrote it: `test` or `kubelet`. */
  readonly by: 'test' | 'kubelet';
  readonly pod: Stored<Pod>;
  readonly patch?: object;
}

/** As much of an API server as a kubelet speaks to, and no more. It answers at once. */
export class MemoryCluster implements KubeApi, PodSource {
  readonly objects = new Map<string, Stored>();
  /** Of each pod by UID, from its creation on. */
  readonly history = new Map<string, Revision[]>();
  readonly calls: { readonly verb: string; readonly what: string; readonly body?: unknown; readonly at: number }[] = [];
  /** Makes calls fail: throw from here. */
  onCall: ((verb: string, what: string) => void) | undefined;
  private readonly listeners = new Set<PodListener>();
  private version = 0;
  private uids = 0;

  constructor(
    private readonly clock: Clock,
    private readonly knowsGenerations = true,
  ) {}

  follow(listener: PodListener): () => void {
    this.listeners.add(listener);
    for (const pod of this.pods()) listener.changed(pod);
    listener.synced();
    return () => this.listeners.delete(listener);
  }

  pods(): Stored<Pod>[] {
    return [...this.objects].filter(([key]) => key.startsWith('pods ')).map(([, object]) => object as Stored<Pod>);
  }

  pod(name: string): Stored<Pod> {
    const pod = this.objects.get(`pods default/${name}`);
    if (pod === undefined) throw new Error(`no pod ${name}`);
    return pod as Stored<Pod>;
  }

  hasPod(name: string): boolean {
    return this.objects.has(`pods default/${name}`);
  }

  createPod(name: string, spec: StoredPodSpec, metadata: Partial<Pod['metadata']> = {}): Stored<Pod> {
    const pod: Pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        ...metadata,
        name,
        namespace: 'default',
        creationTimestamp: new Date(this.clock.now()).toISOString(),
        ...(this.knowsGenerations && { generation: 1 }),
      },
      spec,
      status: { phase: 'Pending', qosClass: 'BestEffort' },
    };
    return this.put('pods', pod, 'test');
  }

  /** Changes spec and metadata, as a strategic merge patch of images and annotations would. */
  changePod(name: string, change: { images?: Json; annotations?: Record<string, string> }): Stored<Pod> {
    const pod = this.pod(name);
    const withImage = <T extends { name: string; image: string }>(container: T): T => {
      const image = change.images?.[container.name];
      return typeof image === 'string' ? { ...container, image } : container;
    };
    const { initContainers } = pod.spec;
    const spec: StoredPodSpec = {
      ...pod.spec,
      containers: pod.spec.containers.map(withImage),
      ...(initContainers && { initContainers: initContainers.map(withImage) }),
    };
    const annotations = { ...pod.metadata.annotations, ...change.annotations };
    const generation = (pod.metadata.generation ?? 0) + (change.images ? 1 : 0);
    const metadata = { ...pod.metadata, annotations, ...(this.knowsGenerations && { generation }) };
    return this.put('pods', { ...pod, metadata, spec }, 'test');
  }

  setGate(name: string, type: string, status: 'True' | 'False'): void {
    const pod = this.pod(name);
    const others = (pod.status?.conditions ?? []).filter((condition) => condition.type !== type);
    const gate: PodCondition = { type, status, lastTransitionTime: '2026-01-01T00:00:00Z', message: 'ours' };
    this.put('pods', { ...pod, status: { ...pod.status, conditions: [...others, gate] } }, 'test');
  }

  setStatus(name: string, status: PodStatus): void {
    this.put('pods', { ...this.pod(name), status }, 'test');
  }

  /** As `kubectl delete`. */
  deletePod(name: string, grace?: number): void {
    const pod = this.pod(name);
    const seconds = grace ?? pod.spec.terminationGracePeriodSeconds ?? 30;
    if (seconds === 0 || pod.spec.nodeName === undefined || ['Succeeded', 'Failed'].includes(pod.status?.phase ?? '')) {
      this.drop(`pods default/${name}`);
      return;
    }
    this.markDeleted(name, seconds);
  }

  /** Only the mark: somebody has to remove the object. */
  markDeleted(name: string, seconds: number): void {
    const pod = this.pod(name);
    const deletionTimestamp = new Date(this.clock.now() + seconds * 1000).toISOString();
    this.put(
      'pods',
      { ...pod, metadata: { ...pod.metadata, deletionTimestamp, deletionGracePeriodSeconds: seconds } },
      'test',
    );
  }

  get<T extends KubeObject>(resource: Resource, name: ObjectName): Promise<Stored<T>> {
    return this.call('get', resource, name, undefined, (key) => this.known<T>(key));
  }

  create<T extends KubeObject>(resource: Resource, object: T): Promise<Stored<T>> {
    return this.call('create', resource, object.metadata as ObjectName, object, () =>
      this.put(resource.plural, object, 'kubelet'),
    );
  }

  patch<T extends KubeObject>(
    resource: Resource,
    name: ObjectName,
    patch: Patch,
    options: WriteOptions = {},
  ): Promise<Stored<T>> {
    return this.call('patch', resource, name, patch, (key) => {
      const before = this.known<T>(key);
      if (patch.type !== 'strategic' && patch.type !== 'merge') throw new Error(`no ${patch.type} patches here`);
      const body = patch.body as Json & { metadata?: { uid?: string } };
      if (body.metadata?.uid !== undefined && body.metadata.uid !== before.metadata.uid) {
        throw new KubeError('conflict', `${key}: another UID`);
      }
      if (resource === pods && options.subresource !== 'status') throw new Error('a kubelet patches statuses only');
      const merged = merge(before as unknown as Json, body, patch.type === 'strategic') as unknown as T;
      return this.put(resource.plural, merged, 'kubelet', body);
    });
  }

  delete(resource: Resource, name: ObjectName, options: DeleteOptions = {}): Promise<void> {
    return this.call('delete', resource, name, options, (key) => {
      const { uid } = this.known(key).metadata;
      if (options.uid !== undefined && options.uid !== uid) throw new KubeError('conflict', `${key}: another UID`);
      this.drop(key);
    });
  }

  createUnder<T extends KubeObject>(
    resource: Resource,
    name: ObjectName,
    subresource: string,
    body: object,
  ): Promise<T> {
    return this.call(`create ${subresource}`, resource, name, body, (key) => {
      const pod = this.known<Pod>(key);
      const nodeName = (body as { target: { name: string } }).target.name;
      return this.put('pods', { ...pod, spec: { ...pod.spec, nodeName } }, 'kubelet') as unknown as T;
    });
  }

  list(): never {
    throw new Error('not here');
  }

  watch(): never {
    throw new Error('not here');
  }

  update(): never {
    throw new Error('not here');
  }

  exec(): never {
    throw new Error('not here');
  }

  raw(): never {
    throw new Error('not here');
  }

  private call<T>(
    verb: string,
    { plural }: Resource,
    name: ObjectName,
    body: unknown,
    run: (key: string) => T,
  ): Promise<T> {
    const key = `${plural} ${keyOf(name)}`;
    this.calls.push({ verb, what: key, body, at: this.clock.monotonic() });
    return Promise.resolve().then(() => {
      this.onCall?.(verb, key);
      return run(key);
    });
  }

  private known<T extends KubeObject>(key: string): Stored<T> {
    const object = this.objects.get(key);
    if (object === undefined) throw new KubeError('notFound', `${key}: not found`);
    return object as Stored<T>;
  }

  private put<T extends KubeObject>(plural: string, object: T, by: Revision['by'], patch?: object): Stored<T> {
    const uid = object.metadata.uid ?? `uid-${++this.uids}`;
    // As over a wire: nobody shares an object with the server.
    const stored = structuredClone({
      ...object,
      metadata: { ...object.metadata, uid, resourceVersion: String(++this.version) },
    }) as Stored<T>;
    this.objects.set(`${plural} ${keyOf(stored)}`, stored);
    if (plural !== 'pods') return stored;
    const pod = stored as unknown as Stored<Pod>;
    const history = this.history.get(uid) ?? [];
    history.push({ at: this.clock.monotonic(), by, pod, ...(patch && { patch }) });
    this.history.set(uid, history);
    for (const listener of this.listeners) listener.changed(pod);
    return stored;
  }

  private drop(key: string): void {
    const object = this.objects.get(key);
    this.objects.delete(key);
    if (object && key.startsWith('pods ')) for (const listener of this.listeners) listener.gone(object as Stored<Pod>);
  }
}

const MERGE_KEYS: Readonly<Record<string, string>> = { conditions: 'type', podIPs: 'ip', hostIPs: 'ip' };

/** JSON merge patch; strategic: the lists above merge by their keys. */
function merge(target: Json, patch: Json, isStrategic: boolean): Json {
  const result: Json = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    const mergeKey = MERGE_KEYS[key];
    if (value === null) delete result[key];
    else if (isStrategic && mergeKey !== undefined && Array.isArray(value)) {
      result[key] = mergeList((result[key] ?? []) as Json[], value as Json[], mergeKey);
    } else if (typeof value === 'object' && !Array.isArray(value)) {
      result[key] = merge((result[key] ?? {}) as Json, value as Json, isStrategic);
    } else result[key] = value;
  }
  return result;
}

function mergeList(list: readonly Json[], patches: readonly Json[], key: string): Json[] {
  let merged = [...list];
  for (const patch of patches) {
    const at = merged.findIndex((element) => element[key] === patch[key]);
    if (patch['$patch'] === 'delete') merged = merged.filter((_, index) => index !== at);
    else if (at < 0) merged.push(merge({}, patch, true));
    else merged[at] = merge(merged[at]!, patch, true);
  }
  return merged;
}
