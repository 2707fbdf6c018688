import type { GameStatefulSetStatus } from '../../api/generated/types/game-stateful-set.js';
import type { KubeApi } from '../../kube/api.js';
import type { Clock } from '../../kube/clock.js';
import { isKubeError } from '../../kube/error.js';
import type { ObjectName } from '../../kube/objects.js';
import { pods, statefulSets, type Resource } from '../../kube/resource.js';
import { WorkQueue, type ComeBack } from '../../kube/work-queue.js';
import type { Decision } from '../../rollout/game-stateful-set/action.js';
import { decide } from '../../rollout/game-stateful-set/decide.js';
import type { HookGate } from '../../rollout/hook-gate.js';
import { textOf, type Log } from '../log.js';
import { gameStatefulSets } from '../resources.js';
import { Executor, type ActionOutcome, type OnAction } from './executor.js';
import { find, lookAt } from './look.js';
import { Memory } from './memory.js';
import { OwnWrites } from './own-writes.js';
import { seenInStores, snapshotOf, type Seen } from './snapshot.js';
import { Watcher, type Stores } from './watcher.js';

export interface GameStatefulSetControllerOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly log: Log;
  /** @default all namespaces */
  readonly namespace?: string;
  /** Workloads that are decided on at the same time. @default 4 */
  readonly workers?: number;
  /** From 0 up to, not including, 1. @default Math.random */
  readonly random?: () => number;
  /** Of a workload. @default none, and hooks that nobody runs hold everything back */
  readonly hooksOf?: (workload: Seen['workload']) => HookGate | undefined;
  /** Told of what is done, for events and metrics. */
  readonly observer?: Partial<ControllerObserver>;
}

export interface ControllerObserver {
  acted: OnAction;
  /** One look at a workload is over; `took` in milliseconds. */
  reconciled(status: 'success' | 'failure', took: number): void;
}

/** Milliseconds: a decision that wants to be made again at once, and comes out the same, must not fill a processor. */
const SHORTEST_WAIT = 20;

/** Observe, decide, apply, for every GameStatefulSet: architecture.md. */
export class GameStatefulSetController {
  readonly queue: WorkQueue;
  readonly watcher: Watcher;
  private readonly ownWrites: OwnWrites;
  private readonly memory: Memory;
  private readonly executor: Executor;
  private readonly stopping = new AbortController();
  /** What was said last of each workload, so that it is said once. */
  private readonly said = new Map<string, string>();

  constructor(private readonly options: GameStatefulSetControllerOptions) {
    const { api, clock, log, namespace, workers = 4, random } = options;
    this.queue = new WorkQueue({
      clock,
      workers,
      handler: (key, signal) => this.handle(key, signal),
      onError: (error, key, failures) => this.failed(error, key, failures),
    });
    this.watcher = new Watcher({
      api,
      clock,
      ...(namespace !== undefined && { namespace }),
      ...(random && { random }),
      onKey: (key) => this.queue.add(key),
      onError: (error, { plural }) =>
        log.warn('the server cannot be observed', { resource: plural, why: textOf(error) }),
    });
    this.ownWrites = new OwnWrites(clock, storeOf(this.watcher.stores));
    this.memory = new Memory(clock);
    this.executor = new Executor({
      api,
      clock,
      ownWrites: this.ownWrites,
      memory: this.memory,
      ending: this.stopping.signal,
      onAction: (...done) => this.acted(...done),
    });
  }

  /** Resolves when it has seen everything and begins to act; rejects with the signal's reason. */
  async start(signal: AbortSignal = this.stopping.signal): Promise<void> {
    this.watcher.start();
    await this.watcher.whenSynced(signal);
    this.queue.start();
  }

  /** Begins nothing more; waits for what is under way, `deadline` milliseconds at most. */
  async stop({ deadline = 10_000 }: { readonly deadline?: number } = {}): Promise<void> {
    this.stopping.abort(new Error('the controller was stopped'));
    await this.queue.stop({ deadline });
    await this.watcher.stop();
  }

  private async handle(key: string, signal: AbortSignal): Promise<ComeBack | undefined> {
    const { clock, observer } = this.options;
    const since = clock.monotonic();
    let status: 'success' | 'failure' = 'failure';
    try {
      const again = await this.reconcile(key, signal);
      status = 'success';
      return again;
    } finally {
      observer?.reconciled?.(status, clock.monotonic() - since);
    }
  }

