import { formatPath } from '../api/problem.js';
import type { Problem } from '../api/problem.js';
import type { Position } from './zone-file/lines.js';

/** A problem and where in which file it stands. */
export interface LocatedProblem extends Problem {
  readonly file: string;
  readonly position: Position;
}

/** Beyond this many, the rest is only counted: nobody mends more in one go. */
const MOST_SHOWN = 20;
const LONGEST_VALUE = 120;
const LONGEST_PATH = 300;
const LONGEST_SENTENCE = 500;

/** Two to four lines per problem: `FILE:LINE:COL: path: message`, then the value, then what would be right. */
export function reportProblems(problems: readonly LocatedProblem[]): string {
  const shown = [...problems].sort(byPlace).slice(0, MOST_SHOWN);
  const lines = shown.map(problemText);
  if (problems.length > shown.length) lines.push(`... and ${problems.length - shown.length} more`);
  return lines.join('\n');
}

function problemText({ file, position, path, message, value, hint, severity }: LocatedProblem): string {
  const place = `${file}:${position.line}:${position.column}`;
  const at = path.length > 0 ? `${cut(formatPath(path), LONGEST_PATH)}: ` : '';
  const mark = severity === 'warning' ? 'warning: ' : '';
  const text = [
    `${mark}${at}${cut(message, LONGEST_SENTENCE)}`,
    ...(value === undefined ? [] : [`  value: ${valueText(value)}`]),
    ...(hint === undefined ? [] : [`  right: ${cut(hint, LONGEST_SENTENCE)}`]),
  ];
  return `${place}: ${withoutCredentials(text.join('\n'))}`;
}

/** Whatever a check says of an address, the credential in it is not for a log. */
const withoutCredentials = (text: string): string => text.replaceAll(/\/\/[^\s"'`]*@/g, '//***@');

function valueText(value: unknown): string {
  return cut(typeof value === 'number' ? String(value) : JSON.stringify(value), LONGEST_VALUE);
}

/** Names and keys come from files, where nothing bounds them. */
const cut = (text: string, longest: number): string => (text.length > longest ? `${text.slice(0, longest)}...` : text);

const byPlace = (a: LocatedProblem, b: LocatedProblem): number =>
  a.file === b.file
    ? a.position.line - b.position.line || a.position.column - b.position.column
    : a.file < b.file
      ? -1
      : 1;
