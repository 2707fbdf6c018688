import type { Path, Problem } from '../../../api/problem.js';

/** What was found in an object of Kubernetes, in the words of a zone file: what is wrong, then what would be right. */
export function spoken(
  { message, value }: { readonly message: string; readonly value?: unknown },
  path: Path,
): Problem {
  const unknown = UNKNOWN_FIELD.exec(message);
  // Its value is never said: who misspells a field for a password has written a password.
  if (unknown) return { path, message: `unknown field \`${String(path.at(-1))}\``, hint: unknown[1]! };
  return { path, ...said(message, value), ...(value !== undefined && { value }) };
}

const UNKNOWN_FIELD = /^is not a field of \w+: (.*)$/s;

function said(message: string, value: unknown): { readonly message: string; readonly hint?: string } {
  if (message.startsWith('must be a quantity')) return { message: 'not a quantity', hint: quantityHint(value) };
  // The advice follows the first colon outside quotes.
  const parts = /^((?:"(?:[^"\\]|\\.)*"|[^":])*): (.+)$/s.exec(message);
  return parts ? { message: parts[1]!, hint: parts[2]! } : { message };
}

/** Memory as everybody but Kubernetes writes it. */
function quantityHint(value: unknown): string {
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?([kmgtp])i?b?$/i.exec(String(value)) ?? [];
  if (number === undefined) return 'use a number and a unit, such as 2Gi for memory or 500m for half a CPU';
  const letter = unit!.toUpperCase();
  return `write ${number}${letter}i (or ${number}${letter === 'K' ? 'k' : letter}, which counts in thousands)`;
}

/** `limits[cpu].x[0]`, as paths in objects are written, to its keys and indexes. */
export const objectPath = (text: string): Path =>
  [...text.matchAll(/\[([^\]]*)\]|([^.[\]]+)/g)].map(([, inBrackets, word]) =>
    inBrackets !== undefined && /^\d+$/.test(inBrackets) ? Number(inBrackets) : (inBrackets ?? word!),
  );
