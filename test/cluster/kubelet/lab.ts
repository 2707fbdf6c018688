import type { ContainerStatus, Pod, StoredContainer, StoredPodSpec } from '../../../src/api/pod.js';
import { conditionOf, isReady } from '../../../src/api/pod.js';
import type { Behaviour, ContainerStart, Run, StartFailure } from '../../../src/cluster/kubelet/behaviour.js';
import type { RegistryImage } from '../../../src/cluster/kubelet/images.js';
import { registryOf } from '../../../src/cluster/kubelet/images.js';
import { KubeletModel, type KubeletModelOptions } from '../../../src/cluster/kubelet/kubelet.js';
import type { Instance, Span } from '../../../src/cluster/kubelet/oracle.js';
import { random } from '../../../src/cluster/random.js';
import { VirtualClock } from '../../../src/cluster/virtual-clock.js';
import type { Clock } from '../../../src/kube/clock.js';
import type { Stored } from '../../../src/kube/objects.js';
import { MemoryCluster, type Revision } from './memory-cluster.js';

export const GATE = 'InPlaceUpdateReady';

export interface LabOptions extends Partial<Omit<KubeletModelOptions, 'api' | 'clock' | 'source' | 'registry'>> {
  /** Images by name; those of `onNode` are on the nodes already. */
  readonly images?: Record<string, RegistryImage>;
  readonly onNode?: readonly string[];
  readonly knowsGenerations?: boolean;
  /** Milliseconds by which timers may fire too soon, as those of an operating system do. @default 0 */
  readonly early?: number;
}

/** A cluster of modelled nodes in virtual time. */
export class Lab {
  readonly clock: VirtualClock;
  readonly cluster: MemoryCluster;
  readonly model: KubeletModel;
  /** What every container did that was started: by `container` and image. */
  readonly behaviours = new Map<string, Partial<Run> | StartFailure>();
  readonly starts: ContainerStart[] = [];
  readonly errors: string[] = [];
  readonly images: Record<string, RegistryImage>;
  folders: ReadonlySet<string> | undefined;

  constructor({ images = {}, onNode = ['game:v1', 'game:v2', 'game:v3'], early = 0, ...options }: LabOptions = {}) {
    this.images = images;
    const seed = options.seed ?? 1;
    this.clock = new VirtualClock({ seed });
    this.cluster = new MemoryCluster(this.clock, options.knowsGenerations);
    const behaviour: Behaviour = {
      run: (start) => {
        this.starts.push(start);
        return this.behaviours.get(start.image) ?? this.behaviours.get(start.container) ?? {};
      },
      hasFolder: (_pod, volume, subPath) => this.folders?.has(`${volume}/${subPath}`) ?? true,
    };
    this.model = new KubeletModel({
      nodes: [{ name: 'node-1', images: onNode }],
      behaviour,
      ...options,
      seed,
      api: this.cluster,
      clock: early === 0 ? this.clock : impatient(this.clock, early, random(seed)),
      source: this.cluster,
      registry: registryOf(this.images),
      onError: (error, doing) => void this.errors.push(`${doing}: ${String(error)}`),
    });
  }

  async start(): Promise<this> {
    await this.model.start();
    return this;
  }

  /** Milliseconds. */
  run(duration: number): Promise<void> {
    return this.clock.advance(duration);
  }

  get now(): number {
    return this.clock.monotonic();
  }

  pod(name = 'foo'): Stored<Pod> {
    return this.cluster.pod(name);
  }

  /** The status of a container, the first one where none is named. */
  container(name = 'foo', container?: string): ContainerStatus {
    const { initContainerStatuses = [], containerStatuses = [] } = this.pod(name).status ?? {};
    const all = [...initContainerStatuses, ...containerStatuses];
    const found = container === undefined ? containerStatuses[0] : all.find((one) => one.name === container);
    if (found === undefined) throw new Error(`no status of ${container ?? 'any container'} in ${name}`);
    return found;
  }

  condition(type: string, name = 'foo'): string | undefined {
    return conditionOf(this.pod(name).status, type)?.status;
  }

  isReady(name = 'foo'): boolean {
    return isReady(this.pod(name));
  }

