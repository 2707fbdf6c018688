import { suggest } from '../api/suggest.js';
import type { ObjectShape, ScalarShape, Shape } from './facts.js';
import type { FieldPath, Problems } from './problem.js';
import { isQuantity } from './quantity.js';
import { Settled } from './settled.js';

const settled = new Settled<Shape>();

/** Unknown fields, types and enumerations: what the API server refuses while it still decodes. */
export function checkStructure(shape: Shape, value: unknown, path: FieldPath, problems: Problems): void {
  // Go decodes null as "not given" everywhere.
  if (value === null || value === undefined) return;
  switch (shape.kind) {
    case 'object':
      checkObjectShape(shape, value, path, problems);
      return;
    case 'list':
      if (!Array.isArray(value)) problems.add(path, `must be a list, not ${describe(value)}`, value);
      else checkElements(shape.of, value, path, problems);
      return;
    case 'map':
      if (!isRecord(value)) problems.add(path, `must be a map, not ${describe(value)}`, value);
      else checkEntries(shape.of, value, path, problems);
      return;
    default: {
      const wrong = scalarProblem(shape, value);
      if (wrong !== undefined) problems.add(path, wrong, value);
    }
  }
}

function checkObjectShape(shape: ObjectShape, value: unknown, path: FieldPath, problems: Problems): void {
  if (!isRecord(value)) {
    problems.add(path, `must be an object of type ${shape.shortName}, not ${describe(value)}`, value);
    return;
  }
  for (const name in value) {
    const field = value[name];
    if (field === undefined) continue;
    const of = shape.fields.get(name);
    if (of === undefined) problems.add(path.at(name), unknownField(shape, name), field);
    else if (field !== null) checkMember(of, field, path, name, problems);
  }
}

/** Fields that the schema calls required, at every depth. */
export function checkRequired(shape: Shape, value: unknown, path: FieldPath, problems: Problems): void {
  if (shape.kind === 'object' && isRecord(value)) {
    for (const name of shape.required) {
      // Go reads a list that is not given as an empty one; whether that will do is not in the schema.
      const missing = value[name] === undefined || value[name] === null;
      if (missing && shape.fields.get(name)?.kind !== 'list')
        problems.add(path.at(name), `is missing: ${shape.shortName} needs it`);
    }
    for (const name in value) {
      const of = shape.fields.get(name);
      if (of && of.kind !== 'string' && of.kind !== 'any') checkRequired(of, value[name], path.at(name), problems);
    }
  } else if (shape.kind === 'list' && Array.isArray(value)) {
    value.forEach((element, index) => checkRequired(shape.of, element, path.at(index), problems));
  } else if (shape.kind === 'map' && isRecord(value)) {
    for (const key in value) checkRequired(shape.of, value[key], path.key(key), problems);
  }
}

/** Places are made only for what holds other values, or is wrong. */
function checkMember(of: Shape, value: unknown, path: FieldPath, step: string | number, problems: Problems): void {
  if (of.kind === 'object' || of.kind === 'list' || of.kind === 'map') {
    if (settled.has(of, value)) return;
    const before = problems.found.length;
    checkStructure(of, value, path.at(step), problems);
    if (problems.found.length === before) settled.add(of, value);
    return;
  }
  const wrong = scalarProblem(of, value);
  if (wrong !== undefined) problems.add(path.at(step), wrong, value);
}

function checkElements(of: Shape, values: readonly unknown[], path: FieldPath, problems: Problems): void {
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (value !== null && value !== undefined) checkMember(of, value, path, index, problems);
  }
}

function checkEntries(of: Shape, values: Record<string, unknown>, path: FieldPath, problems: Problems): void {
  for (const key in values) {
    const value = values[key];
    if (value !== null && value !== undefined) checkMember(of, value, path, `[${key}]`, problems);
  }
}

export function scalarProblem(shape: ScalarShape, value: unknown): string | undefined {
  switch (shape.kind) {
    case 'string':
      if (typeof value !== 'string') return `must be a string, not ${describe(value)}${quoteHint(value)}`;
      // The empty string is "not given" for Go; whether that is allowed is a rule of the field.
      if (shape.values === undefined || value === '' || shape.values.includes(value)) return undefined;
      return oneOf(value, shape.values);
    case 'int32':
      return isWhole(value, 2 ** 31) ? undefined : `must be a whole number of 32 bits, not ${describe(value)}`;
    case 'int64':
      return isWhole(value, 2 ** 63) ? undefined : `must be a whole number, not ${describe(value)}`;
    case 'number':
      return typeof value === 'number' ? undefined : `must be a number, not ${describe(value)}`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `must be true or false, not ${describe(value)}`;
    case 'int-or-string':
      if (typeof value === 'string' || isWhole(value, 2 ** 31)) return undefined;
      return `must be a whole number or a string, not ${describe(value)}`;
    case 'quantity':
      return isQuantity(value) ? undefined : `must be a quantity such as 500m, 2 or 1Gi, not ${describe(value)}`;
    case 'byte':
      return isBase64(value)
        ? undefined
        : `must be base64, not ${typeof value === 'string' ? 'plain text' : describe(value)}`;
    case 'time':
      return isTime(value) ? undefined : `must be a time such as 2026-01-31T12:00:00Z, not ${describe(value)}`;
    case 'micro-time':
      if (isTime(value) && /:\d\d[.,]\d{6}(Z|[+-])/.test(value)) return undefined;
      return `must be a time with microseconds such as 2026-01-31T12:00:00.000000Z, not ${describe(value)}`;
    case 'any':
      return undefined;
  }
}

export function oneOf(value: string, values: readonly string[]): string {
  const near = suggest(value, values);
  const right = near === undefined ? `use one of ${values.join(', ')}` : `did you mean ${near}?`;
  return `${JSON.stringify(value)} is not allowed: ${right}`;
}

export function unknownField(shape: ObjectShape, name: string): string {
  const near = suggest(name, shape.fields.keys());
  if (near !== undefined) return `is not a field of ${shape.shortName}: did you mean ${near}?`;
  const known = [...shape.fields.keys()];
  const listed = known.length > 12 ? `${known.slice(0, 12).join(', ')}, ...` : known.join(', ');
  return `is not a field of ${shape.shortName}: remove it, or use one of ${listed || 'none, since it has no fields'}`;
}

function isWhole(value: unknown, bound: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= -bound && value < bound;
}

/** Go's decoder wants padding, skips line ends, and takes bytes as numbers too. */
function isBase64(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((byte) => isWhole(byte, 256) && byte >= 0);
  if (typeof value !== 'string') return false;
  const text = value.replace(/[\r\n]/g, '');
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}

function isTime(value: unknown): value is string {
  const form = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([.,]\d+)?(Z|[+-]\d\d:\d\d)$/;
  return typeof value === 'string' && form.test(value) && !Number.isNaN(Date.parse(value.replace(',', '.')));
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** YAML turns an unquoted 1.20 or yes into a number or a boolean: the usual cause of a value that is not a string. */
function quoteHint(value: unknown): string {
  return typeof value === 'number' || typeof value === 'boolean' ? `; write "${value}"` : '';
}

export function describe(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value.length > 40 ? 'a string' : `the string ${JSON.stringify(value)}`;
    case 'number':
      return `the number ${value}`;
    case 'boolean':
      return String(value);
    case 'object':
      return value === null ? 'nothing' : Array.isArray(value) ? 'a list' : 'an object';
    default:
      return 'nothing';
  }
}
