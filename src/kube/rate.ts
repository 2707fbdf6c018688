import { KubeError } from './error.js';
import type { Clock } from './clock.js';
import { onAbort } from './on-abort.js';

/** How many calls a client starts: `perSecond` in the long run, `burst` at once after a pause. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

export interface Taker {
  readonly where: string;
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
  /** Goes before all that are not. */
  readonly urgent?: boolean | undefined;
}

interface Waiting {
  readonly urgent: boolean;
  readonly go: () => void;
}

/** A token bucket in which the first to come is the first to go, urgent ones before the others. */
export class RateLimit {
  private tokens: number;
  private filledAt: number;
  private readonly waiting: Waiting[] = [];
  private cancelTimer: (() => void) | undefined;

  constructor(
    private readonly rate: Rate,
    private readonly clock: Clock,
  ) {
    if (!(rate.perSecond > 0) || !(rate.burst >= 1))
      throw new RangeError(`A rate of ${rate.perSecond} per second with bursts of ${rate.burst} lets nothing pass`);
    this.tokens = rate.burst;
    this.filledAt = clock.monotonic();
  }

  /** Undefined when it may go at once. Rejects with kind `aborted` or `timeout`; the place in the row is then free. */
  take(taker: Taker): Promise<void> | undefined {
    this.fill();
    if (this.waiting.length === 0 && this.tokens >= 1) {
      this.tokens -= 1;
      return undefined;
    }
    return this.stand(taker);
  }

  private stand({ where, timeout, signal, urgent = false }: Taker): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (error: KubeError): void => {
        this.waiting.splice(this.waiting.indexOf(mine), 1);
        settle();
        reject(error);
        this.schedule();
      };
      const cancelTimeout = this.clock.after(timeout, () =>
        leave(new KubeError('timeout', `${where}: the client's own rate let it wait for ${timeout} ms`)),
      );
      let forget = (): void => undefined;
      const settle = (): void => {
        cancelTimeout();
        forget();
      };
      const mine: Waiting = {
        urgent,
        go: () => {
          settle();
          resolve();
        },
      };
      const after = urgent ? this.waiting.findIndex((other) => !other.urgent) : -1;
      this.waiting.splice(after < 0 ? this.waiting.length : after, 0, mine);
      this.schedule();
      forget = onAbort(signal, () => leave(new KubeError('aborted', `${where}: aborted`, { cause: signal?.reason })));
    });
  }

  private fill(): void {
    const now = this.clock.monotonic();
    this.tokens = Math.min(this.rate.burst, this.tokens + ((now - this.filledAt) / 1000) * this.rate.perSecond);
    this.filledAt = now;
  }

  private schedule(): void {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    if (this.waiting.length === 0) return;
    this.fill();
    const delay = Math.max(0, ((1 - this.tokens) / this.rate.perSecond) * 1000);
    this.cancelTimer = this.clock.after(delay, () => this.release());
  }

  private release(): void {
    this.fill();
    // A hair below one is a timer that came a hair early.
    while (this.waiting.length > 0 && this.tokens > 1 - 1e-6) {
      this.tokens -= 1;
      this.waiting.shift()!.go();
    }
    this.schedule();
  }
}
