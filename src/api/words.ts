import type { SchemaNode } from './compiled-schema.js';

const LONGEST_QUOTE = 60;

const TYPES: Readonly<Record<string, string>> = {
  integer: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  null: 'empty',
};

/** `is the text "abc"`, `is empty`, `is a list`. A secret is described by its type alone. */
export function described(value: unknown, secret = false): string {
  if (value === null || value === undefined) return 'is empty';
  if (Array.isArray(value)) return 'is a list';
  if (typeof value === 'object') return 'is a mapping';
  if (typeof value === 'string') return secret ? 'is text' : `is the text ${quoted(value)}`;
  if (secret) return typeof value === 'number' ? 'is a number' : 'is true or false';
  return typeof value === 'number' ? `is the number ${value}` : `is ${String(value)}`;
}

/** A value in double quotes, cut where it is long. */
export function quoted(value: unknown): string {
  const text = String(value);
  return JSON.stringify(text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}...` : text);
}

/** What a node wants, as a noun phrase. */
export function expected(node: SchemaNode): string {
  return alternatives(wanted(node), 'or');
}

function wanted(node: SchemaNode): string[] {
  if (node.const !== undefined) return [String(node.const)];
  if (node.enum) return node.enum.map(String);
  const branches = node.anyOf ?? node.oneOf;
  if (branches) {
    // A hint at one branch was written with the whole union in mind.
    const hint = node.hint ?? branches.find((branch) => branch.hint !== undefined)?.hint;
    return hint === undefined ? [...new Set(branches.flatMap(wanted))] : [hint];
  }
  const types = node.type === undefined ? [] : typeof node.type === 'string' ? [node.type] : node.type;
  if (types.length === 0) return ['something else'];
  return types.length === 1
    ? [TYPES[types[0]!] ?? types[0]!]
    : types.flatMap((type) => (type === 'boolean' ? ['true', 'false'] : [TYPES[type] ?? type]));
}

/** `a`, `a or b`, `a, b or c`. */
export function alternatives(words: readonly string[], last: 'and' | 'or'): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} ${last} ${words[words.length - 1]}`;
}
