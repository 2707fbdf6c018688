import { builtInKind, type ObjectShape, type Shape } from '../../../kubernetes/facts.js';
import { protobufFields } from '../../../kubernetes/protobuf-numbers.js';
import type { Json } from '../json.js';
import { badRequest } from '../refusal.js';

// The protobuf form of Kubernetes' own objects, in which kubectl sends what it makes itself. Answers are JSON, which it takes as well.

const MAGIC = Buffer.from('k8s\0');
const DEEPEST = 64;

/** What such a body holds, as JSON. @throws Refusal 400 */
export function readProtobuf(body: Buffer): Json {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC)) throw badRequest('the body is no protobuf of Kubernetes');
  const envelope = fieldsOf(body.subarray(MAGIC.length));
  const type = fieldsOf(bytesAt(envelope, 1));
  const [apiVersion, kind] = [bytesAt(type, 1).toString(), bytesAt(type, 2).toString()];
  const known = builtInKind(apiVersion, kind);
  if (!known) throw badRequest(`no kind ${JSON.stringify(kind)} is known in ${JSON.stringify(apiVersion)}`);
  const object: Json = {};
  readInto(object, known.shape, bytesAt(envelope, 2), '', 0);
  return { ...object, apiVersion, kind };
}

interface Field {
  readonly number: number;
  /** Of a number; 0 for bytes. */
  readonly value: bigint;
  readonly bytes: Buffer;
}

const NOTHING = Buffer.alloc(0);

function readInto(object: Json, shape: ObjectShape, bytes: Buffer, prefix: string, depth: number): void {
  if (depth > DEEPEST) throw badRequest('the body is nested too deeply');
  const names = protobufFields(shape.typeName);
  for (const field of fieldsOf(bytes)) {
    const number = `${prefix}${field.number}`;
    const name = names[number];
    const of = name === undefined ? undefined : shape.fields.get(name);
    if (name !== undefined && of !== undefined) set(object, name, of, field, depth);
    // A struct that is embedded in the JSON form is one of its own here.
    else if (Object.keys(names).some((key) => key.startsWith(`${number}.`)))
      readInto(object, shape, field.bytes, `${number}.`, depth + 1);
  }
}

function set(object: Json, name: string, shape: Shape, field: Field, depth: number): void {
  if (shape.kind === 'list') {
    const list = (object[name] ??= []) as unknown[];
    list.push(valueOf(shape.of, field, depth));
  } else if (shape.kind === 'map') {
    const map = (object[name] ??= {}) as Json;
    const entry = fieldsOf(field.bytes);
    const value = entry.find(({ number }) => number === 2) ?? { number: 2, value: 0n, bytes: NOTHING };
    map[bytesAt(entry, 1).toString()] = valueOf(shape.of, value, depth);
  } else {
    const value = valueOf(shape, field, depth);
    if (value !== undefined) object[name] = value;
  }
}

function valueOf(shape: Shape, { value, bytes }: Field, depth: number): unknown {
  switch (shape.kind) {
    case 'object': {
      const object: Json = {};
      readInto(object, shape, bytes, '', depth + 1);
      return object;
    }
    case 'list':
      return fieldsOf(bytes).map((field) => valueOf(shape.of, field, depth + 1));
    case 'string':
      return bytes.toString();
    case 'byte':
      return bytes.toString('base64');
    case 'boolean':
      return value !== 0n;
    case 'int32':
    case 'int64':
      return Number(BigInt.asIntN(64, value));
    case 'number':
      return bytes.readDoubleLE();
    case 'quantity':
      return bytesAt(fieldsOf(bytes), 1).toString();
    case 'int-or-string': {
      const fields = fieldsOf(bytes);
      return numberAt(fields, 1) === 1 ? bytesAt(fields, 3).toString() : numberAt(fields, 2);
    }
    case 'time':
    case 'micro-time':
      return timeOf(fieldsOf(bytes), shape.kind === 'micro-time');
    case 'any':
    case 'map':
      return rawOf(bytesAt(fieldsOf(bytes), 1));
  }
}

/** Undefined for no time at all. */
function timeOf(fields: readonly Field[], withMicroseconds: boolean): string | undefined {
  if (fields.length === 0) return undefined;
  const seconds = new Date(numberAt(fields, 1) * 1000).toISOString().slice(0, 19);
  const micro = String(Math.floor(numberAt(fields, 2) / 1000)).padStart(6, '0');
  return withMicroseconds ? `${seconds}.${micro}Z` : `${seconds}Z`;
}

function rawOf(bytes: Buffer): unknown {
  try {
    return bytes.length === 0 ? undefined : JSON.parse(bytes.toString());
  } catch {
    throw badRequest('the body holds something raw that is no JSON');
  }
}

function bytesAt(fields: readonly Field[], number: number): Buffer {
  return fields.find((field) => field.number === number)?.bytes ?? NOTHING;
}

function numberAt(fields: readonly Field[], number: number): number {
  return Number(BigInt.asIntN(64, fields.find((field) => field.number === number)?.value ?? 0n));
}

/** The fields of a message. @throws Refusal 400 */
function fieldsOf(message: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = message[at++];
      if (byte === undefined) break;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw badRequest('the body is torn');
  };
  const take = (length: number): Buffer => {
    if (at + length > message.length) throw badRequest('the body is torn');
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.length) {
    const tag = Number(varint());
    const number = Math.floor(tag / 8);
    switch (tag % 8) {
      case 0:
        fields.push({ number, value: varint(), bytes: NOTHING });
        break;
      case 1:
        fields.push({ number, value: 0n, bytes: take(8) });
        break;
      case 2:
        fields.push({ number, value: 0n, bytes: take(Number(varint())) });
        break;
      case 5:
        fields.push({ number, value: 0n, bytes: take(4) });
        break;
      default:
        throw badRequest('the body holds a field of no known form');
    }
  }
  return fields;
}
