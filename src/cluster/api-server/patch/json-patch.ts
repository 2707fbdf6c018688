import { copyOf, isEqual, isRecord, type Json } from '../json.js';

/** An operation that does not hold, or that names what is not there. */
export class PatchFailed extends Error {}

/** A document that is no JSON patch. */
export class NotAPatch extends Error {}

/**
 * RFC 6902, as the library of the API server reads it: a field that is not there is `null`, and what is before the first slash of a
 * path says nothing. The document is not changed. Source: gopkg.in/evanphx/json-patch.v4.
 *
 * @throws NotAPatch
 * @throws PatchFailed
 */
export function jsonPatch(document: unknown, operations: unknown): unknown {
  return operationsOf(operations).reduce<unknown>(applied, copyOf(document));
}

function operationsOf(value: unknown): readonly Json[] {
  if (!Array.isArray(value)) throw new NotAPatch('a JSON patch is a list of operations');
  for (const [index, one] of (value as unknown[]).entries()) {
    const isOne =
      isRecord(one) && ['op', 'path', 'from'].every((name) => /^(string|undefined)$/.test(typeof one[name]));
    if (!isOne) throw new NotAPatch(`operation ${index} is none of RFC 6902`);
  }
  return value as readonly Json[];
}

function applied(document: unknown, operation: Json): unknown {
  const path = pathOf(operation, 'path');
  switch (operation['op']) {
    case 'add':
      return add(document, path, valueOf(operation));
    case 'remove':
      remove(document, path);
      return document;
    case 'replace':
      return replace(document, path, valueOf(operation));
    case 'test':
      if (!isEqual(path === '' ? document : read(document, path), valueOf(operation)))
        throw new PatchFailed(`testing value ${path} failed`);
      return document;
    case 'move':
      return add(document, path, remove(document, pathOf(operation, 'from')));
    case 'copy':
      return add(document, path, copyOf(read(document, pathOf(operation, 'from'))));
    default:
      throw new PatchFailed(`Unexpected kind: ${JSON.stringify(operation['op'])}`);
  }
}

function pathOf(operation: Json, name: 'path' | 'from'): string {
  const path = operation[name];
  if (typeof path !== 'string') throw new PatchFailed(`operation missing ${name} field`);
  return path;
}

function valueOf({ value }: Json): unknown {
  return copyOf(value ?? null);
}

/** The map or list in which a path ends, and the last step. */
function holderOf(document: unknown, path: string): readonly [holder: unknown[] | Json, step: string] {
  const [, ...steps] = path.split('/').map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = steps.pop();
  if (last === undefined) throw missing(path);
  const holder = steps.reduce<unknown>(
    (here, step) => (Array.isArray(here) ? (here as unknown[])[indexOf(step, here.length)] : ownOf(here, step)),
    document,
  );
  if (!Array.isArray(holder) && !isRecord(holder)) throw missing(path);
  return [holder as unknown[] | Json, last];
}

function read(document: unknown, path: string): unknown {
  const [holder, step] = holderOf(document, path);
  const found = Array.isArray(holder) ? holder[indexOf(step, holder.length)] : ownOf(holder, step);
  return found ?? null;
}

function add(document: unknown, path: string, value: unknown): unknown {
  const [holder, step] = holderOf(document, path);
  if (Array.isArray(holder)) holder.splice(step === '-' ? holder.length : indexOf(step, holder.length + 1), 0, value);
  else put(holder, step, value);
  return document;
}

function replace(document: unknown, path: string, value: unknown): unknown {
  if (path === '') return value;
  const [holder, step] = holderOf(document, path);
  if (Array.isArray(holder)) holder[indexOf(step, holder.length)] = value;
  else put(holder, step, value);
  return document;
}

/** Gives what was there. */
function remove(document: unknown, path: string): unknown {
  const [holder, step] = holderOf(document, path);
  if (Array.isArray(holder)) return holder.splice(indexOf(step, holder.length), 1)[0];
  if (!Object.hasOwn(holder, step)) throw missing(path);
  const { [step]: found } = holder;
  delete holder[step];
  return found;
}

function ownOf(value: unknown, name: string): unknown {
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** As a field of the object itself, whatever its name. */
function put(holder: Json, name: string, value: unknown): void {
  Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true });
}

/** One of so many places, in numbers as Go reads them; negative ones count from the end. */
function indexOf(step: string, places: number): number {
  const number = /^[+-]?\d+$/.test(step) ? Number(step) : NaN;
  const index = number < 0 ? number + places : number;
  if (!(index >= 0 && index < places)) throw new PatchFailed(`invalid index ${step}`);
  return index;
}

function missing(path: string): PatchFailed {
  return new PatchFailed(`path does not exist: ${path}`);
}
