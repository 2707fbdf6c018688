import type { Pod } from '../../api/pod.js';
import type { RuntimePod } from './container-runtime.js';
import { finishPod, syncPod, terminatePod, type SyncContext } from './pod-sync.js';
import { begin, type Process } from './process.js';
import { isFinal } from './status-patch.js';

/** What the worker asks of the kubelet that it belongs to. */
export interface WorkerHost {
  /** The clock's `monotonic` at the last look at what runs; -Infinity before the first. */
  lastRelist(): number;
  /** Calls {@link PodWorker.relisted} after the next look. */
  awaitRelist(worker: PodWorker): void;
  /** Calls {@link PodWorker.update} again after this long, at the latest; the last call counts. */
  workLater(uid: string, kind: 'retry' | 'resync' | 'now'): void;
  finished(worker: PodWorker): void;
}

/** `sync`: nothing new, look again. `kill`: the API no longer knows the pod. */
export type UpdateKind = 'config' | 'sync' | 'kill';

type State = 'running' | 'terminating' | 'terminated' | 'finished';

/** What was known when the work was taken up: what comes meanwhile waits for its turn. */
interface Update {
  readonly pod: Pod;
  readonly state: State;
}

/**
 * One pod's work, one thing after the other, from the first start to the last status. While it is busy, and until the kubelet has
 * looked at what runs after its last step, only the newest update waits. Source: pod_workers.go of the kubelet.
 */
export class PodWorker {
  /** As the API last had it. */
  pod: Pod;
  /** The API still has it. */
  isWanted = true;
  /** What the last look at the runtime found. */
  seen: RuntimePod;
  private pending: Pod | undefined;
  private active: Update | undefined;
  private isBusy = false;
  private lastSync = -Infinity;
  private state: State = 'running';
  /** Milliseconds. */
  private grace = 0;
  private cancel: () => void = () => undefined;

  constructor(
    pod: Pod,
    private readonly context: SyncContext,
    private readonly host: WorkerHost,
  ) {
    this.pod = pod;
    this.seen = context.runtime.inspect(context.uid);
    const isDead = this.seen.containers.every(({ end }) => end !== undefined);
    // It was over before this kubelet began: only its last status is to be written.
    if (isFinal(pod.status ?? {}) && isDead) this.state = 'terminated';
  }

  get uid(): string {
    return this.context.uid;
  }

  get isFinished(): boolean {
    return this.state === 'finished';
  }

  /** Whether anything of the pod may still run. */
  get mayRun(): boolean {
    return this.state === 'running' || this.state === 'terminating';
  }

  update(kind: UpdateKind, limit?: number): void {
    if (this.state === 'finished') return;
    const { pod } = this;
    const isToEnd = pod.metadata.deletionTimestamp !== undefined || isFinal(pod.status ?? {}) || kind === 'kill';
    if (this.state === 'running' && isToEnd) this.state = 'terminating';
    if (this.state === 'terminating') this.grace = this.shorter(limit);
    this.pending = pod;
    this.pump();
  }

  /** The kubelet has looked at what runs. */
  relisted(): void {
    if (this.isBusy && this.active !== undefined) this.work(this.active);
  }

  /** The kubelet is no more. */
  stop(): void {
    this.cancel();
    this.context.probes.stop('startup', 'readiness', 'liveness');
    this.state = 'finished';
  }

  private pump(): void {
    if (this.isBusy || this.pending === undefined || this.state === 'finished') return;
    this.isBusy = true;
    this.active = { pod: this.pending, state: this.state };
    this.pending = undefined;
    if (this.host.lastRelist() > this.lastSync) this.work(this.active);
    else this.host.awaitRelist(this);
  }

  private work({ pod, state }: Update): void {
    const { context, seen } = this;
    switch (state) {
      case 'running':
        this.run(syncPod(context, pod, seen), (result) => {
          if (result === 'over') this.moveOn('terminating');
          this.worked(result === 'failed' ? 'retry' : result === 'over' ? 'now' : 'resync');
        });
        return;
      case 'terminating':
        this.run(terminatePod(context, pod, seen, this.grace), () => {
          this.moveOn('terminated');
          this.worked('now');
        });
        return;
      case 'terminated':
        this.run(finishPod(context, pod, seen), () => {
          this.state = 'finished';
          this.host.finished(this);
        });
        return;
      case 'finished':
        return;
    }
  }

  private run<T>(process: Process<T>, done: (result: T) => void): void {
    const progress = { isDone: false };
    const cancel = begin(process, (result) => {
      progress.isDone = true;
      done(result);
    });
    // What is done may have begun something else already.
    if (!progress.isDone) this.cancel = cancel;
  }

  /** What comes next is done with what was known for the last step, where nothing newer waits. */
  private moveOn(state: 'terminating' | 'terminated'): void {
    if (state === 'terminated' || this.state === 'running') this.state = state;
    if (state === 'terminating') this.grace = this.shorter();
    this.pending ??= this.active?.pod;
  }

  private worked(next: 'retry' | 'resync' | 'now'): void {
    this.lastSync = this.context.clock.monotonic();
    this.isBusy = false;
    this.host.workLater(this.uid, next);
    this.pump();
  }

  /** A grace period can only become shorter, and is at least a second. */
  private shorter(limit?: number): number {
    const { metadata, spec } = this.pod;
    const seconds = metadata.deletionGracePeriodSeconds;
    const given = [limit, seconds === undefined ? undefined : seconds * 1000, this.grace > 0 ? this.grace : undefined];
    const limits = given.filter((one) => one !== undefined);
    const ofSpec = (spec.terminationGracePeriodSeconds ?? 30) * 1000;
    return Math.max(1000, limits.length > 0 ? Math.min(...limits) : ofSpec);
  }
}
