import type { Clock } from '../kube/clock.js';
import type { ReflectorState } from '../kube/reflector.js';
import type { WorkQueueMetrics } from '../kube/work-queue.js';

/** What health is judged by. */
export interface Vitals {
  readonly leads: boolean;
  /** Who was seen holding the lease last; empty for nobody. */
  readonly leader: string;
  /** Of the process that leads; absent in one that stands by. */
  readonly work?: {
    readonly reflectors: ReadonlyMap<string, ReflectorState>;
    readonly queue: WorkQueueMetrics;
  };
}

/** Milliseconds without any sign of life after which something is stuck for good. Reflectors and calls have shorter limits of their own. */
export const STUCK_AFTER = 600_000;

/** A sentence for each thing that is wrong; none when all is well. */
export class Health {
  /** What each reflector looked like, and since when (monotonic) it looks so. */
  private readonly seen = new Map<string, { readonly look: string; readonly since: number }>();

  constructor(private readonly clock: Clock) {}

  /** What a restart of the process would help against. A server that cannot be reached is nothing of the kind. */
  stuck({ work }: Vitals): string[] {
    if (!work) {
      this.seen.clear();
      return [];
    }
    const now = this.clock.monotonic();
    const problems: string[] = [];
    for (const [resource, { activity, lastContactAt, lastError, failures }] of work.reflectors) {
      const look = JSON.stringify([activity, lastContactAt, lastError?.at, failures]);
      const known = this.seen.get(resource);
      const since = known?.look === look ? known.since : now;
      this.seen.set(resource, { look, since });
      if (now - since >= STUCK_AFTER) problems.push(`the reflector of ${resource} is stuck: ${activity}`);
    }
    const { longestRun } = work.queue;
    if (longestRun >= STUCK_AFTER)
      problems.push(`a workload has been looked at for ${Math.round(longestRun / 1000)} s`);
    return problems;
  }

  /** What it still waits for before it can do its part. */
  unready({ leads, leader, work }: Vitals): string[] {
    if (!leads) return leader === '' ? ['no leader has been seen'] : [];
    if (!work) return ['it has begun to lead just now'];
    return [...work.reflectors].flatMap(([resource, { synced, lastError }]) =>
      synced ? [] : [`${resource} have not been seen${lastError ? `: ${lastError.message}` : ''}`],
    );
  }
}
