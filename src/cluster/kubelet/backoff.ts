import type { Clock } from '../../kube/clock.js';
import type { Range } from './timings.js';

interface Entry {
  delay: number;
  updated: number;
}

/**
 * Waits that double with every failure, one per key, remembered until nothing has happened for twice the longest. Times are those
 * of the clock's `monotonic`. Source: flowcontrol.Backoff of client-go, which the kubelet uses for crashes and for image pulls.
 */
export class Backoff {
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly clock: Clock,
    private readonly range: Range,
  ) {}

  /** Whether what happened at `since` is too short ago to try again. */
  isWaiting(key: string, since: number): boolean {
    const entry = this.remembered(key, since);
    return entry !== undefined && this.clock.monotonic() - since < entry.delay;
  }

  /** The same, counted from the last failure that was noted. */
  isWaitingSinceUpdate(key: string): boolean {
    const now = this.clock.monotonic();
    const entry = this.remembered(key, now);
    return entry !== undefined && now - entry.updated < entry.delay;
  }

  /** Doubles the wait of a key whose last event was at `at`. */
  next(key: string, at: number): void {
    const [first, longest] = this.range;
    const entry = this.remembered(key, at);
    const delay = entry === undefined ? first : Math.min(entry.delay * 2, longest);
    this.entries.set(key, { delay, updated: this.clock.monotonic() });
  }

  delayOf(key: string): number {
    return this.entries.get(key)?.delay ?? 0;
  }

  private remembered(key: string, at: number): Entry | undefined {
    const entry = this.entries.get(key);
    return entry !== undefined && at - entry.updated <= 2 * this.range[1] ? entry : undefined;
  }
}
