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

/** Completed Jobs that are remembered although nobody names them any more: a rollback names them again. */
const REMEMBERED = 10;

/**
 * A Job that was once seen completed stays so, since Jobs are cleaned up. Jobs are named by their spec
 * (docs/decisions/0004-jobs-named-by-their-spec.md), so the same name is the same work.
 */
export function prerequisitesOf(
  names: readonly string[],
  jobs: ReadonlyMap<string, Job>,
  recorded: readonly PrerequisiteStatus[],
): Prerequisites {
  const named = names.map((name): PrerequisiteStatus => {
    const before = recorded.find((entry) => entry.name === name);
    if (before?.completed === true) return before;
    const job = jobs.get(name);
    const uid = job?.metadata.uid ?? before?.uid;
    const completed = job !== undefined && conditionOf(job, 'Complete') !== undefined;
    return { name, ...(uid !== undefined && { uid }), completed };
  });
  const remembered = recorded.filter(({ name, completed }) => completed === true && !names.includes(name));
  const status = [...named, ...remembered.slice(0, REMEMBERED)];
  const open = named.filter(({ completed }) => completed !== true).map(({ name }) => name);
  const failures = open.flatMap((name) => {
    const job = jobs.get(name);
    const failure = job && conditionOf(job, 'Failed');
    return failure ? [`Job ${name} failed (${failure.reason ?? 'no reason given'})`] : [];
  });
  if (failures.length > 0)
    return { status, failed: true, waiting: `${failures.join(', ')}: mend it, or delete and apply it again` };
  const waiting = open.map((name) =>
    jobs.has(name) ? `Job ${name} to complete` : `Job ${name}, which does not exist`,
  );
  return { status, failed: false, ...(waiting.length > 0 && { waiting: `waiting for ${waiting.join(' and ')}` }) };
}

const conditionOf = ({ status }: Job, wanted: 'Complete' | 'Failed') =>
  status?.conditions?.find(({ type, status: is }) => type === wanted && is === 'True');
