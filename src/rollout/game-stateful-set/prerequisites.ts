import type { PrerequisiteStatus } from '../../api/generated/types/status.js';
import type { Job } from '../../api/native.js';

/** What a revision waits for, before any pod hears of it. */
export interface Prerequisites {
  readonly status: readonly PrerequisiteStatus[];
  /** Why the revision may not start; absent when it may. */
  readonly waiting?: string;
  /** It will not start until somebody acts. */
  readonly failed: boolean;
}

/** A Job that was once seen completed stays so: Jobs are cleaned up. Another Job of that name is another one only when it is named anew. */
export function prerequisitesOf(
  names: readonly string[],
  jobs: ReadonlyMap<string, Job>,
  recorded: readonly PrerequisiteStatus[],
): Prerequisites {
  const status = names.map((name): PrerequisiteStatus => {
    const before = recorded.find((entry) => entry.name === name);
    if (before?.completed === true) return before;
    const job = jobs.get(name);
    const uid = job?.metadata.uid ?? before?.uid;
    return { name, ...(uid !== undefined && { uid }), completed: job !== undefined && hasCondition(job, 'Complete') };
  });
  const open = status.filter(({ completed }) => completed !== true);
  const failures = open.flatMap(({ name }) => {
    const failure = jobs
      .get(name)
      ?.status?.conditions?.find(({ type, status: is }) => type === 'Failed' && is === 'True');
    return failure ? [`Job ${name} failed (${failure.reason ?? 'no reason given'})`] : [];
  });
  if (failures.length > 0)
    return { status, failed: true, waiting: `${failures.join(', ')}: mend it, or delete and apply it again` };
  const waiting = open.map(({ name }) =>
    jobs.has(name) ? `Job ${name} to complete` : `Job ${name}, which does not exist`,
  );
  return { status, failed: false, ...(waiting.length > 0 && { waiting: `waiting for ${waiting.join(' and ')}` }) };
}

const hasCondition = ({ status }: Job, wanted: string): boolean =>
  status?.conditions?.some(({ type, status: is }) => type === wanted && is === 'True') === true;
