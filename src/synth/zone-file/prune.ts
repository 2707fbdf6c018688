import type { Path, Problem } from '../../api/problem.js';

/** What takes the place of a required scalar that is missing or wrong, so that the rest of the file is still checked. */
const STAND_INS: readonly { readonly path: Path; readonly value: unknown }[] = [
  { path: ['apiVersion'], value: 'gamezone.dev/v1alpha1' },
  { path: ['kind'], value: 'GameZone' },
  { path: ['metadata', 'name'], value: 'zone' },
  { path: ['spec', 'gameZone', 'zoneId'], value: 0 },
];

/** A document without its schema errors, and the way back from its paths to those of the file. */
export interface PrunedDocument {
  readonly value: unknown;
  originalPath(path: Path): Path;
}

/**
 * Takes out what the schema refuses, so that one run reports the other mistakes of a file too. Undefined when nothing
 * that could be checked is left.
 *
 * @param problemsOf what the schema says about a value
 */
export function prune(
  document: unknown,
  problemsOf: (value: unknown) => readonly Problem[],
): PrunedDocument | undefined {
  const originalIndexes = new WeakMap<object, number[]>();
  const value = copy(document, originalIndexes);
  for (const { path, value: standIn } of STAND_INS) setIfRefused(value, path, standIn, problemsOf);
  for (;;) {
    const errors = problemsOf(value).filter(({ severity }) => severity !== 'warning');
    if (errors.length === 0) break;
    // Deepest and last first, so that the removal of one leaves the paths of the others valid.
    const paths = errors.map(({ path }) => path).sort(deepestLastFirst);
    if (paths.some((path) => path.length === 0)) return undefined;
    for (const path of paths) remove(value, path, originalIndexes);
  }
  return { value, originalPath: (path) => originalPathOf(value, path, originalIndexes) };
}

function copy(value: unknown, originalIndexes: WeakMap<object, number[]>): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => copy(item, originalIndexes));
    originalIndexes.set(items, [...items.keys()]);
    return items;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, copy(part, originalIndexes)]));
}

function setIfRefused(
  value: unknown,
  path: Path,
  standIn: unknown,
  problemsOf: (value: unknown) => readonly Problem[],
): void {
  const holder = valueAt(value, path.slice(0, -1));
  if (typeof holder !== 'object' || holder === null || Array.isArray(holder)) return;
  const key = path.at(-1)!;
  const refused = problemsOf(value).some(({ path: wrong }) => wrong.join() === path.join());
  if (!(key in holder) || refused) (holder as Record<string, unknown>)[key] = standIn;
}

function deepestLastFirst(a: Path, b: Path): number {
  if (a.length !== b.length) return b.length - a.length;
  const [lastA, lastB] = [a.at(-1), b.at(-1)];
  return typeof lastA === 'number' && typeof lastB === 'number' ? lastB - lastA : 0;
}

function remove(root: unknown, path: Path, originalIndexes: WeakMap<object, number[]>): void {
  const holder = valueAt(root, path.slice(0, -1));
  const key = path.at(-1)!;
  if (Array.isArray(holder) && typeof key === 'number') {
    holder.splice(key, 1);
    originalIndexes.get(holder)?.splice(key, 1);
  } else if (typeof holder === 'object' && holder !== null) {
    delete (holder as Record<string, unknown>)[key];
  }
}

export const valueAt = (root: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (value, segment) => (value as Record<string | number, unknown> | null | undefined)?.[segment],
    root,
  );

function originalPathOf(root: unknown, path: Path, originalIndexes: WeakMap<object, number[]>): Path {
  let value: unknown = root;
  return path.map((segment) => {
    const indexes = Array.isArray(value) ? originalIndexes.get(value) : undefined;
    value = (value as Record<string | number, unknown> | null | undefined)?.[segment];
    return typeof segment === 'number' ? (indexes?.[segment] ?? segment) : segment;
  });
}
