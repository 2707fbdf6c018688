import { random as randomFrom } from '../../../src/cluster/random.js';
import type { Random } from '../../../src/cluster/random.js';
import { VirtualClock } from '../../../src/cluster/virtual-clock.js';
import type { Pod } from '../../../src/api/pod.js';
import { timestamp } from '../../../src/rollout/time.js';
import { ApiServer } from './api-server.js';
import { Checker } from './checker.js';
import { Controller } from './controller.js';
import type { Faults, Kill } from './controller.js';
import { offerEndpoints } from './endpoints.js';
import { Hooks } from './hooks.js';
import { Kubelets } from './kubelet.js';
import { StatefulSetController } from './stateful-set-controller.js';
import type { NativeOptions } from './stateful-set-controller.js';
import { specOf } from './wanted.js';
import type { Wanted } from './wanted.js';

export interface WorldOptions {
  readonly seed: number;
  readonly wanted: Wanted;
  readonly native: NativeOptions;
  readonly historyIsFixed: boolean;
  readonly reportsGeneration: boolean;
  /** Kubelet versions, one for each node. */
  readonly nodes: readonly string[];
  readonly hooks: { readonly areThere: boolean; readonly longest: number; readonly never: number };
  readonly faults: Faults;
  readonly kill?: Kill;
}

export const NO_FAULTS: Faults = { lostAnswers: 0, errors: 0, crashes: 0, stalls: 0 };

/** A cluster with one workload, and our process beside it. All of it follows from the seed. */
export class World {
  readonly clock: VirtualClock;
  readonly api: ApiServer;
  readonly kubelets: Kubelets;
  readonly hooks: Hooks;
  readonly controller: Controller;
  readonly checker: Checker;
  readonly trace: string[] = [];
  wanted: Wanted;
  private readonly native: StatefulSetController;
  private readonly random: Random;
  private isNativeDue = false;
  private nativeDownUntil = 0;
  private isCalm = false;

  constructor(options: WorldOptions) {
    const { seed, wanted, hooks } = options;
    this.random = randomFrom(seed);
    this.clock = new VirtualClock({ seed });
    this.api = new ApiServer(() => timestamp(this.clock.now()), options.historyIsFixed);
    this.wanted = wanted;
    const part = (name: string) => this.random.fork(name);
    this.kubelets = new Kubelets(this.api, this.clock, part('kubelets'), options, (line) => this.tell('kubelet', line));
    offerEndpoints(this.api, this.clock, part('endpoints'), this.kubelets);
    this.hooks = new Hooks(this.api, this.clock, part('hooks'), {
      areThere: hooks.areThere,
      duration: (from) => (from() < hooks.never ? Infinity : from() * hooks.longest),
    });
    this.checker = new Checker(this);
    this.native = new StatefulSetController(
      this.api,
      options.native,
      (line) => this.tell('native', line),
      (pod, why) => this.checker.deletedByNative(pod, why),
      (name, revision) => this.checker.createdByNative(name, revision),
    );
    this.controller = new Controller({
      api: this.api,
      clock: this.clock,
      random: part('controller'),
      hooks: this.hooks,
      faults: () => (this.isCalm ? NO_FAULTS : options.faults),
      ...(options.kill && { kill: options.kill }),
      told: (line) => this.tell('controller', line),
      onDecision: (snapshot, decision, again) => this.checker.decided(snapshot, decision, again),
      onWrite: (action) => this.checker.wrote(action),
    });
    this.hooks.onAgreed = () => this.controller.notice();
    this.api.watch(({ stream }) => {
      if (stream === 'child' || stream === 'pods') this.nativeSoon();
    });
    options.nodes.forEach((version, index) => this.api.putNode(`node-${index}`, version));
  }

  /** The time since the beginning, in milliseconds. */
  get time(): number {
    return this.clock.monotonic();
  }

  begin(): void {
    this.api.putWorkload(specOf(this.wanted));
    this.controller.start();
  }

  want(change: Partial<Wanted>): void {
    this.wanted = { ...this.wanted, ...change };
    this.api.putWorkload(specOf(this.wanted));
  }

  podAt(index: number): Pod | undefined {
    const pods = [...this.api.pods.values()].sort((a, b) => a.metadata.name!.localeCompare(b.metadata.name!));
    return pods.length === 0 ? undefined : pods[index % pods.length];
  }

  /** The StatefulSet controller does nothing for a while. */
  stopNative(duration: number): void {
    this.nativeDownUntil = this.clock.now() + duration;
  }

  /** Faults end: what is broken outside of our process mends. */
  calm(): void {
    this.isCalm = true;
    this.nativeDownUntil = 0;
    this.hooks.release();
    for (const node of this.api.nodes.keys()) if (this.kubelets.isLost(node)) this.kubelets.findNode(node);
    this.nativeSoon();
    this.controller.notice();
  }

  tell(who: string, line: string): void {
    this.trace.push(`${(this.time / 1000).toFixed(3).padStart(8)}  ${who.padEnd(10)}  ${line}`);
  }

  private nativeSoon(): void {
    if (this.isNativeDue) return;
    this.isNativeDue = true;
    const wait = Math.max(0, this.nativeDownUntil - this.clock.now());
    this.clock.after(wait + 5 + this.random() * 45, () => {
      this.isNativeDue = false;
      if (this.clock.now() < this.nativeDownUntil) this.nativeSoon();
      else this.native.reconcile();
    });
  }
}
