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
  readonly originalPath: (path: Path) => Path;
  /** What had to go, as places in the file. */
  readonly removed: readonly Path[];
  /** What the schema says within fields whose names were misspelt, as places in the file. */
  readonly problems: readonly Problem[];
}

/**
 * Takes out what the schema refuses, so that one run reports the other mistakes of a file too. A misspelt field gets the
 * name that was meant: taken out, it would be missed elsewhere. Undefined when nothing that could be checked is left.
 *
 * @param problemsOf what the schema says about a value
 */
export function prune(
  document: unknown,
  problemsOf: (value: unknown) => readonly Problem[],
): PrunedDocument | undefined {
  const names: OriginalNames = new WeakMap();
  const value = copy(document, names);
  for (const { path, value: standIn } of STAND_INS) setIfRefused(value, path, standIn, problemsOf);
  const original = (path: Path): Path => originalPathOf(value, path, names);
  const removed: Path[] = [];
  const renamed: Path[] = [];
  const problems: Problem[] = [];
  for (;;) {
    const errors = problemsOf(value).filter(({ severity }) => severity !== 'warning');
    if (errors.length === 0) break;
    problems.push(
      ...errors
        .map((problem) => ({ ...problem, path: original(problem.path) }))
        // What is missing now because it was taken out is no mistake of its own.
        .filter(({ path }) => !removed.some((gone) => startsWith(gone, path)))
        .filter(({ path }) => renamed.some((field) => field.length < path.length && startsWith(path, field))),
    );
    if (errors.some(({ path }) => path.length === 0)) return undefined;
    // Deepest and last first, so that the removal of one leaves the paths of the others valid.
    for (const { path, meant } of [...errors].sort((a, b) => deepestLastFirst(a.path, b.path))) {
      const place = original(path);
      if (meant !== undefined && rename(value, path, meant, names)) renamed.push(place);
      else {
        removed.push(place);
        remove(value, path, names);
      }
    }
  }
  return { value, originalPath: original, removed, problems };
}

/** Whether `path` is `start` or lies in it. */
export const startsWith = (path: Path, start: Path): boolean =>
  start.length <= path.length && start.every((segment, index) => segment === path[index]);

/** For each list, where its items stood; for each mapping, how the renamed fields were written. */
type OriginalNames = WeakMap<object, number[] | Map<string, string>>;

function copy(value: unknown, names: OriginalNames): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => copy(item, names));
    names.set(items, [...items.keys()]);
    return items;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, copy(part, names)]));
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
  if (!Object.hasOwn(holder, key) || refused) (holder as Record<string, unknown>)[key] = standIn;
}

function deepestLastFirst(a: Path, b: Path): number {
  if (a.length !== b.length) return b.length - a.length;
  const [lastA, lastB] = [a.at(-1), b.at(-1)];
  return typeof lastA === 'number' && typeof lastB === 'number' ? lastB - lastA : 0;
}

function remove(root: unknown, path: Path, names: OriginalNames): void {
  const holder = valueAt(root, path.slice(0, -1));
  const key = path.at(-1)!;
  if (Array.isArray(holder) && typeof key === 'number') {
    holder.splice(key, 1);
    const indexes = names.get(holder);
    if (Array.isArray(indexes)) indexes.splice(key, 1);
  } else if (typeof holder === 'object' && holder !== null) {
    delete (holder as Record<string, unknown>)[key];
  }
}

/** False when the field that was meant is there as well. */
function rename(root: unknown, path: Path, meant: string, names: OriginalNames): boolean {
  const holder = valueAt(root, path.slice(0, -1));
  const key = String(path.at(-1));
  if (typeof holder !== 'object' || holder === null || Object.hasOwn(holder, meant)) return false;
  const fields = holder as Record<string, unknown>;
  fields[meant] = fields[key];
  delete fields[key];
  const written = names.get(holder) ?? new Map<string, string>();
  if (!Array.isArray(written)) names.set(holder, written.set(meant, key));
  return true;
}

export const valueAt = (root: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (value, segment) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, segment)
        ? (value as Record<string | number, unknown>)[segment]
        : undefined,
    root,
  );

function originalPathOf(root: unknown, path: Path, names: OriginalNames): Path {
  let value: unknown = root;
  return path.map((segment) => {
    const written = typeof value === 'object' && value !== null ? names.get(value) : undefined;
    value = valueAt(value, [segment]);
    if (typeof segment === 'number') return Array.isArray(written) ? (written[segment] ?? segment) : segment;
    return written instanceof Map ? (written.get(segment) ?? segment) : segment;
  });
}
