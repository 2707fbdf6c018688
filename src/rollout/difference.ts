import { formatPath, type Path } from '../api/problem.js';

/**
 * Paths at which two JSON values differ, as `spec.containers[0].env`, in the order of the second value, at most `most`. Absent,
 * null and empty lists and maps are the same, as for the API server; but an empty selector selects everything, an absent one
 * nothing.
 */
export function firstDifferences(from: unknown, to: unknown, path: Path, most: number): string[] {
  if (most <= 0 || from === to || (isNothing(from, path) && isNothing(to, path))) return [];
  if (Array.isArray(from) && Array.isArray(to)) {
    if (from.length !== to.length && !areNamed(from, to)) return [formatPath(path)];
    const indexes = Array.from({ length: Math.max(from.length, to.length) }, (_, index) => index);
    return collect(indexes, most, (index, left) => firstDifferences(from[index], to[index], [...path, index], left));
  }
  if (isRecord(from) && isRecord(to)) {
    const keys = [...new Set([...Object.keys(to), ...Object.keys(from)])];
    return collect(keys, most, (key, left) => firstDifferences(from[key], to[key], [...path, key], left));
  }
  return [formatPath(path)];
}

function collect<T>(parts: readonly T[], most: number, look: (part: T, left: number) => string[]): string[] {
  const found: string[] = [];
  for (const part of parts) {
    if (found.length >= most) break;
    found.push(...look(part, most - found.length));
  }
  return found;
}

/** Lists whose elements have names tell at which element they part. */
const areNamed = (from: readonly unknown[], to: readonly unknown[]): boolean =>
  [...from, ...to].every((element) => isRecord(element) && typeof element['name'] === 'string');

function isNothing(value: unknown, path: Path): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isRecord(value) && Object.keys(value).length === 0 && !isSelector(path.at(-1));
}

/** `labelSelector`, `namespaceSelector`, `selector`; a node selector is a plain map. */
const isSelector = (field: string | number | undefined): boolean =>
  typeof field === 'string' && /selector$/i.test(field) && field !== 'nodeSelector';

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
