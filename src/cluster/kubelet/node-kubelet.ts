import type { Clock } from '../../kube/clock.js';
import type { Pod, PodStatus } from '../../api/pod.js';
import { isSame } from '../json.js';
import { between, type Random } from '../random.js';
import { Backoff } from './backoff.js';
import type { Behaviour, ProbeKind } from './behaviour.js';
import { isReadyStale } from './conditions.js';
import type { ContainerRuntime, RuntimePod } from './container-runtime.js';
import type { WaitReason } from './container-status.js';
import { ImagePuller } from './image-puller.js';
import type { NodeImages, Registry } from './images.js';
import { LEAST_GRACE } from './pod-stop.js';
import type { SyncContext } from './pod-sync.js';
import { PodWorker, type WorkerHost } from './pod-worker.js';
import { PodProbes, type ProbeResult } from './probes.js';
import { generateStatus } from './status.js';
import { isSameByKubelet, StatusCache } from './status-cache.js';
import { Ticker } from './ticker.js';
import type { KubeletTimings } from './timings.js';

export interface NodeKubeletOptions {
  readonly node: string;
  readonly hostIP: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly timings: KubeletTimings;
  readonly runtime: ContainerRuntime;
  readonly images: NodeImages;
  readonly registry: Registry;
  readonly behaviour: Behaviour;
  readonly pullsSerially: boolean;
  /** From 1.34 on a kubelet says which generation of a pod it acts on. */
  readonly reportsGeneration: boolean;
  /** The status of this pod is to be sent. */
  readonly onStatus: (uid: string) => void;
}

/** One kubelet process. What it knows is lost with it; what its node runs is not. */
export class NodeKubelet implements WorkerHost {
  readonly statuses: StatusCache;
  private readonly workers = new Map<string, PodWorker>();
  private readonly evictions = new Map<string, string>();
  private readonly probes = new Map<string, PodProbes>();
  private readonly crashes: Backoff;
  private readonly puller: ImagePuller;
  private readonly begun: number;
  private readonly relist: Ticker;
  private readonly work: Ticker;
  private readonly housekeeping: Ticker;
  private readonly reconcile: Ticker;
  /** Pods whose containers changed since the last look. */
  private readonly changed = new Set<string>();
  private readonly waiting = new Set<PodWorker>();
  private readonly due = new Map<string, number>();
  /** Statuses to look at again; those that failed are sent even if the API seems to hold them. */
  private readonly toReconcile = new Map<string, 'differs' | 'failed'>();
  private readonly timers = new Set<() => void>();
  private isStopped = false;
  private observedUntil = 0;
  private readonly observations: (() => void)[] = [];

  constructor(private readonly options: NodeKubeletOptions) {
    const { clock, timings, runtime, random } = options;
    this.begun = clock.monotonic();
    this.statuses = new StatusCache(clock, (uid) => options.onStatus(uid));
    this.crashes = new Backoff(clock, timings.crashBackoff);
    this.puller = new ImagePuller({ ...options, backoff: timings.pullBackoff, isSerial: options.pullsSerially });
    const ticker = (period: number, run: () => void): Ticker => new Ticker(clock, period, random() * period, run);
    this.relist = ticker(timings.relist, () => this.look());
    this.work = ticker(timings.work, () => this.doWork());
    this.housekeeping = ticker(timings.housekeeping, () => this.removeOrphans());
    this.reconcile = ticker(timings.reconcile, () => this.repair());
    runtime.onChange = (uid) => {
      this.changed.add(uid);
      this.relist.request();
    };
  }

  /** A pod of this node as the API has it now. */
  changedPod(pod: Pod): void {
    this.observe(() => this.take(pod));
  }

  /** The API no longer has it. */
  gonePod(uid: string): void {
    this.observe(() => {
      const worker = this.workers.get(uid);
      if (worker === undefined) return;
      worker.isWanted = false;
      if (worker.isFinished) this.forget(uid);
      else worker.update('kill');
    });
  }

