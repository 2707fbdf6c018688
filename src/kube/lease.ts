import type { CallOptions, KubeApi } from './api.js';
import { sleep, type Clock } from './clock.js';
import { isKubeError, KubeError } from './error.js';
import { guarded, report, type OnError } from './guarded.js';
import { microTime } from './micro-time.js';
import type { KubeObject, ObjectName, Stored } from './objects.js';
import { leases } from './resource.js';
import { within } from './within.js';

/** coordination.k8s.io/v1. */
export interface Lease extends KubeObject {
  spec?: {
    holderIdentity?: string;
    leaseDurationSeconds?: number;
    acquireTime?: string;
    renewTime?: string;
    leaseTransitions?: number;
  };
}

export interface LeaseElectionOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly lease: Required<ObjectName>;
  /** Of this process and no other, at no time: the name of its pod and something random. */
  readonly identity: string;
  /** Milliseconds without a sign of the leader after which others may take over. @default 15000 */
  readonly leaseDuration?: number;
  /** Milliseconds without a renewal after which the leader itself stops. Less than `leaseDuration`. @default 10000 */
  readonly renewDeadline?: number;
  /** Milliseconds between two tries. @default 2000 */
  readonly retryPeriod?: number;
  /** From 0 up to, not including, 1. @default Math.random */
  readonly random?: () => number;
  /**
   * The work of a leader. When the signal is aborted it must end; where a promise is returned, its end is waited for before the lease
   * is given away or taken again. A promise that rejects is reported, and the lease given away.
   */
  readonly onStartedLeading: (signal: AbortSignal) => unknown;
  /** After the signal was aborted. */
  readonly onStoppedLeading?: () => unknown;
  /** Another holder was seen; it may be this one. */
  readonly onNewLeader?: (identity: string) => unknown;
  /** Told of each try that failed, and of callbacks that did. @default nobody */
  readonly onError?: OnError;
}

/** Both clocks at once. */
interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

interface Term {
  readonly abort: AbortController;
  renewedAt: Moment;
  cancelFence: () => void;
}

interface Observed {
  readonly lease: Stored<Lease>;
  /** Monotonic: when this version was seen first. */
  readonly at: number;
}

/**
 * Leader election on a Lease, compatible with client-go's. No other machine's clock is believed: a lease has expired when it was not
 * seen to change for its duration. A leader stops `renewDeadline` after it sent its last successful renewal, which is before any other
 * can see the lease expire; when its own timers came late (the process or the machine stood still) it stops first and asks then.
 */
export class LeaseElection {
  private readonly leaseDuration: number;
  private readonly renewDeadline: number;
  private readonly retryPeriod: number;
  private readonly random: () => number;
  private readonly onError: OnError;
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private term: Term | undefined;
  /** What the last term began and has not ended. */
  private work: Promise<void> | undefined;
  /** Monotonic. */
  private restsUntil = 0;
  private observed: Observed | undefined;
  private seenHolder = '';

  /** @throws RangeError for times that do not fit each other, and for an empty identity */
  constructor(private readonly options: LeaseElectionOptions) {
    const { leaseDuration = 15_000, renewDeadline = 10_000, retryPeriod = 2000 } = options;
    if (options.identity === '') throw new RangeError('A candidate needs an identity');
    if (!(retryPeriod > 0 && renewDeadline > 2 * retryPeriod && leaseDuration > renewDeadline))
      throw new RangeError(
        `leaseDuration (${leaseDuration}) > renewDeadline (${renewDeadline}) > twice the retryPeriod (${retryPeriod}) does not hold`,
      );
    this.leaseDuration = leaseDuration;
    this.renewDeadline = renewDeadline;
    this.retryPeriod = retryPeriod;
    this.random = options.random ?? Math.random;
    this.onError = options.onError ?? (() => undefined);
  }

  /** Whether the lease is ours at this moment: ask before what must not happen twice. */
  get isLeading(): boolean {
    this.fenceIfLate();
    return this.term !== undefined;
  }

  /** Who was seen holding the lease last; empty for nobody. */
  get holder(): string {
    return this.observed?.lease.spec?.holderIdentity ?? '';
  }

