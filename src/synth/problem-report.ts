import { formatPath } from '../api/problem.js';
import type { Problem } from '../api/problem.js';
import type { Position } from './zone-file/yaml.js';

/** A problem and where in which file it stands. */
export interface LocatedProblem extends Problem {
  readonly file: string;
  readonly position: Position;
}

/** Beyond this many, the rest is only counted: nobody mends more in one go. */
const MOST_SHOWN = 20;
const LONGEST_VALUE = 120;

/** Two to four lines per problem: `FILE:LINE:COL: path: message`, then the value, then what would be right. */
export function reportProblems(problems: readonly LocatedProblem[]): string {
  const shown = [...problems].sort(byPlace).slice(0, MOST_SHOWN);
  const lines = shown.map(problemText);
  if (problems.length > shown.length) lines.push(`... and ${problems.length - shown.length} more`);
  return lines.join('\n');
}

function problemText({ file, position, path, message, value, hint, severity }: LocatedProblem): string {
  const place = `${file}:${position.line}:${position.column}`;
  const at = path.length > 0 ? `${formatPath(path)}: ` : '';
  const mark = severity === 'warning' ? 'warning: ' : '';
  return [
    `${place}: ${mark}${at}${message}`,
    ...(value === undefined ? [] : [`  value: ${valueText(value)}`]),
    ...(hint === undefined ? [] : [`  right: ${hint}`]),
  ].join('\n');
}

function valueText(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}...` : text;
}

const byPlace = (a: LocatedProblem, b: LocatedProblem): number =>
  a.file === b.file
    ? a.position.line - b.position.line || a.position.column - b.position.column
    : a.file < b.file
      ? -1
      : 1;
