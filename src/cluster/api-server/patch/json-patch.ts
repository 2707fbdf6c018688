import type { JsonPatchOperation } from '../../../kube/api.js';
import { copyOf, isEqual, isRecord } from '../json.js';

/** An operation that does not hold, or that names what is not there. */
export class PatchFailed extends Error {}

/** A document that is no JSON patch. */
export class NotAPatch extends Error {}

/** RFC 6902. The document is not changed. */
export function jsonPatch(document: unknown, operations: unknown): unknown {
  let result = copyOf(document);
  for (const operation of operationsOf(operations)) result = applied(result, operation);
  return result;
}

function operationsOf(value: unknown): readonly JsonPatchOperation[] {
  if (!Array.isArray(value)) throw new NotAPatch('a JSON patch is a list of operations');
  for (const [index, one] of (value as unknown[]).entries()) {
    const { op, path, from } = isRecord(one) ? one : {};
    const isOne = ['add', 'remove', 'replace', 'move', 'copy', 'test'].includes(op as string);
    const needsFrom = op === 'move' || op === 'copy';
    if (!isOne || typeof path !== 'string' || (needsFrom && typeof from !== 'string'))
      throw new NotAPatch(`operation ${index} is none of RFC 6902`);
  }
  return value as readonly JsonPatchOperation[];
}

function applied(document: unknown, operation: JsonPatchOperation): unknown {
  switch (operation.op) {
    case 'add':
      return add(document, stepsOf(operation.path), copyOf(operation.value));
    case 'remove':
      return remove(document, stepsOf(operation.path));
    case 'replace': {
      return replace(document, stepsOf(operation.path), copyOf(operation.value));
    }
    case 'test': {
      const found = readOr(document, stepsOf(operation.path), null);
      if (!isEqual(found, operation.value ?? null)) throw new PatchFailed(`testing path ${operation.path} failed`);
      return document;
    }
    case 'move': {
      const from = stepsOf(operation.from);
      const value = read(document, from);
      return add(remove(document, from), stepsOf(operation.path), value);
    }
    case 'copy':
      return add(document, stepsOf(operation.path), copyOf(read(document, stepsOf(operation.from))));
  }
}

/** RFC 6901. */
function stepsOf(pointer: string): string[] {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) throw new PatchFailed(`${pointer} is no JSON pointer`);
  return pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function read(document: unknown, steps: readonly string[]): unknown {
  const found = readOr(document, steps, undefined);
  if (found === undefined) throw missing(steps);
  return found;
}

function readOr(document: unknown, steps: readonly string[], otherwise: unknown): unknown {
  let here = document;
  for (const step of steps) {
    if (Array.isArray(here)) here = (here as unknown[])[indexOf(step, here.length - 1)];
    else if (isRecord(here) && Object.hasOwn(here, step)) here = here[step];
    else return otherwise;
  }
  return here;
}

function add(document: unknown, steps: readonly string[], value: unknown): unknown {
  const last = steps.at(-1);
  if (last === undefined) return value;
  const holder = read(document, steps.slice(0, -1));
  if (Array.isArray(holder)) holder.splice(last === '-' ? holder.length : indexOf(last, holder.length), 0, value);
  else if (isRecord(holder)) put(holder, last, value);
  else throw missing(steps);
  return document;
}

/** As the server's library has it, a field that is not there is replaced as well. */
function replace(document: unknown, steps: readonly string[], value: unknown): unknown {
  const last = steps.at(-1);
  if (last === undefined) return value;
  const holder = read(document, steps.slice(0, -1));
  if (Array.isArray(holder)) holder[indexOf(last, holder.length - 1)] = value;
  else if (isRecord(holder)) put(holder, last, value);
  else throw missing(steps);
  return document;
}

function remove(document: unknown, steps: readonly string[]): unknown {
  const last = steps.at(-1);
  if (last === undefined) return null;
  const holder = read(document, steps.slice(0, -1));
  if (Array.isArray(holder)) holder.splice(indexOf(last, holder.length - 1), 1);
  else if (isRecord(holder) && Object.hasOwn(holder, last)) delete holder[last];
  else throw missing(steps);
  return document;
}

/** As a field of the object itself, whatever its name. */
function put(holder: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true });
}

function indexOf(step: string, most: number): number {
  const index = /^(0|[1-9]\d*)$/.test(step) ? Number(step) : NaN;
  if (!(index <= most)) throw new PatchFailed(`invalid index ${step}`);
  return index;
}

function missing(steps: readonly string[]): PatchFailed {
  return new PatchFailed(`path does not exist: /${steps.join('/')}`);
}
