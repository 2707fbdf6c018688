/** Objects as the server holds them: plain JSON, never changed once stored. */
export type Json = Record<string, unknown>;

export { isRecord } from '../../kubernetes/structure.js';
import { isRecord } from '../../kubernetes/structure.js';

/** The object in a field, or an empty one. */
export function record(value: unknown): Json {
  return isRecord(value) ? value : {};
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The value at a place such as `spec`, `replicas`. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let here = value;
  for (const step of path) here = isRecord(here) ? here[step] : undefined;
  return here;
}

/** A copy in which one place is another; undefined takes it away. Objects on the way are made. */
export function withAt(value: Json, path: readonly string[], to: unknown): Json {
  const [step, ...rest] = path;
  if (step === undefined) return record(to);
  if (rest.length > 0) {
    const inner = value[step];
    return to === undefined && !isRecord(inner) ? value : { ...value, [step]: withAt(record(inner), rest, to) };
  }
  if (to !== undefined) return { ...value, [step]: to };
  const { [step]: _, ...others } = value;
  return others;
}

/** Whether two JSON values are the same; what is undefined is not there. The order of keys is none. */
export function isEqual(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (Array.isArray(one) || Array.isArray(other)) {
    if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false;
    return one.every((element, index) => isEqual(element, other[index]));
  }
  if (!isRecord(one) || !isRecord(other)) return false;
  for (const key in one) if (!isEqual(one[key], other[key])) return false;
  for (const key in other) if (other[key] !== undefined && one[key] === undefined) return false;
  return true;
}

/** A copy that may be changed. */
export function copyOf<T>(value: T): T {
  if (Array.isArray(value)) return value.map((element: unknown) => copyOf(element)) as T;
  if (!isRecord(value)) return value;
  const copy: Json = {};
  for (const key in value) if (value[key] !== undefined) copy[key] = copyOf(value[key]);
  return copy as T;
}

/** Freezes a whole value; a part that is frozen is taken to be frozen throughout. */
export function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const key in value) frozen(value[key]);
  return Object.freeze(value);
}
