import type { Clock } from '../../kube/clock.js';
import {
  isSidecar,
  type ContainerStatus,
  type Pod,
  type PodStatus,
  type Probe,
  type StoredContainer,
} from '../../api/pod.js';
import type { Random } from '../random.js';
import type { ProbeKind } from './behaviour.js';
import type { ContainerRuntime } from './container-runtime.js';
import { latest, restartPolicyOf, type ProbeOutcomes } from './pod-actions.js';

export type ProbeResult = 'success' | 'failure' | 'unknown';

export interface ProbeOptions {
  readonly uid: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly runtime: ContainerRuntime;
  /** The clock's `monotonic` when the kubelet began: then probes begin one by one. */
  readonly begun: number;
  /** What the kubelet itself says of the pod at the moment. */
  readonly status: () => PodStatus | undefined;
  readonly onResult: (kind: ProbeKind, containerID: string, result: ProbeResult) => void;
}

const KINDS = [
  { kind: 'startup', field: 'startupProbe', initial: 'unknown' },
  { kind: 'readiness', field: 'readinessProbe', initial: 'failure' },
  { kind: 'liveness', field: 'livenessProbe', initial: 'success' },
] as const;

/** The probes of one pod. Source: prober/worker.go and prober_manager.go of the kubelet. */
export class PodProbes implements ProbeOutcomes {
  private readonly workers = new Map<string, ProbeWorker>();

  constructor(private readonly options: ProbeOptions) {}

  /** Begins the probes of the spec that do not run yet. */
  add(pod: Pod): void {
    for (const container of [...pod.spec.containers, ...(pod.spec.initContainers ?? []).filter(isSidecar)]) {
      for (const { kind, field, initial } of KINDS) {
        const key = `${container.name}/${kind}`;
        const probe = container[field];
        if (probe === undefined || this.workers.has(key)) continue;
        const onEnd = (): void => void this.workers.delete(key);
        const worker = new ProbeWorker(this.options, { pod, container, kind, probe, initial, onEnd });
        this.workers.set(key, worker);
        worker.begin();
      }
    }
  }

  stop(...kinds: ProbeKind[]): void {
    for (const worker of [...this.workers.values()]) if (kinds.includes(worker.kind)) worker.end();
  }

  startup(containerID: string): boolean | undefined {
    return this.outcome('startup', containerID);
  }

  liveness(containerID: string): boolean | undefined {
    return this.outcome('liveness', containerID);
  }

  /** What the probes say of a container, to be written into its status. */
  judge(status: ContainerStatus, kind: 'init' | 'main', pod: Pod): { started: boolean; ready: boolean } {
    const { name, state, containerID = '' } = status;
    const isRunning = state?.running !== undefined;
    const started = isRunning && (this.startup(containerID) ?? !this.workers.has(`${name}/startup`));
    const spec = pod.spec.initContainers?.find((container) => container.name === name);
    if (kind === 'init' && spec && !isSidecar(spec)) return { started, ready: state?.terminated?.exitCode === 0 };
    if (!started) return { started, ready: false };
    if (this.outcome('readiness', containerID) === true) return { started, ready: true };
    const worker = this.workers.get(`${name}/readiness`);
    // Asked at once, so that a container does not wait a whole period for its first answer.
    worker?.trigger();
    return { started, ready: worker === undefined };
  }

  private outcome(kind: ProbeKind, containerID: string): boolean | undefined {
    for (const worker of this.workers.values()) {
      if (worker.kind === kind && worker.containerID === containerID && worker.result !== 'unknown') {
        return worker.result === 'success';
      }
    }
    return undefined;
  }
}

interface ProbeTask {
  readonly pod: Pod;
  readonly container: StoredContainer;
  readonly kind: ProbeKind;
  readonly probe: Probe;
  readonly initial: ProbeResult;
  readonly onEnd: () => void;
}

class ProbeWorker {
  containerID: string | undefined;
  result: ProbeResult = 'unknown';
  private lastAnswer: boolean | undefined;
  private run = 0;
  private isOnHold = false;
  private isTicking = false;
  private isTriggered = false;
  private cancel: () => void = () => undefined;

  constructor(
    private readonly options: ProbeOptions,
    private readonly task: ProbeTask,
  ) {}

  get kind(): ProbeKind {
    return this.task.kind;
  }

  begin(): void {
    const { clock, random, begun } = this.options;
    const isFresh = clock.monotonic() - begun < this.period;
    const tick = (): void => {
      this.isTicking = true;
      this.tick();
    };
    this.cancel = clock.after(isFresh ? random() * this.period : 0, tick);
  }

  trigger(): void {
    if (this.isTriggered) return;
    this.isTriggered = true;
    if (!this.isTicking) return;
    this.cancel();
    this.cancel = this.options.clock.after(0, () => this.tick());
  }

  end(): void {
    this.cancel();
    this.task.onEnd();
  }

  private get period(): number {
    return (this.task.probe.periodSeconds ?? 10) * 1000;
  }

  private tick(): void {
    const { clock } = this.options;
    this.isTriggered = false;
    this.cancel = clock.after(this.period, () => this.tick());
    if (!this.probe()) this.end();
  }

  /** Asks once. Returns whether to go on. */
  private probe(): boolean {
    const { pod, container, kind, probe, initial } = this.task;
    const status = this.options.status();
    if (status === undefined) return true;
    if (status.phase === 'Failed' || status.phase === 'Succeeded') return false;
    const reported = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])].find(
      ({ name }) => name === container.name,
    );
    const containerID = reported?.containerID ?? '';
    if (reported === undefined || containerID === '') return true;
    if (this.containerID !== containerID) {
      this.containerID = containerID;
      this.isOnHold = false;
      this.set(initial, true);
    }
    if (this.isOnHold) return true;
    if (reported.state?.running === undefined) {
      this.set('failure');
      return !reported.state?.terminated || restartPolicyOf(pod) !== 'Never' || isSidecar(container);
    }
    const process = this.options.runtime.processOf(containerID);
    if (process && process.moment.runningFor < (probe.initialDelaySeconds ?? 0) * 1000) return true;
    if ((reported.started === true) === (kind === 'startup')) return true;
    const answer = this.ask();
    if (answer === undefined) return true;
    this.run = answer === this.lastAnswer ? this.run + 1 : 1;
    this.lastAnswer = answer;
    const threshold = answer ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3);
    if (this.run < threshold) return true;
    this.set(answer ? 'success' : 'failure');
    // Until there is another container, since this one is settled or is about to be stopped.
    if (kind === 'startup' || (kind === 'liveness' && !answer)) {
      this.isOnHold = true;
      this.run = 0;
    }
    return true;
  }

  /** What the container says; undefined where it cannot be asked. */
  private ask(): boolean | undefined {
    const { container, kind, probe } = this.task;
    const { runtime, uid } = this.options;
    const isExec = probe['exec'] !== undefined;
    // A command runs in the container that the status names. A connection goes to whoever listens now.
    const id = isExec ? this.containerID : latest(runtime.inspect(uid), container.name)?.id;
    const process = runtime.processOf(id ?? '');
    if (process === undefined) return isExec ? undefined : false;
    const { run, moment } = process;
    return run.probe?.(kind, moment) ?? moment.runningFor >= (run.startup ?? 0);
  }

  private set(result: ProbeResult, isNew = false): void {
    if (!isNew && result === this.result) return;
    this.result = result;
    this.options.onResult(this.task.kind, this.containerID!, result);
  }
}
