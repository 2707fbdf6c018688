import { constructText, problemText } from '../api/problem-text.js';
import type { Problem } from '../api/problem.js';
import type { Position } from './zone-file/lines.js';

/** A problem and where it stands: in which line of a file, or in which construct that a program made. */
export interface LocatedProblem extends Problem {
  readonly file: string;
  readonly position?: Position;
  /** The path of the construct; empty for what is about the program as a whole. */
  readonly construct?: string;
}

/** Beyond this many, the rest is only counted: nobody mends more in one go. */
const MOST_SHOWN = 20;

/** Two to four lines per problem: `FILE:LINE:COL: path: message`, then the value, then what would be right. */
export function reportProblems(problems: readonly LocatedProblem[]): string {
  const shown = [...problems].sort(byPlace).slice(0, MOST_SHOWN);
  const lines = shown.map((problem) => `${placeText(problem)}: ${problemText(problem)}`);
  if (problems.length > shown.length) lines.push(`... and ${problems.length - shown.length} more`);
  return lines.join('\n');
}

function placeText({ file, position, construct = '' }: LocatedProblem): string {
  if (position) return `${file}:${position.line}:${position.column}`;
  return construct === '' ? file : `${file}: ${constructText(construct)}`;
}

const lineOf = ({ position }: LocatedProblem): number => position?.line ?? 0;
const columnOf = ({ position }: LocatedProblem): number => position?.column ?? 0;

const byPlace = (a: LocatedProblem, b: LocatedProblem): number =>
  a.file === b.file ? lineOf(a) - lineOf(b) || columnOf(a) - columnOf(b) : a.file < b.file ? -1 : 1;
