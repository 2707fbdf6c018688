import { isEqual, isRecord } from '../json.js';

/** What tells the elements of a list apart: the value of their key, or themselves. */
export function identityOf(element: unknown, key: string): unknown {
  return key === '' ? element : isRecord(element) ? element[key] : undefined;
}

export function indexOf(list: readonly unknown[], identity: unknown, key: string): number {
  return list.findIndex((one) => isEqual(identityOf(one, key), identity));
}

/**
 * The elements of a merged list in order: those that the patch names in the order of `wanted`, the others as they stood in
 * `before`; where both lists know two elements, the one that stood first goes first, else the patch's goes first.
 */
export function inOrder(
  merged: readonly unknown[],
  wanted: readonly unknown[],
  before: readonly unknown[],
  key: string,
): unknown[] {
  const place = (list: readonly unknown[], element: unknown): number => indexOf(list, identityOf(element, key), key);
  const sorted = (elements: readonly unknown[], by: readonly unknown[]): unknown[] =>
    [...elements].sort((one, other) => place(by, one) - place(by, other));
  const named = sorted(
    merged.filter((element) => place(wanted, element) >= 0),
    wanted,
  );
  const others = sorted(
    merged.filter((element) => place(wanted, element) < 0),
    before,
  );
  const result: unknown[] = [];
  while (named.length > 0 && others.length > 0) {
    // What the patch adds is in no place before, and so goes first.
    const otherFirst = place(before, others[0]) < place(before, named[0]);
    result.push((otherFirst ? others : named).shift());
  }
  return [...result, ...others, ...named];
}
