import { lateness } from './done.js';
import type { Prerequisites } from './prerequisites.js';
import type { Round } from './round.js';
import type { StopReason, Target } from './target.js';

/** Something that does not mend itself. */
export interface Degraded {
  readonly reason:
    Exclude<StopReason, 'PrerequisitesOpen'> | 'PrerequisiteFailed' | 'KubeletDidNotAct' | 'ProgressDeadlineExceeded';
  readonly message: string;
}

/** Why a person has to look, the most important first. */
export function degradedBecause(round: Round, target: Target, prerequisites: Prerequisites): Degraded | undefined {
  if (target.kind === 'stop') {
    const { reason, message } = target;
    if (reason !== 'PrerequisitesOpen') return { reason, message };
    return prerequisites.failed ? { reason: 'PrerequisiteFailed', message } : undefined;
  }
  const [obstacle] = round.draft.obstacles;
  if (obstacle !== undefined) return { reason: 'InPlaceNotPossible', message: obstacle };
  for (const { name, stage } of round.pods) {
    if (stage.kind !== 'verifying' || stage.completion.kind !== 'overdue') continue;
    return { reason: 'KubeletDidNotAct', message: `${name} is being verified: ${stage.completion.why}` };
  }
  const late = lateness(round, target);
  return late === undefined ? undefined : { reason: 'ProgressDeadlineExceeded', message: late };
}