  private async reconcile(key: string, signal: AbortSignal): Promise<ComeBack | undefined> {
    const { clock } = this.options;
    const known = this.watcher.stores.workloads.get(key);
    if (!known) {
      this.forget(key);
      return undefined;
    }
    await this.clarify(key, signal);
    const waits = this.ownWrites.waits(key);
    if (waits !== undefined && waits > 0) return { after: waits };
    const seen =
      waits === undefined ? seenInStores(this.watcher.stores, known) : await this.ask(key, known.metadata, signal);
    if (!seen) return undefined;
    const decision = this.decide(key, seen);
    const { namespace, name, uid, generation } = seen.workload.metadata;
    const status = (seen.workload.status ?? {}) as GameStatefulSetStatus;
    // A withdrawn image is not sent to the pods whose turn had not come: rollout.md section 9, I6.
    const isCurrent = (): boolean => {
      const now = this.watcher.stores.workloads.get(key)?.metadata;
      return now?.uid === uid && (now.generation ?? 0) <= (generation ?? 0);
    };
    const workload = { key, namespace, name, uid, status, isCurrent };
    const outcomes = await this.executor.run(workload, decision.actions, signal);
    const failed = outcomes.find((outcome) => outcome.kind === 'failed' || outcome.kind === 'refused');
    if (failed) throw failed.error;
    return this.comeBack(key, decision, outcomes, clock.now());
  }

  /** What became of writes that nobody answered, or that came too late. */
  private async clarify(key: string, signal: AbortSignal): Promise<void> {
    for (const unknown of this.ownWrites.unknown(key)) {
      const { object } = await find(this.options.api, unknown.resource, unknown.name, signal);
      this.ownWrites.clarified(key, unknown, object);
    }
  }

  private async ask(key: string, name: ObjectName, signal: AbortSignal): Promise<Seen | undefined> {
    this.options.log.warn('the watches are behind: asking the server', { workload: key });
    const look = await lookAt(this.options.api, name, signal);
    this.ownWrites.askedServer(key, look);
    return look.seen;
  }

  private decide(key: string, seen: Seen): Decision {
    const { clock, hooksOf } = this.options;
    const { uid } = seen.workload.metadata;
    const { facts, resolved } = this.memory.of(key, uid);
    const { historyLimitIsFixed } = this.memory;
    const snapshot = snapshotOf(seen, { resolved, hooks: hooksOf?.(seen.workload), historyLimitIsFixed });
    const decision = decide(snapshot, clock.now(), facts);
    facts.forgetOthers();
    this.say(key, decision);
    return decision;
  }

  private say(key: string, { reasons }: Decision): void {
    const text = reasons.join('; ');
    if (this.said.get(key) === text) return;
    this.said.set(key, text);
    if (text !== '') this.options.log.info('waiting', { workload: key, why: text });
  }

  private acted(...[workload, action, outcome, took]: Parameters<OnAction>): void {
    const { log, observer } = this.options;
    const fields = {
      workload: workload.key,
      ...('pod' in action && { pod: action.pod.name }),
      why: action.why,
    };
    if (outcome.kind === 'done') log[action.kind === 'writeStatus' ? 'debug' : 'info'](action.kind, fields);
    // Kubelets and controllers write all the time: that somebody was quicker is nothing to worry about.
    else
      log[outcome.kind === 'outdated' ? 'debug' : 'warn'](`${action.kind}: ${outcome.kind}`, {
        ...fields,
        error: textOf(outcome.error),
      });
    observer?.acted?.(workload, action, outcome, took);
  }

  private comeBack(
    key: string,
    { actions, wakeAt }: Decision,
    outcomes: readonly ActionOutcome[],
    now: number,
  ): ComeBack | undefined {
    const isOther = outcomes.some(({ kind }) => kind === 'outdated' || kind === 'answered');
    if (isOther || actions.some(({ kind }) => kind === 'resolveTemplate')) return { after: 0 };
    const refused = this.memory.retryRefused(key);
    const waits = this.ownWrites.waits(key);
    const times = [wakeAt === undefined ? undefined : wakeAt - now, refused, waits].filter(
      (time) => time !== undefined,
    );
    return times.length === 0 ? undefined : { after: Math.max(SHORTEST_WAIT, Math.min(...times)) };
  }

  private failed(error: unknown, workload: string, failures: number): void {
    const { log } = this.options;
    const fields = { workload, why: textOf(error), failures };
    // What is no answer of a server is a defect of ours.
    if (!isKubeError(error))
      log.error('not done', { ...fields, stack: error instanceof Error ? error.stack : undefined });
    else if (error.kind === 'aborted') log.debug('not done', fields);
    else log.error('not done', fields);
  }

  private forget(key: string): void {
    this.memory.forget(key);
    this.ownWrites.forget(key);
    this.said.delete(key);
  }
}

const storeOf =
  (stores: Stores) =>
  ({ plural }: Resource) => {
    switch (plural) {
      case gameStatefulSets.plural:
        return stores.workloads;
      case statefulSets.plural:
        return stores.children;
      case pods.plural:
        return stores.pods;
      default:
        throw new RangeError(`nothing of ours is written to ${plural}`);
    }
  };