  /** All pods of the node have been reported: what else runs here is nobody's. */
  synced(): void {
    this.observe(() => this.housekeeping.request());
  }

  /** Node pressure: the pod fails, and its controller makes another. */
  evict(uid: string, message: string): void {
    this.evictions.set(uid, message);
    this.workers.get(uid)?.update('kill');
  }

  /** A status could not be sent: it is tried again before long. */
  retryStatus(uid: string, because: 'differs' | 'failed' = 'failed'): void {
    if (this.toReconcile.get(uid) !== 'failed') this.toReconcile.set(uid, because);
    this.reconcile.request();
  }

  mayRun(uid: string): boolean {
    return this.workers.get(uid)?.mayRun ?? true;
  }

  stop(): void {
    this.isStopped = true;
    this.options.runtime.onChange = undefined;
    for (const ticker of [this.relist, this.work, this.housekeeping, this.reconcile]) ticker.stop();
    for (const cancel of this.timers) cancel();
    for (const worker of this.workers.values()) worker.stop();
  }

  lastRelist(): number {
    return this.relist.last();
  }

  awaitRelist(worker: PodWorker): void {
    this.waiting.add(worker);
    this.relist.request();
  }

  workLater(uid: string, kind: 'retry' | 'resync' | 'now'): void {
    const { clock, random, timings } = this.options;
    const delay = kind === 'now' ? 0 : timings[kind] * (1 + 0.5 * random());
    this.due.set(uid, clock.monotonic() + delay);
    this.work.request(delay);
  }

  finished({ uid, isWanted }: PodWorker): void {
    this.due.delete(uid);
    if (!isWanted) this.forget(uid);
  }

  /** Changes reach the kubelet after a moment, in their order. */
  private observe(run: () => void): void {
    const { clock, random, timings } = this.options;
    const at = Math.max(this.observedUntil, clock.monotonic() + between(random, timings.observe));
    this.observedUntil = at;
    // Several may be due at one instant, and a clock may take its timers in any order.
    this.observations.push(run);
    this.later(at - clock.monotonic(), () => this.observations.shift()!());
  }

  private later(delay: number, run: () => void): void {
    const cancel = this.options.clock.after(delay, () => {
      this.timers.delete(cancel);
      if (!this.isStopped) run();
    });
    this.timers.add(cancel);
  }

  private take(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    const worker = this.workers.get(uid);
    if (worker === undefined) {
      const added = new PodWorker(pod, this.contextOf(pod), this);
      this.workers.set(uid, added);
      added.update('config');
      return;
    }
    const before = worker.pod;
    worker.pod = pod;
    if (this.differs(uid, pod)) this.retryStatus(uid, 'differs');
    if (worker.isFinished && pod.metadata.deletionTimestamp !== undefined) this.retryStatus(uid);
    if (isAnotherPod(before, pod)) worker.update('config');
    // A gate has changed: only the status differs, yet Ready follows from it.
    else if (!isSame(before.status, pod.status) && isReadyStale(pod)) worker.update('sync');
  }

  private contextOf(pod: Pod): SyncContext {
    const uid = pod.metadata.uid ?? '';
    const { options, crashes, puller, statuses, begun } = this;
    const reasons = new Map<string, WaitReason>();
    const probes = new PodProbes({
      ...options,
      uid,
      begun,
      status: () => statuses.get(uid)?.status,
      onResult: (kind, containerID, result) => this.probed(uid, kind, containerID, result),
    });
    this.probes.set(uid, probes);
    const generate = (current: Pod, observed: RuntimePod, isOver: boolean): PodStatus =>
      generateStatus({
        ...options,
        pod: current,
        observed,
        isOver,
        reasons,
        previous: statuses.get(uid)?.status ?? current.status ?? {},
        eviction: this.evictions.get(uid),
        judge: (status, kind) => probes.judge(status, kind, current),
      });
    return { ...options, uid, puller, crashes, probes, statuses, reasons, generate };
  }

