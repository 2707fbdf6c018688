import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again what may go better the next time, ever later, and all of it together when the other side is busy. */
export class Retry {
  private notBefore = 0;

  /**
   * @param unit the first pause, in milliseconds; the next ones are twice as long each
   * @param random from 0 to 1, so that many do not come back at the same moment
   */
  constructor(
    private readonly signal: AbortSignal,
    private readonly attempts = 8,
    private readonly unit = 200,
    private readonly random: () => number = Math.random,
  ) {}

  async run<T>(
    ask: () => Promise<T>,
    passing: (error: unknown, attempt: number) => boolean,
    busy: (error: unknown) => boolean,
  ): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      await this.untilAllowed();
      try {
        return await ask();
      } catch (error) {
        this.signal.throwIfAborted();
        if (attempt >= this.attempts || !passing(error, attempt)) throw error;
        const pause = Math.min(this.unit * 2 ** (attempt - 1), LONGEST) * (0.5 + this.random());
        if (busy(error)) this.notBefore = Math.max(this.notBefore, performance.now() + pause);
        else await sleep(pause, undefined, { signal: this.signal });
      }
    }
  }

  private async untilAllowed(): Promise<void> {
    this.signal.throwIfAborted();
    for (let left = this.notBefore - performance.now(); left > 0; left = this.notBefore - performance.now())
      await sleep(left, undefined, { signal: this.signal });
  }
}

const LONGEST = 20_000;