  instances(name = 'foo'): readonly Instance[] {
    return this.model.oracle.instances(this.pod(name).metadata.uid);
  }

  /** Runs until this holds, and fails where it does not within `limit` milliseconds. Returns how long it took. */
  async until(what: string, condition: () => boolean, limit = 60_000): Promise<number> {
    const from = this.now;
    if (!(await this.clock.until(condition, limit))) throw new Error(`not within ${limit} ms: ${what}`);
    return this.now - from;
  }

  /**
   * A pod on the node, Ready and idle. What comes next comes as long after a look of the kubelet, or after a probe, as the Ready did: as
   * it was in the lab, where a client acted on what it saw.
   */
  async serving(spec: Partial<StoredPodSpec> = {}, container: Partial<StoredContainer> = {}): Promise<Stored<Pod>> {
    this.create(spec, container);
    if (spec.readinessGates) this.cluster.setGate('foo', GATE, 'True');
    await this.until('foo is Ready', () => this.isReady());
    await this.run(5000);
    return this.pod();
  }

  create(spec: Partial<StoredPodSpec> = {}, container: Partial<StoredContainer> = {}, name = 'foo'): Stored<Pod> {
    const app: StoredContainer = { name: 'app', image: 'game:v1', imagePullPolicy: 'Never', ...container };
    return this.cluster.createPod(name, { nodeName: 'node-1', containers: [app], ...spec });
  }

  revisions(uid: string): readonly Revision[] {
    return this.cluster.history.get(uid) ?? [];
  }

  /** Statuses that the kubelet wrote since a moment: how long after it, and the pod. */
  written(since: number, name = 'foo'): { readonly after: number; readonly pod: Stored<Pod> }[] {
    return this.revisions(this.pod(name).metadata.uid)
      .filter(({ at, by }) => at >= since && by === 'kubelet')
      .map(({ at, pod }) => ({ after: at - since, pod }));
  }
}

/** A clock whose timers fire up to so many milliseconds too soon. */
export const impatient = (clock: Clock, early: number, chance: () => number): Clock => ({
  now: () => clock.now(),
  monotonic: () => clock.monotonic(),
  after: (delay, run) => clock.after(Math.max(0, delay - early * chance()), run),
});

/** Of a status: what a reader of the lab's tables looks at. */
export function summary(pod: Pod): string {
  const [container] = pod.status?.containerStatuses ?? [];
  const { waiting, running, terminated } = container?.state ?? {};
  const state = waiting ? `Waiting(${waiting.reason})` : running ? 'Running' : `Terminated(${terminated?.reason})`;
  return [
    state,
    container?.containerID?.slice(-4) ?? '-',
    `rc ${container?.restartCount}`,
    `last ${container?.lastState?.terminated?.reason ?? '-'}`,
    `ready ${container?.ready}`,
    `Ready ${conditionOf(pod.status, 'Ready')?.status}`,
    pod.status?.phase,
  ].join(', ');
}

/** Wall time of the virtual clock at which the monotonic one was 0. */
const EPOCH = Date.UTC(2026, 0, 1);

/** When the containers of a pod really started and ended, in milliseconds since a moment. */
export function reality(
  lab: Lab,
  since: number,
): {
  readonly image: string;
  readonly started: number;
  readonly exited: number;
  readonly exitCode: number | undefined;
}[] {
  return lab.instances().map(({ image, startedAt, exitedAt, exitCode }) => ({
    image,
    started: startedAt - EPOCH - since,
    exited: exitedAt === undefined ? Infinity : exitedAt - EPOCH - since,
    exitCode,
  }));
}

/** The spans in which the API said Ready, in the wall time of the oracle. */
export function readySpans(revisions: readonly Revision[]): Span[] {
  const spans: { from: number; to?: number }[] = [];
  let isOpen = false;
  for (const { at, pod } of revisions) {
    if (isReady(pod) === isOpen) continue;
    if (isOpen) spans.at(-1)!.to = EPOCH + at;
    else spans.push({ from: EPOCH + at });
    isOpen = !isOpen;
  }
  return spans;
}
