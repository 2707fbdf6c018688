import type { ObjectShape, ScalarShape, Shape } from '../../../kubernetes/facts.js';
import { formOf } from '../../../kubernetes/forms.js';
import { FieldPath } from '../../../kubernetes/problem.js';
import { describe, scalarProblem } from '../../../kubernetes/structure.js';
import { isRecord, type Json } from '../json.js';
import { canonicalQuantity } from './quantity.js';

/** A value that cannot be read as what its type says. */
export class DecodeError extends Error {}

/** Everything is of the type that the schema says, but a string is no base64, time or quantity. */
export class UnreadableText extends DecodeError {
  /** As of what is {@link Decoded}. */
  unknown: readonly string[] = [];
}

const TEXTS = ['byte', 'time', 'micro-time', 'quantity'];

export interface Decoded {
  readonly object: Json;
  /** Places of fields that the type does not have; they are not in the object. */
  readonly unknown: readonly string[];
}

/**
 * An object as the server would read and write it: fields that it does not know are gone, empty ones are there or not as its Go
 * structs say, quantities and times have their one form. Nothing of what was given is shared with it.
 *
 * @throws DecodeError
 */
export function decode(shape: ObjectShape, value: unknown): Decoded {
  const unknown: string[] = [];
  const decoder = new Decoder(unknown);
  const object = decoder.object(shape, value, FieldPath.root);
  if (decoder.unreadable === undefined) return { object, unknown };
  decoder.unreadable.unknown = unknown;
  throw decoder.unreadable;
}

class Decoder {
  /** The first one, which counts when nothing worse is found. */
  unreadable: UnreadableText | undefined;

  constructor(private readonly unknown: string[]) {}

  object(shape: ObjectShape, value: unknown, path: FieldPath): Json {
    if (!isRecord(value)) throw mistyped(shape.shortName, value, path);
    const { keep, given } = formOf(shape.typeName);
    const result: Json = {};
    for (const name in value)
      if (value[name] !== undefined && !shape.fields.has(name)) this.unknown.push(path.at(name).toString());
    for (const [name, of] of shape.fields) {
      const field = value[name];
      if (field === undefined || field === null) {
        if (keep.has(name)) result[name] = this.empty(of, path);
        continue;
      }
      const decoded = this.value(of, field, path.at(name));
      if (keep.has(name) || given.has(name) || !isEmpty(decoded)) result[name] = decoded;
    }
    return result;
  }

  private value(shape: Shape, value: unknown, path: FieldPath): unknown {
    switch (shape.kind) {
      case 'object':
        return this.object(shape, value, path);
      case 'list':
        if (!Array.isArray(value)) throw mistyped('list', value, path);
        return value.map((element, index) => this.element(shape.of, element, path.at(index)));
      case 'map': {
        if (!isRecord(value)) throw mistyped('map', value, path);
        const map: Json = {};
        for (const key in value) map[key] = this.element(shape.of, value[key], path.key(key));
        return map;
      }
      default:
        return this.scalar(shape, value, path);
    }
  }

  private scalar(shape: ScalarShape, value: unknown, path: FieldPath): unknown {
    try {
      return scalar(shape, value, path);
    } catch (error) {
      if (!(error instanceof UnreadableText)) throw error;
      this.unreadable ??= error;
      return value;
    }
  }

  private element(shape: Shape, value: unknown, path: FieldPath): unknown {
    return value === undefined || value === null ? this.empty(shape, path) : this.value(shape, value, path);
  }

  /** What Go writes for a field that nobody has set. */
  private empty(shape: Shape, path: FieldPath): unknown {
    switch (shape.kind) {
      case 'object':
        return this.object(shape, {}, path);
      case 'string':
        return '';
      case 'int32':
      case 'int64':
      case 'number':
      case 'int-or-string':
        return 0;
      case 'boolean':
        return false;
      case 'quantity':
        return '0';
      default:
        return null;
    }
  }
}

function scalar(shape: ScalarShape, value: unknown, path: FieldPath): unknown {
  const wrong =
    shape.kind === 'string' ? (typeof value === 'string' ? undefined : 'string') : scalarProblem(shape, value);
  if (wrong !== undefined) throw mistyped(shape.kind, value, path);
  switch (shape.kind) {
    case 'quantity':
      return canonicalQuantity(value as string | number);
    case 'time':
      return new Date(value as string).toISOString().replace(/\.\d+Z$/, 'Z');
    case 'any':
      return structuredClone(value);
    default:
      return value;
  }
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isRecord(value)) return Object.keys(value).length === 0;
  return value === '' || value === 0 || value === false;
}

function mistyped(type: string, value: unknown, path: FieldPath): DecodeError {
  const Kind = typeof value === 'string' && TEXTS.includes(type) ? UnreadableText : DecodeError;
  return new Kind(`cannot unmarshal ${describe(value)} into field ${path.toString()} of type ${type}`);
}
