import { formatPath } from '../api/problem.js';
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

function problemText(problem: LocatedProblem): string {
  const { path, message, value, hint, severity } = problem;
  const at = path.length > 0 ? `${cut(formatPath(path), LONGEST_PATH)}: ` : '';
  const mark = severity === 'warning' ? 'warning: ' : '';
  const text = [
    `${mark}${at}${cut(message, LONGEST_SENTENCE)}`,
    ...(value === undefined ? [] : [`  value: ${valueText(value)}`]),
    ...(hint === undefined ? [] : [`  right: ${cut(hint, LONGEST_SENTENCE)}`]),
  ];
  return `${placeText(problem)}: ${withoutCredentials(text.join('\n'))}`;
}

function placeText({ file, position, construct = '' }: LocatedProblem): string {
  if (position) return `${file}:${position.line}:${position.column}`;
  return construct === '' ? file : `${file}: ${cut(construct, LONGEST_PATH)}`;
}

/** Whatever a check says of an address, the credential in it is not for a log. */
const withoutCredentials = (text: string): string => text.replaceAll(/\/\/[^\s"'`]*@/g, '//***@');

function valueText(value: unknown): string {
  return cut(typeof value === 'number' ? String(value) : JSON.stringify(value), LONGEST_VALUE);
}

/** Names and keys come from files, where nothing bounds them. */
const cut = (text: string, longest: number): string => (text.length > longest ? `${text.slice(0, longest)}...` : text);

const lineOf = ({ position }: LocatedProblem): number => position?.line ?? 0;
const columnOf = ({ position }: LocatedProblem): number => position?.column ?? 0;

const byPlace = (a: LocatedProblem, b: LocatedProblem): number =>
  a.file === b.file ? lineOf(a) - lineOf(b) || columnOf(a) - columnOf(b) : a.file < b.file ? -1 : 1;
