/**
 * Paths at which two JSON values differ, in the order of the second, at most `most`. Absent, null and empty lists and maps are
 * the same, as for the API server.
 */
export function firstDifferences(from: unknown, to: unknown, path: string, most: number): string[] {
  if (most <= 0 || from === to || (isNothing(from, path) && isNothing(to, path))) return [];
  if (Array.isArray(from) && Array.isArray(to)) {
    if (from.length !== to.length && !named(from, to)) return [path];
    return collect(
      Array.from({ length: Math.max(from.length, to.length) }, (_, index) => index),
      most,
      (index, left) => firstDifferences(from[index], to[index], `${path}[${index}]`, left),
    );
  }
  if (isRecord(from) && isRecord(to)) {
    const keys = [...new Set([...Object.keys(to), ...Object.keys(from)])];
    return collect(keys, most, (key, left) => firstDifferences(from[key], to[key], `${path}.${key}`, left));
  }
  return [path];
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
const named = (from: readonly unknown[], to: readonly unknown[]): boolean =>
  [...from, ...to].every((element) => isRecord(element) && typeof element['name'] === 'string');

function isNothing(value: unknown, path: string): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  // An empty selector selects everything, an absent one nothing.
  return isRecord(value) && Object.keys(value).length === 0 && !/selector$/i.test(path);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