  private probed(uid: string, kind: ProbeKind, containerID: string, result: ProbeResult): void {
    const worker = this.workers.get(uid);
    if (worker === undefined) return;
    const isSuccess = result === 'success';
    if (kind === 'readiness') this.statuses.setReady(worker.pod, containerID, isSuccess);
    if (kind === 'startup') this.statuses.setStarted(worker.pod, containerID, isSuccess);
    if (kind !== 'liveness' || result === 'failure') this.later(0, () => worker.update('sync'));
  }

  private look(): void {
    const { runtime } = this.options;
    const changed = [...this.changed];
    const waiting = [...this.waiting];
    this.changed.clear();
    this.waiting.clear();
    const events: PodWorker[] = [];
    for (const uid of changed) {
      const worker = this.workers.get(uid);
      if (worker === undefined) continue;
      const before = worker.seen;
      worker.seen = runtime.inspect(uid);
      for (let count = eventsBetween(before, worker.seen); count > 0; count--) events.push(worker);
    }
    for (const worker of waiting) worker.relisted();
    // Each is one more look at the pod: a container that was replaced makes two, and so the second look comes a relist later.
    for (const worker of events) worker.update('sync');
  }

  private doWork(): void {
    const now = this.options.clock.monotonic();
    for (const [uid, at] of [...this.due]) {
      if (at > now) continue;
      this.due.delete(uid);
      this.workers.get(uid)?.update('sync');
    }
    if (this.due.size > 0) this.work.request(Math.min(...this.due.values()) - now);
  }

  private removeOrphans(): void {
    const { runtime } = this.options;
    for (const uid of runtime.uids().filter((one) => !this.workers.has(one))) {
      for (const { id, end } of runtime.inspect(uid).containers)
        if (end === undefined) runtime.stop(id, LEAST_GRACE)(() => undefined);
      this.later(LEAST_GRACE, () => runtime.remove(uid));
    }
  }

  private repair(): void {
    const uids = [...this.toReconcile];
    this.toReconcile.clear();
    for (const [uid, because] of uids) {
      const pod = this.workers.get(uid)?.pod;
      if (pod && (because === 'failed' || this.differs(uid, pod))) this.options.onStatus(uid);
    }
  }

  private differs(uid: string, pod: Pod): boolean {
    const cached = this.statuses.get(uid);
    return cached !== undefined && !isSameByKubelet(pod.status ?? {}, cached.status);
  }

  private forget(uid: string): void {
    this.workers.delete(uid);
    this.statuses.forget(uid);
    this.evictions.delete(uid);
    this.probes.delete(uid);
    this.due.delete(uid);
    this.toReconcile.delete(uid);
    this.options.runtime.remove(uid);
  }
}

/** How many sandboxes and containers began or ended between two looks. */
function eventsBetween(before: RuntimePod, after: RuntimePod): number {
  const states = ({ sandbox, containers }: RuntimePod): Map<string, boolean> =>
    new Map([
      ...containers.map(({ id, end }) => [id, end === undefined] as const),
      ...(sandbox ? [[sandbox.id, sandbox.isReady] as const] : []),
    ]);
  const known = states(before);
  return [...states(after)].filter(([id, runs]) => known.get(id) !== runs).length;
}

/** Whether anything but the status differs. */
function isAnotherPod(one: Pod, other: Pod): boolean {
  const [before, after] = [one.metadata, other.metadata];
  return !(
    isSame(one.spec, other.spec) &&
    isSame(before.labels, after.labels) &&
    isSame(before.annotations, after.annotations) &&
    before.deletionTimestamp === after.deletionTimestamp &&
    before.deletionGracePeriodSeconds === after.deletionGracePeriodSeconds
  );
}
