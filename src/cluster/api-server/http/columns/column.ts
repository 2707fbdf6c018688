import { at, list, record, text, type Json } from '../../json.js';
import { age } from '../age.js';

/** A column of `kubectl get`. */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  /** Above 0 only with `-o wide`. */
  readonly priority: number;
  readonly description?: string;
  cell(object: Json, now: number): unknown;
}

export const column = (
  name: string,
  cell: (object: Json, now: number) => unknown,
  priority = 0,
  type = 'string',
): Column => ({ name, type, priority, cell });

export const wide = (name: string, cell: (object: Json, now: number) => unknown): Column => column(name, cell, 1);

export const field = (name: string, path: string, priority = 0, otherwise: unknown = ''): Column =>
  column(name, (object) => at(object, ...path.split('.')) ?? otherwise, priority);

/** `type` is what the server calls it, which is not always what it is. */
export const number = (name: string, path: string, type = 'integer'): Column =>
  column(name, (object) => at(object, ...path.split('.')) ?? 0, 0, type);

export const NAME: Column = { ...field('Name', 'metadata.name'), format: 'name' };
export const AGE = column('Age', (object, now) => age(at(object, 'metadata', 'creationTimestamp'), now));

export function shownNumber(value: unknown): string {
  return typeof value === 'number' ? String(value) : '0';
}

/** A condition by its type, whatever its status. */
export function conditionOf(status: unknown, type: string): Json | undefined {
  return list(record(status)['conditions'])
    .map(record)
    .find((one) => one['type'] === type);
}

export function isTrue(status: unknown, type: string): boolean {
  return conditionOf(status, type)?.['status'] === 'True';
}

/** `app=game,zone=a`; `<none>` where nothing is. */
export function labelsText(labels: unknown): string {
  const all = Object.entries(record(labels)).map(([key, value]) => `${key}=${text(value)}`);
  return all.sort().join(',') || '<none>';
}
