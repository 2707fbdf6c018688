import type { KubeApi } from '../../kube/api.js';
import type { Clock } from '../../kube/clock.js';
import type { Pod } from '../../api/pod.js';
import type { Random } from '../random.js';
import { NodeKubelet } from './node-kubelet.js';
import type { Behaviour, ContainerAnswer, ContainerRequest } from './behaviour.js';
import { addressesOf, ContainerRuntime } from './container-runtime.js';
import { Heartbeat, type HeartbeatTimings } from './heartbeat.js';
import { NodeImages, type Registry } from './images.js';
import { KUBELET_VERSION, reportsGeneration, type NodeShape } from './node-object.js';
import type { Oracle } from './oracle.js';
import { latest } from './pod-actions.js';
import { findRemains } from './remains.js';
import { StatusWriter } from './status-writer.js';
import { hurried, type KubeletTimings } from './timings.js';

export interface ModelNodeOptions extends NodeShape {
  /** Images that are on the node from the beginning, by name. */
  readonly images?: readonly string[];
  /** Whether images are pulled one after the other. @default true (kubelet: serializeImagePulls) */
  readonly pullsSerially?: boolean;
}

export interface NodeSurroundings {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly random: Random;
  readonly timings: KubeletTimings;
  readonly heartbeat: HeartbeatTimings;
  readonly behaviour: Behaviour;
  readonly registry: Registry;
  readonly oracle: Oracle;
  /** Of the nodes of this model; its addresses follow from it. */
  readonly index: number;
  /** Containers of an earlier life are on its disk. */
  readonly boots: boolean;
  readonly onError: (error: unknown, doing: string) => void;
}

/** A machine: its containers and images, and the kubelet that runs on it or does not. */
export class ModelNode {
  readonly name: string;
  readonly address: string;
  readonly images = new NodeImages();
  private readonly runtime: ContainerRuntime;
  /** The pods that the API has bound to this node, known whether the kubelet runs or not. */
  private readonly pods = new Map<string, Pod>();
  private acting: { readonly kubelet: NodeKubelet; readonly writer: StatusWriter } | undefined;
  private heartbeat: Heartbeat | undefined;
  private starts = 0;
  private isPowered = true;
  private isSynced = false;

  constructor(
    readonly options: ModelNodeOptions,
    private readonly around: NodeSurroundings,
  ) {
    const { index, random, behaviour, oracle } = around;
    this.name = options.name;
    const [high, low] = [index >> 8, index & 255];
    this.address = `10.0.${high}.${low}`;
    const addresses = addressesOf(`10.${64 + high}.${low}`);
    this.runtime = new ContainerRuntime({
      clock: this.clock,
      random: random.fork('runtime'),
      behaviour,
      oracle,
      addresses,
    });
    for (const image of options.images ?? []) this.images.import(image);
  }

  /** Whether its kubelet works. */
  get isUp(): boolean {
    return this.acting !== undefined;
  }

  /** Registers the node and begins to act. */
  async start(): Promise<void> {
    if (this.isUp) return;
    this.startKubelet();
    await this.heartbeat?.start();
  }

  /**
   * The kubelet is silent: no heartbeats, no statuses, nothing is started or stopped. Containers run on, and what ends stays so. The
   * API finds the node NotReady after a while.
   */
  lose(): void {
    this.acting?.kubelet.stop();
    this.acting?.writer.stop();
    this.heartbeat?.stop();
    this.acting = undefined;
    this.heartbeat = undefined;
  }

  /** The machine loses its power: as {@link lose}, and every container ends. */
  crash(): void {
    this.lose();
    this.isPowered = false;
    this.runtime.powerOff();
  }

  /** After {@link lose} or {@link crash}: catches up with what the API wants now. */
  async return(): Promise<void> {
    if (!this.isPowered) this.runtime.powerOn();
    this.isPowered = true;
    await this.start();
  }

