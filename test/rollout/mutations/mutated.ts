import type { Mutation } from './list.js';

/**
 * A source with a mistake in it.
 *
 * @throws Error where the place of the mistake is not there, or more than once
 */
export function mutated(text: string, { what, file, find, replace }: Mutation): string {
  const places = text.split(find).length - 1;
  if (places !== 1) throw new Error(`"${what}": ${file} has ${places} places like ${JSON.stringify(find)}`);
  return text.replace(find, () => replace);
}
