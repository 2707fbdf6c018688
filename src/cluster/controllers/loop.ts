import { exponential } from '../../kube/backoff.js';
import { WorkQueue, type ComeBack } from '../../kube/work-queue.js';
import type { ControllerContext } from './context.js';
import { Hand } from './hand.js';
import { OwnWrites } from './own-writes.js';

/** Does what is due for a key. What it writes goes through the hand. */
// eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- what an async function without a result returns
export type Sync = (key: string, hand: Hand) => Promise<ComeBack | undefined | void>;

/** Milliseconds between two looks whether the stores show what was written; mostly the event itself is faster. */
const LOOK_AGAIN = 20;
/** Looks, after which the stores are believed as they are: the server may have been set back. */
const MOST_LOOKS = 500;

/**
 * The loop of one controller: keys that are due, each handled by one worker at a time, and never on a state older than what was written
 * for it before.
 */
export class Loop {
  readonly queue: WorkQueue;
  private readonly writes = new OwnWrites();
  private readonly looks = new Map<string, number>();

  constructor(
    private readonly name: string,
    private readonly context: ControllerContext,
    private readonly sync: Sync,
    workers = 5,
  ) {
    const { clock, random, onError } = context;
    this.queue = new WorkQueue({
      clock,
      workers,
      handler: (key) => this.handle(key),
      // As the controllers of Kubernetes, but never longer than a minute.
      backoff: exponential({ base: 5, cap: 60_000, random, jitter: 0.2 }),
      onError: (error, key) => onError(error, `${name} ${key}`),
    });
  }

  readonly add = (key: string): void => this.queue.add(key);

  start(): void {
    this.queue.start();
  }

  async stop(): Promise<void> {
    await this.queue.stop({ deadline: 1000 });
  }

  private async handle(key: string): Promise<ComeBack | undefined> {
    if (!this.writes.areSeen(key)) {
      const looks = (this.looks.get(key) ?? 0) + 1;
      if (looks <= MOST_LOOKS) {
        this.looks.set(key, looks);
        return { after: LOOK_AGAIN };
      }
      this.context.onError(new Error('what was written is not to be seen in the stores'), `${this.name} ${key}`);
      this.writes.forget(key);
    }
    this.looks.delete(key);
    return (await this.sync(key, new Hand(this.context.api, this.writes, key))) ?? undefined;
  }
}
