import type { KubeApi } from '../kube/api.js';
import type { Clock } from '../kube/clock.js';
import { EventRecorder } from '../kube/event-recorder.js';
import { LeaseElection } from '../kube/lease.js';
import type { ObjectName } from '../kube/objects.js';
import { occurrencesOf } from './events.js';
import { fenced } from './fence.js';
import { GameStatefulSetController } from './game-stateful-set/controller.js';
import type { Vitals } from './health.js';
import { textOf, type Log } from './log.js';
import { ControllerMetrics } from './metrics/controller-metrics.js';

export interface RuntimeOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly log: Log;
  /** Of this process and no other: the name of its pod and something random. */
  readonly identity: string;
  /** By which one of several processes acts. @default none: this process acts at once */
  readonly lease?: Required<ObjectName>;
  /** Milliseconds. @default those of the election: 15, 10 and 2 s */
  readonly leaseTimes?: {
    readonly leaseDuration: number;
    readonly renewDeadline: number;
    readonly retryPeriod: number;
  };
  /** @default all namespaces */
  readonly namespace?: string;
  /** Workloads that are decided on at the same time. @default 4 */
  readonly workers?: number;
  /** Milliseconds that writes under way get when it stops. @default 10000 */
  readonly stopDeadline?: number;
  /** From 0 up to, not including, 1. @default Math.random */
  readonly random?: () => number;
}

/** What one leader has: it begins with what the server has now, and all of it ends with the leadership. */
interface Term {
  readonly controller: GameStatefulSetController;
  readonly recorder: EventRecorder;
}

/**
 * The controllers of one process, under one lease. A new term begins by listing everything anew: what an earlier leader wrote
 * last is then seen for sure.
 */
export class Runtime {
  readonly metrics: ControllerMetrics;
  private readonly election: LeaseElection | undefined;
  private readonly alone = new AbortController();
  private work: Promise<void> | undefined;
  private term: Term | undefined;
  private stopping: Promise<void> | undefined;

  constructor(private readonly options: RuntimeOptions) {
    const { api, clock, log, identity, lease, leaseTimes, random } = options;
    this.metrics = new ControllerMetrics(clock);
    this.election =
      lease &&
      new LeaseElection({
        api,
        clock,
        lease,
        identity,
        ...leaseTimes,
        ...(random && { random }),
        onStartedLeading: (signal) => this.lead(signal),
        onStoppedLeading: () => log.warn('this process leads no longer', { identity }),
        onNewLeader: (leader) => log.info('leader', { leader }),
        onError: (error) => log.warn('lease', { why: textOf(error) }),
      });
  }

  start(): void {
    if (this.stopping) return;
    if (this.election) this.election.start();
    else this.work ??= this.lead(this.alone.signal);
  }

  /** Begins nothing more, finishes what is under way, gives the lease away. */
  stop(): Promise<void> {
    this.stopping ??= this.end();
    return this.stopping;
  }

  get vitals(): Vitals {
    const { term, election } = this;
    return {
      leads: election ? election.isLeading : !this.alone.signal.aborted,
      leader: election ? election.holder : this.options.identity,
      ...(term && { work: { reflectors: term.controller.watcher.states, queue: term.controller.queue.metrics } }),
    };
  }

  /** Of the process that leads. */
  get current(): Term | undefined {
    return this.term;
  }

  private async end(): Promise<void> {
    const { stopDeadline = 10_000 } = this.options;
    // While the lease is still ours: what is under way may be written.
    await this.term?.controller.stop({ deadline: stopDeadline });
    await this.term?.recorder.stop({ deadline: 2000 });
    this.alone.abort(new Error('stopped'));
    await this.election?.stop();
    await this.work;
  }

  private async lead(signal: AbortSignal): Promise<void> {
    const { log, identity } = this.options;
    const term = this.begin(signal);
    this.term = term;
    log.info('this process leads', { identity });
    const ended = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    try {
      await Promise.race([term.controller.start(signal).then(() => log.info('all is seen; acting')), ended]);
      await ended;
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      await term.controller.stop({ deadline: 0 });
      await term.recorder.stop({ deadline: 0 });
      this.term = undefined;
    }
  }

  private begin(signal: AbortSignal): Term {
    const { clock, log, identity, namespace, workers, random } = this.options;
    const { election, metrics } = this;
    const api = fenced(this.options.api, { signal, ...(election && { mayWrite: () => election.isLeading }) });
    const recorder = new EventRecorder({
      api,
      clock,
      controller: 'gamezone.dev/controller',
      instance: identity,
      ...(random && { random }),
      onError: (error) => log.warn('an event was not written', { why: textOf(error) }),
    });
    const controller = new GameStatefulSetController({
      api,
      clock,
      log,
      ...(namespace !== undefined && { namespace }),
      ...(workers !== undefined && { workers }),
      ...(random && { random }),
      observer: {
        acted: (workload, action, outcome, took) => {
          metrics.acted(workload, action, outcome, took);
          for (const occurrence of occurrencesOf(workload, action, outcome)) recorder.record(occurrence);
        },
        reconciled: (status, took) => metrics.reconciled(status, took),
      },
    });
    return { controller, recorder };
  }
}
