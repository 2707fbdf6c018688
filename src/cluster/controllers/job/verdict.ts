import type { Observed } from '../../../kube/store.js';
import type { Job } from '../objects.js';

export interface Counts {
  readonly active: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Of containers, where failed ones start again in their pod. */
  readonly restarts: number;
}

/** How a Job ends. */
export interface Verdict {
  readonly kind: 'complete' | 'failed';
  readonly reason: string;
  readonly message: string;
}

/** Whether it is over, whatever still runs of it. `runs`: milliseconds since its start. */
export function verdictOf({ spec }: Observed<Job>, counts: Counts, runs: number): Verdict | undefined {
  const { completions, backoffLimit = 6, activeDeadlineSeconds, template } = spec;
  const restartsInPlace = (template.spec as { readonly restartPolicy?: string }).restartPolicy === 'OnFailure';
  const isBeyond = restartsInPlace
    ? counts.restarts > 0 && counts.restarts >= backoffLimit
    : counts.failed > backoffLimit;
  if (isBeyond || counts.failed > backoffLimit)
    return failed('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  if (activeDeadlineSeconds !== undefined && runs >= activeDeadlineSeconds * 1000)
    return failed('DeadlineExceeded', 'Job was active longer than specified deadline');
  const isDone =
    completions === undefined ? counts.succeeded > 0 && counts.active === 0 : counts.succeeded >= completions;
  const message = 'Reached expected number of succeeded pods';
  return isDone ? { kind: 'complete', reason: 'CompletionsReached', message } : undefined;
}

function failed(reason: string, message: string): Verdict {
  return { kind: 'failed', reason, message };
}

/** How many pods should run now. */
export function wantedActive({ spec }: Observed<Job>, { active, succeeded }: Counts): number {
  const { parallelism = 1, completions, suspend = false } = spec;
  if (suspend) return 0;
  // Without a number the first success ends it: nothing new is begun then.
  if (completions === undefined) return succeeded > 0 ? Math.min(active, parallelism) : parallelism;
  return Math.max(0, Math.min(parallelism, completions - succeeded));
}

const FIRST_PAUSE = 10_000;
const LONGEST_PAUSE = 600_000;

/** Milliseconds after a failure before the next pod: ten seconds, doubled by each failure since the last success. */
export function pauseAfter(failures: number): number {
  return failures === 0 ? 0 : Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (failures - 1));
}
