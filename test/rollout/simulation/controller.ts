import type { Random } from '../../../src/cluster/random.js';
import type { VirtualClock } from '../../../src/cluster/virtual-clock.js';
import type { Action, Decision } from '../../../src/rollout/game-stateful-set/action.js';
import { decide } from '../../../src/rollout/game-stateful-set/decide.js';
import { isPodOf } from '../../../src/rollout/game-stateful-set/own-pods.js';
import type { GameStatefulSetSnapshot, ResolvedTemplate } from '../../../src/rollout/game-stateful-set/snapshot.js';
import type { HookGate } from '../../../src/rollout/hook-gate.js';
import { ObservedFacts } from '../../../src/rollout/observations.js';
import { perform, streamOf } from './actions.js';
import { defaulted } from './api-server.js';
import type { Answer, ApiServer } from './api-server.js';
import type { Objects, Stream } from './objects.js';
import { Store } from './store.js';

/** How often something goes wrong between us and the API server: from 0 to 1. */
export interface Faults {
  /** A write is done, and nobody tells us. */
  readonly lostAnswers: number;
  /** A write is not done, and we do not know. */
  readonly errors: number;
  /** The process ends before a write. */
  readonly crashes: number;
  /** A kind is seen late from some write on. */
  readonly stalls: number;
}

/** The process ends right before or right after its write of this number, counted from 1 and over all processes. */
export interface Kill {
  readonly write: number;
  readonly when: 'before' | 'after';
  /** Milliseconds until there is another process. */
  readonly downFor: number;
}

export interface ControllerOptions {
  readonly api: ApiServer;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly hooks: HookGate;
  readonly faults: () => Faults;
  readonly kill?: Kill;
  readonly told: (line: string) => void;
  /** Each decision, before anything of it is done. */
  readonly onDecision: (snapshot: GameStatefulSetSnapshot, decision: Decision, again: () => Decision) => void;
  /** Each write, right before it is done, at the versions that it was decided on. */
  readonly onWrite: (action: Action) => void;
}

/** Milliseconds after which the stores are not waited for any longer: rollout.md section 2. */
const PATIENCE = 30_000;

interface OwnWrite {
  readonly isSeen: (store: Store) => boolean;
  readonly since: number;
}

/** Our process: it sees, decides and writes, one workload at a time, and now and then ends in the middle. */
export class Controller {
  private store: Store | undefined;
  private facts = new ObservedFacts();
  private resolved: ResolvedTemplate | undefined;
  private ownWrites: OwnWrite[] = [];
  private historyLimitIsFixed = false;
  private isActing = false;
  private isDue = false;
  private cancelWake: (() => void) | undefined;
  /** Counts processes: what an ended one has begun is not finished. */
  private life = 0;
  /** Writes that were about to be made. */
  private attempts = 0;
  private hasBeenKilled = false;
  writes = 0;

  constructor(private readonly options: ControllerOptions) {}

  start(): void {
    const { api, clock, random } = this.options;
    this.life++;
    this.store = new Store(api, clock, random.fork(`store ${this.life}`), () => this.lookSoon());
    this.facts = new ObservedFacts();
    this.resolved = undefined;
    this.historyLimitIsFixed = false;
    this.ownWrites = [];
    [this.isActing, this.isDue] = [false, false];
    this.lookSoon();
  }

  crash(downFor: number): void {
    if (!this.store) return;
    const { clock, told } = this.options;
    told(`controller ends, back in ${downFor / 1000} s`);
    this.store.end();
    this.store = undefined;
    this.life++;
    this.cancelWake?.();
    clock.after(downFor, () => this.start());
  }

  stall(stream: Stream, duration: number): void {
    this.store?.stall(stream, duration);
  }

  /** Something outside of the objects has changed: a hook agrees. */
  notice(): void {
    if (this.store) this.lookSoon();
  }

  private lookSoon(after = this.options.random() * 10): void {
    if (this.isDue) return;
    this.isDue = true;
    const { life } = this;
    this.options.clock.after(after, () => {
      if (life !== this.life) return;
      this.isDue = false;
      this.look();
    });
  }

  private look(): void {
    const { clock, api } = this.options;
    const { store } = this;
    if (!store || this.isActing) return;
    this.ownWrites = this.ownWrites.filter(({ isSeen }) => !isSeen(store));
    const oldest = Math.min(...this.ownWrites.map(({ since }) => since));
    if (this.ownWrites.length > 0 && clock.now() < oldest + PATIENCE) {
      this.wakeAt(oldest + PATIENCE);
      return;
    }
    this.decide(this.ownWrites.length > 0 ? api : store);
  }

  private decide(objects: Objects): void {
    const { clock, onDecision } = this.options;
    const { workload } = objects;
    if (!workload) return;
    const snapshot = this.snapshotOf(objects, workload);
    const run = (now: number): Decision => {
      const decision = decide(snapshot, now, this.facts);
      this.facts.forgetOthers();
      return decision;
    };
    const decision = run(clock.now());
    onDecision(snapshot, decision, () => run(Math.min(clock.now() + 700, (decision.wakeAt ?? Infinity) - 1)));
    this.cancelWake?.();
    if (decision.wakeAt !== undefined) this.wakeAt(decision.wakeAt);
    if (decision.actions.length > 0) this.act(decision, workload.metadata.generation!);
  }

