import type { Clock } from '../../kube/clock.js';
import { hexadecimal, type Random } from '../random.js';
import type { Behaviour, ContainerMoment, ContainerStart, Run, StartFailure } from './behaviour.js';
import type { Oracle } from './oracle.js';
import type { Wait } from './process.js';

/** A container as its runtime knows it: the truth, at one moment. */
export interface RuntimeContainer {
  readonly id: string;
  readonly name: string;
  readonly sandbox: string;
  /** As the pod's spec named it: another image makes another container. */
  readonly image: string;
  readonly digest: string;
  readonly attempt: number;
  /** Wall time. */
  readonly startedAt: number;
  /** The clock's `monotonic`. */
  readonly startTick: number;
  readonly end?: ContainerEnd;
}

export interface ContainerEnd {
  readonly code: number;
  readonly reason: string;
  readonly finishedAt: number;
  readonly tick: number;
}

export interface Sandbox {
  readonly id: string;
  readonly ip: string;
  readonly attempt: number;
  readonly isReady: boolean;
}

/** A pod as its container runtime knows it, at one moment. */
export interface RuntimePod {
  readonly sandbox?: Sandbox;
  /** The newest first; of one name at most two. */
  readonly containers: readonly RuntimeContainer[];
}

interface Process {
  readonly start: ContainerStart;
  readonly run: Run;
  readonly startTick: number;
  cancelExit: () => void;
  cancelTerm: () => void;
  cancelKill: () => void;
  isStopping: boolean;
  readonly exited: Set<() => void>;
}

interface Held {
  sandbox?: Sandbox;
  containers: RuntimeContainer[];
  /** Counted on even when the containers of an old sandbox are gone. */
  readonly attempts: Map<string, number>;
}

export interface RuntimeOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly behaviour: Behaviour;
  readonly oracle: Oracle;
  /** Free addresses of the node's pods. */
  readonly addresses: { take(): string; give(ip: string): void };
}

const SIGKILLED = 137;

/** The containers of one node. They live on when the kubelet does not. */
export class ContainerRuntime {
  private readonly pods = new Map<string, Held>();
  private readonly processes = new Map<string, Process>();
  /** Called after anything of a pod has changed. */
  onChange: ((uid: string) => void) | undefined;

  constructor(private readonly options: RuntimeOptions) {}

  inspect(uid: string): RuntimePod {
    const held = this.pods.get(uid);
    if (held === undefined) return { containers: [] };
    return { ...(held.sandbox && { sandbox: held.sandbox }), containers: [...held.containers] };
  }

  /** Pods of which a sandbox or container is left. */
  uids(): string[] {
    return [...this.pods.keys()];
  }

  createSandbox(uid: string, hostIP?: string): Sandbox {
    const held = this.hold(uid);
    const attempt = held.sandbox === undefined ? 0 : held.sandbox.attempt + 1;
    this.stopSandbox(uid);
    const ip = hostIP ?? this.options.addresses.take();
    held.sandbox = { id: hexadecimal(this.options.random, 64), ip, attempt, isReady: true };
    this.changed(uid);
    return held.sandbox;
  }

  stopSandbox(uid: string): void {
    const held = this.pods.get(uid);
    if (held?.sandbox?.isReady !== true) return;
    this.options.addresses.give(held.sandbox.ip);
    held.sandbox = { ...held.sandbox, isReady: false };
    this.changed(uid);
  }

  newContainerID(): string {
    return `containerd://${hexadecimal(this.options.random, 64)}`;
  }

  /** How often a container of this name was created in this pod. */
  attemptsOf(uid: string, name: string): number {
    return this.pods.get(uid)?.attempts.get(name) ?? 0;
  }

  start(start: ContainerStart): StartFailure | undefined {
    const { clock, behaviour, oracle } = this.options;
    const run = behaviour.run(start);
    if ('failure' in run) return run;
    const { uid } = start.pod;
    const held = this.hold(uid);
    const startTick = clock.monotonic();
    const container: RuntimeContainer = {
      id: start.id,
      name: start.container,
      sandbox: held.sandbox?.id ?? '',
      image: start.image,
      digest: start.digest,
      attempt: start.attempt,
      startedAt: clock.now(),
      startTick,
    };
    held.containers = newestTwo([container, ...held.containers]);
    held.attempts.set(start.container, start.attempt + 1);
    const nothing = (): void => undefined;
    const process: Process = {
      start,
      run,
      startTick,
      cancelExit: nothing,
      cancelTerm: nothing,
      cancelKill: nothing,
      isStopping: false,
      exited: new Set(),
    };
    this.processes.set(start.id, process);
    oracle.started(start, container.startedAt);
    const { exit } = run;
    if (exit) process.cancelExit = clock.after(exit.after, () => this.exited(process, exit.code, exit.reason));
    this.changed(uid);
    return undefined;
  }