  /** Begins to try; once. After `stop` it does nothing. */
  start(): void {
    if (!this.stopping.signal.aborted) this.running ??= this.run();
  }

  /**
   * Stops leading, waits for the work, gives the lease away. Work that has not ended when the lease expires is waited for no longer,
   * and the lease is left to expire.
   */
  async stop(): Promise<void> {
    if (!this.stopping.signal.aborted) {
      this.stopping.abort(new KubeError('aborted', 'the election was stopped'));
      this.endTerm();
    }
    await this.running;
  }

  private async run(): Promise<void> {
    const { clock } = this.options;
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.tryOnce().catch((error: unknown) => {
        if (!signal.aborted) report(error, this.onError);
      });
      // Candidates that began together need not stay together.
      const wait = this.term ? this.retryPeriod : this.retryPeriod * (1 + this.random() / 2);
      await sleep(clock, wait, signal).catch(() => undefined);
      this.fenceIfLate();
    }
    await this.release();
  }

  private async tryOnce(): Promise<void> {
    if (this.term && this.observed) {
      const sent = this.moment();
      try {
        this.observe(await this.write(this.observed.lease, this.holding(this.observed.lease)));
        this.renewed(sent);
        return;
      } catch (error) {
        this.stopping.signal.throwIfAborted();
        // Somebody changed or deleted it, or nobody knows what became of the request: look.
        report(error, this.onError);
      }
    }
    const found = await this.read();
    if (found) this.observe(found);
    if (found && this.belongsToAnother(found)) {
      this.endTerm();
      return;
    }
    if (!this.term && (this.isWorking() || this.options.clock.monotonic() < this.restsUntil)) return;
    const sent = this.moment();
    const spec = this.holding(found);
    this.observe(found ? await this.write(found, spec) : await this.create(spec));
    if (this.term) this.renewed(sent);
    else this.beginTerm(sent);
  }

  private belongsToAnother({ spec = {} }: Lease): boolean {
    const { holderIdentity: holder = '', leaseDurationSeconds } = spec;
    if (holder === '' || holder === this.options.identity) return false;
    const duration = leaseDurationSeconds === undefined ? this.leaseDuration : leaseDurationSeconds * 1000;
    // Held by another, it ends our term even when it has expired: there may have been a leader after us.
    return this.term !== undefined || this.options.clock.monotonic() - this.observed!.at <= duration;
  }

  private observe(lease: Stored<Lease>): void {
    const { uid, resourceVersion } = lease.metadata;
    const known = this.observed?.lease.metadata;
    if (known?.uid !== uid || known.resourceVersion !== resourceVersion)
      this.observed = { lease, at: this.options.clock.monotonic() };
    const { holder } = this;
    if (holder === this.seenHolder) return;
    this.seenHolder = holder;
    if (holder !== '') guarded(() => this.options.onNewLeader?.(holder), this.onError);
  }

  private beginTerm(sent: Moment): void {
    if (this.stopping.signal.aborted || this.isLate(sent) || this.isWorking()) return;
    const term: Term = { abort: new AbortController(), renewedAt: sent, cancelFence: () => undefined };
    this.term = term;
    this.armFence(term);
    // Later than now, so that it finds everything in place, `isLeading` too.
    const work = Promise.resolve()
      .then(() => this.options.onStartedLeading(term.abort.signal))
      .then(
        () => undefined,
        (error: unknown) => {
          report(error, this.onError);
          return this.giveUp(term);
        },
      )
      .finally(() => {
        if (this.work === work) this.work = undefined;
      });
    this.work = work;
  }

  /** Work of a term that is over; as long as it goes on, whoever else can shall lead. */
  private isWorking(): boolean {
    return this.work !== undefined;
  }

  private renewed(sent: Moment): void {
    this.fenceIfLate();
    if (!this.term) return;
    this.term.renewedAt = sent;
    this.armFence(this.term);
  }

  private armFence(term: Term): void {
    term.cancelFence();
    const left = Math.max(1, this.renewDeadline - this.elapsed(term.renewedAt));
    term.cancelFence = this.options.clock.after(left, () => {
      this.fenceIfLate();
      // A timer may come a hair early.
      if (this.term === term) this.armFence(term);
    });
  }

  private fenceIfLate(): void {
    if (this.term && this.isLate(this.term.renewedAt)) this.endTerm();
  }

  private isLate(since: Moment): boolean {
    return this.elapsed(since) >= this.renewDeadline;
  }

  /** The monotonic clock of a machine that sleeps may stand still: the wall clock tells. Set forward it ends a term for nothing. */
  private elapsed({ monotonic, wall }: Moment): number {
    const { clock } = this.options;
    return Math.max(clock.monotonic() - monotonic, clock.now() - wall);
  }

  private endTerm(): void {
    const { term } = this;
    if (!term) return;
    this.term = undefined;
    term.cancelFence();
    term.abort.abort(new KubeError('aborted', 'this process leads no longer'));
    guarded(() => this.options.onStoppedLeading?.(), this.onError);
  }

  /** The work failed: somebody else may have more luck. */
  private async giveUp(term: Term): Promise<void> {
    if (this.term !== term) return;
    this.endTerm();
    this.restsUntil = this.options.clock.monotonic() + this.leaseDuration;
    await this.handBack();
  }

  /** At the end: waits for the work, as long as the lease keeps others out. */
  private async release(): Promise<void> {
    const { clock } = this.options;
    let cancel = (): void => undefined;
    const expired = new Promise<void>((resolve) => (cancel = clock.after(this.leaseDuration, resolve)));
    await Promise.race([this.work, expired]);
    cancel();
    if (!this.isWorking()) await this.handBack();
  }

  private async handBack(): Promise<void> {
    const patience = new AbortController().signal;
    try {
      const found = await this.read(patience);
      if (found?.spec?.holderIdentity !== this.options.identity) return;
      const now = microTime(this.options.clock.now());
      const spec = { ...found.spec, holderIdentity: '', leaseDurationSeconds: 1, acquireTime: now, renewTime: now };
      this.observe(await this.write(found, spec, patience));
    } catch (error) {
      report(error, this.onError);
    }
  }

  /** The spec by which the lease is ours. */
  private holding(found: Lease | undefined): NonNullable<Lease['spec']> {
    const { identity, clock } = this.options;
    const { spec = {} } = found ?? {};
    const now = microTime(clock.now());
    const mine = spec.holderIdentity === identity;
    return {
      ...spec,
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(this.leaseDuration / 1000),
      acquireTime: (mine ? spec.acquireTime : undefined) ?? now,
      renewTime: now,
      leaseTransitions: (spec.leaseTransitions ?? 0) + (mine || !found ? 0 : 1),
    };
  }

  private async read(signal?: AbortSignal): Promise<Stored<Lease> | undefined> {
    const { api, lease } = this.options;
    try {
      return await this.call('get', signal, (options) => api.get<Lease>(leases, lease, options));
    } catch (error) {
      if (isKubeError(error, 'notFound')) return undefined;
      throw error;
    }
  }

  private create(spec: NonNullable<Lease['spec']>): Promise<Stored<Lease>> {
    const { api, lease } = this.options;
    const object: Lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { namespace: lease.namespace, name: lease.name },
      spec,
    };
    return this.call('create', undefined, (options) => api.create<Lease>(leases, object, options));
  }

  /** Only if nobody has changed it: it carries its resourceVersion. */
  private write(found: Stored<Lease>, spec: NonNullable<Lease['spec']>, signal?: AbortSignal): Promise<Stored<Lease>> {
    const object: Lease = { ...found, spec };
    return this.call('update', signal, (options) => this.options.api.update<Lease>(leases, object, options));
  }

  /** No call may take so long that there is no time for another before the fence. */
  private call<R>(
    verb: string,
    signal: AbortSignal | undefined,
    run: (options: CallOptions) => Promise<R>,
  ): Promise<R> {
    const timeout = this.renewDeadline / 3;
    const what = `${verb} lease ${this.options.lease.name}`;
    return within(this.options.clock, timeout, signal ?? this.stopping.signal, what, (own) =>
      run({ signal: own, timeout, urgent: true }),
    );
  }

  private moment(): Moment {
    const { clock } = this.options;
    return { monotonic: clock.monotonic(), wall: clock.now() };
  }
}
