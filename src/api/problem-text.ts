import { formatPath } from './problem.js';
import type { Problem } from './problem.js';

const LONGEST_VALUE = 120;
const LONGEST_PATH = 300;
const LONGEST_SENTENCE = 500;

/** A problem for a person: `path: message`, then the value, then what would be right. One to three lines. */
export function problemText({ path, message, value, hint, severity }: Problem): string {
  const at = path.length > 0 ? `${cut(formatPath(path), LONGEST_PATH)}: ` : '';
  const mark = severity === 'warning' ? 'warning: ' : '';
  const text = [
    `${mark}${at}${cut(message, LONGEST_SENTENCE)}`,
    ...(value === undefined ? [] : [`  value: ${valueText(value)}`]),
    ...(hint === undefined ? [] : [`  right: ${cut(hint, LONGEST_SENTENCE)}`]),
  ];
  return withoutCredentials(text.join('\n'));
}

/** The path of a construct, as long as anybody reads. */
export const constructText = (path: string): string => cut(path, LONGEST_PATH);

/** Whatever a check says of an address, the credential in it is not for a log. */
const withoutCredentials = (text: string): string => text.replaceAll(/\/\/[^\s"'`]*@/g, '//***@');

function valueText(value: unknown): string {
  return cut(typeof value === 'number' ? String(value) : JSON.stringify(value), LONGEST_VALUE);
}

/** Names and keys come from files, where nothing bounds them. */
const cut = (text: string, longest: number): string => (text.length > longest ? `${text.slice(0, longest)}...` : text);
