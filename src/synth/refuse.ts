import { reportProblems } from './problem-report.js';
import type { LocatedProblem } from './problem-report.js';
import { UserError } from './user-error.js';

/**
 * Stops where there are errors. Warnings wait until those are mended: the first line that a person reads is what stopped
 * the command.
 *
 * @throws UserError with every error
 */
export function refuse(problems: readonly LocatedProblem[]): void {
  const errors = problems.filter(({ severity }) => severity !== 'warning');
  if (errors.length > 0) throw new UserError(reportProblems(errors));
}