  private snapshotOf(objects: Objects, workload: GameStatefulSetSnapshot['workload']): GameStatefulSetSnapshot {
    const { child } = objects;
    return {
      workload,
      ...(child && { child }),
      revisions: [...objects.revisions.values()],
      pods: [...objects.pods.values()].filter((pod) => isPodOf(pod, workload, child)),
      jobs: new Map(objects.jobs),
      ...(this.resolved && { resolved: this.resolved }),
      inTraffic: new Set(objects.traffic),
      kubelets: new Map(objects.nodes),
      hooks: this.options.hooks,
      historyLimitIsFixed: this.historyLimitIsFixed,
    };
  }

  private wakeAt(at: number): void {
    const { clock } = this.options;
    const { life } = this;
    this.cancelWake?.();
    this.cancelWake = clock.after(Math.max(0, at - clock.now()), () => {
      if (life === this.life) this.lookSoon(0);
    });
  }

  /** One write after the other, pods in any order, the status last. */
  private act({ actions }: Decision, generation: number): void {
    const { random } = this.options;
    const last = actions.filter(({ kind }) => kind === 'writeStatus');
    const others = actions
      .filter(({ kind }) => kind !== 'writeStatus')
      .map((action) => ({ action, order: random() }))
      .sort((a, b) => a.order - b.order)
      .map(({ action }) => action);
    this.isActing = true;
    this.actOn([...others, ...last], generation, false);
  }

  private actOn([action, ...rest]: readonly Action[], generation: number, isAgain: boolean): void {
    const { clock, random, faults } = this.options;
    if (!action) {
      this.isActing = false;
      if (isAgain) this.lookSoon();
      return;
    }
    const { life } = this;
    clock.after(1 + random() * 15, () => {
      if (life !== this.life) return;
      const { crashes, stalls } = faults();
      if (random() < crashes) {
        this.crash(100 + random() * 10_000);
        return;
      }
      if (random() < stalls) this.stall(random() < 0.7 ? 'pods' : 'child', random() * 8_000);
      // What was decided on another spec is not done any more: I6.
      if (this.store?.workload?.metadata.generation !== generation) {
        this.actOn([], generation, true);
        return;
      }
      if (action.kind !== 'resolveTemplate') this.attempts++;
      if (this.isKilled('before')) return;
      const isDone = action.kind === 'resolveTemplate' ? this.resolve(action) : this.write(action);
      if (this.isKilled('after')) return;
      this.actOn(rest, generation, isAgain || !isDone || action.kind === 'resolveTemplate');
      this.lookIfSeen();
    });
  }

  private isKilled(at: Kill['when']): boolean {
    const { kill } = this.options;
    if (kill === undefined || kill.write !== this.attempts || kill.when !== at || this.hasBeenKilled) return false;
    this.hasBeenKilled = true;
    this.crash(kill.downFor);
    return true;
  }

  /** What was written may have been seen before the last write was answered. */
  private lookIfSeen(): void {
    if (!this.isActing) this.lookSoon();
  }

  private resolve(action: Action & { kind: 'resolveTemplate' }): boolean {
    const { faults, random } = this.options;
    if (random() < faults().errors) return false;
    const { template } = action.child.spec;
    const isRefused = template.metadata?.annotations?.['refused'] !== undefined;
    this.resolved = isRefused
      ? { generation: action.generation, refused: 'spec.containers[1].name: Duplicate value: "game"' }
      : { generation: action.generation, template: defaulted(template) };
    return true;
  }

  private write(action: Action): boolean {
    const { api, clock, random, faults, told, onWrite } = this.options;
    const { errors, lostAnswers } = faults();
    if (random() < errors) {
      told(`${action.kind} fails`);
      this.clarify(action);
      return false;
    }
    const answer: Answer = perform(api, action, clock.now(), () => onWrite(action));
    this.writes++;
    if (answer.kind === 'refused') {
      told(`${action.kind} is refused`);
      this.historyLimitIsFixed = true;
      return false;
    }
    if (answer.kind !== 'done' || random() < lostAnswers) {
      told(`${action.kind}: ${answer.kind === 'done' ? 'no answer' : answer.kind}`);
      this.clarify(action);
      return false;
    }
    const stream = streamOf(action);
    const { version } = answer;
    this.ownWrites.push({ isSeen: (store) => store.hasSeen(stream, version), since: clock.now() });
    return true;
  }

  /** The object is read: the stores have to show it as it was read, or not at all where it is gone. */
  private clarify(action: Action): void {
    const { api, clock } = this.options;
    const stream = streamOf(action);
    const find = (objects: Objects) => {
      if ('pod' in action) return objects.pods.get(action.pod.name);
      return stream === 'child' ? objects.child : objects.workload;
    };
    const found = find(api);
    const version = Number(found?.metadata.resourceVersion ?? 0);
    const isSeen = (store: Store) => (found ? store.hasSeen(stream, version) : find(store) === undefined);
    this.ownWrites.push({ isSeen, since: clock.now() });
  }
}