  /** Another kubelet process: what it had in memory is gone, back-off included. No container restarts for it. */
  async restartKubelet(): Promise<void> {
    this.lose();
    await this.start();
  }

  /** A process ends by itself. False where the container does not run. */
  crashContainer(uid: string, container: string, code = 1, reason?: string): boolean {
    const running = latest(this.runtime.inspect(uid), container);
    if (running === undefined || running.end !== undefined) return false;
    this.runtime.crash(running.id, code, reason);
    return true;
  }

  /** Node pressure: the pod fails with reason Evicted. */
  evict(uid: string, message = 'The node was low on resource: memory.'): void {
    this.acting?.kubelet.evict(uid, message);
  }

  /** What the real container answers, whatever the API says of it. */
  answer(uid: string, container: string, request: ContainerRequest): ContainerAnswer {
    const id = latest(this.runtime.inspect(uid), container)?.id ?? '';
    const process = this.runtime.processOf(id);
    if (process === undefined) return { kind: 'refused', message: 'the container does not run' };
    const { run, moment } = process;
    return run.answer?.(request, moment) ?? { kind: 'refused', message: 'nothing listens' };
  }

  /** Whether everything that the pod's status says runs does. */
  runs({ status = {} }: Pod): boolean {
    const { initContainerStatuses = [], containerStatuses = [] } = status;
    return [...initContainerStatuses, ...containerStatuses].every(
      ({ state, containerID = '' }) => !state?.running || this.runtime.processOf(containerID) !== undefined,
    );
  }

  changed(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    if (this.around.boots && !this.isSynced && !this.pods.has(uid))
      findRemains(pod, this.runtime, this.images, this.clock);
    this.pods.set(uid, pod);
    this.acting?.kubelet.changedPod(pod);
  }

  gone(uid: string): void {
    if (!this.pods.delete(uid)) return;
    this.acting?.kubelet.gonePod(uid);
  }

  synced(): void {
    this.isSynced = true;
    this.acting?.kubelet.synced();
  }

  /** The time that this node lives in. */
  private get clock(): Clock {
    return hurried(this.around.clock, this.around.timings.speed);
  }

  private startKubelet(): void {
    const { name, address, options, runtime, images, clock } = this;
    const { api, random, timings, heartbeat, behaviour, registry, onError } = this.around;
    const own = random.fork(`kubelet ${this.starts++}`);
    const kubelet = new NodeKubelet({
      node: name,
      hostIP: address,
      clock,
      random: own,
      timings,
      runtime,
      images,
      registry,
      behaviour,
      pullsSerially: options.pullsSerially ?? true,
      reportsGeneration: reportsGeneration(options.kubeletVersion ?? KUBELET_VERSION),
      onStatus: (uid) => {
        const pod = this.pods.get(uid);
        if (pod) writer.send(uid, pod.metadata);
      },
    });
    const writer = new StatusWriter({
      api,
      clock,
      random: own.fork('writer'),
      timings,
      statusOf: (uid) => kubelet.statuses.get(uid),
      mayRun: (uid) => kubelet.mayRun(uid),
      onFailure: (uid, error) => {
        kubelet.retryStatus(uid);
        onError(error, `the status of pod ${uid} on ${name}`);
      },
    });
    this.acting = { kubelet, writer };
    this.heartbeat = new Heartbeat({
      api,
      clock: this.around.clock,
      shape: options,
      address,
      timings: heartbeat,
      onError: (error) => onError(error, `the heartbeat of ${name}`),
    });
    const created = (pod: Pod): string =>
      `${pod.metadata.creationTimestamp} ${pod.metadata.namespace}/${pod.metadata.name}`;
    const known = [...this.pods.values()].sort((one, other) => (created(one) < created(other) ? -1 : 1));
    for (const pod of known) kubelet.changedPod(pod);
    if (this.isSynced) kubelet.synced();
  }
}