  /** SIGTERM, after `grace` SIGKILL; resumes at the end. Given up, the SIGKILL never comes: its sender is dead. */
  stop(id: string, grace: number): Wait {
    return (resume) => {
      const process = this.processes.get(id);
      if (process === undefined) {
        resume();
        return () => undefined;
      }
      const { clock, oracle } = this.options;
      process.exited.add(resume);
      if (!process.isStopping) {
        process.isStopping = true;
        oracle.changed(process.start.pod.uid, id, { stoppedAt: clock.now() });
        const { after = 0, code = 0 } = process.run.stop ?? {};
        process.cancelTerm = clock.after(after, () => this.exited(process, code));
      }
      process.cancelKill();
      process.cancelKill = clock.after(grace, () => this.exited(process, SIGKILLED));
      return () => {
        process.exited.delete(resume);
        process.cancelKill();
      };
    };
  }

  /** How long its preStop hook takes. */
  preStopOf(id: string): number {
    return this.processes.get(id)?.run.preStop ?? 0;
  }

  /** The process ends by itself, now. */
  crash(id: string, code: number, reason?: string): void {
    const process = this.processes.get(id);
    if (process) this.exited(process, code, reason);
  }

  /** The running container and what it does; undefined where it does not run. */
  processOf(id: string): { readonly run: Run; readonly moment: ContainerMoment } | undefined {
    const process = this.processes.get(id);
    if (process === undefined) return undefined;
    const runningFor = this.options.clock.monotonic() - process.startTick;
    return { run: process.run, moment: { runningFor, isStopping: process.isStopping } };
  }

  /** Containers and logs of a pod that is over. */
  remove(uid: string): void {
    const held = this.pods.get(uid);
    for (const { id } of held?.containers ?? []) this.crash(id, SIGKILLED);
    this.stopSandbox(uid);
    this.pods.delete(uid);
  }

  /** Init containers of a sandbox that is no more run again. */
  removeContainers(uid: string, names: readonly string[]): void {
    const held = this.hold(uid);
    held.containers = held.containers.filter(({ name }) => !names.includes(name));
  }

  /** Power fails: everything ends at once, and nobody is told. */
  powerOff(): void {
    for (const process of [...this.processes.values()]) this.exited(process, 255, 'Unknown');
  }

  /** Power returns: what ran is found dead, as of now, since nobody knows when. */
  powerOn(): void {
    const { clock, addresses } = this.options;
    for (const held of this.pods.values()) {
      if (held.sandbox?.isReady === true) {
        addresses.give(held.sandbox.ip);
        held.sandbox = { ...held.sandbox, isReady: false };
      }
      held.containers = held.containers.map((container) =>
        container.end?.reason === 'Unknown'
          ? { ...container, end: { ...container.end, finishedAt: clock.now(), tick: clock.monotonic() } }
          : container,
      );
    }
  }

  /** What an earlier life of this machine has left of a pod, all of it dead. The newest container of a name first. */
  restore(uid: string, sandbox: Sandbox, containers: readonly RuntimeContainer[]): void {
    const attempts = new Map<string, number>();
    for (const { name, attempt } of containers) attempts.set(name, Math.max(attempts.get(name) ?? 0, attempt + 1));
    this.pods.set(uid, { sandbox: { ...sandbox, isReady: false }, containers: [...containers], attempts });
  }

  private exited(process: Process, code: number, reason = code === 0 ? 'Completed' : 'Error'): void {
    const { clock, oracle } = this.options;
    const { id, pod } = process.start;
    if (!this.processes.delete(id)) return;
    process.cancelExit();
    process.cancelTerm();
    process.cancelKill();
    const held = this.pods.get(pod.uid);
    const end: ContainerEnd = { code, reason, finishedAt: clock.now(), tick: clock.monotonic() };
    if (held) held.containers = held.containers.map((one) => (one.id === id ? { ...one, end } : one));
    oracle.changed(pod.uid, id, { exitedAt: end.finishedAt, exitCode: code });
    this.changed(pod.uid);
    const { exited } = process;
    [...exited].forEach((resume) => resume());
  }

  private hold(uid: string): Held {
    const held = this.pods.get(uid) ?? { containers: [], attempts: new Map<string, number>() };
    this.pods.set(uid, held);
    return held;
  }

  private changed(uid: string): void {
    this.onChange?.(uid);
  }
}

/** The kubelet removes older dead containers. */
function newestTwo(containers: readonly RuntimeContainer[]): RuntimeContainer[] {
  const seen = new Map<string, number>();
  return containers.filter(({ name }) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count <= 2;
  });
}

/** Addresses of one node's pods, each given out again only after all others. */
export function addressesOf(prefix: string): RuntimeOptions['addresses'] {
  const inUse = new Set<number>();
  let last = 1;
  return {
    take: () => {
      for (let tries = 0; tries < 253; tries++) {
        last = last >= 254 ? 2 : last + 1;
        if (!inUse.has(last)) break;
      }
      inUse.add(last);
      return `${prefix}.${last}`;
    },
    // A pod on the host's network has the host's address.
    give: (ip) => {
      if (ip.startsWith(`${prefix}.`)) inUse.delete(Number(ip.slice(ip.lastIndexOf('.') + 1)));
    },
  };
}
