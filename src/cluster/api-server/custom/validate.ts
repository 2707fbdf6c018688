import type { FieldCause } from '../../../kube/error.js';
import { FieldPath } from '../../../kubernetes/problem.js';
import { isEqual, isRecord, list, text, type Json } from '../json.js';
import { stepTo, mergeTypeOfSchema } from '../apply/merge-type.js';
import { rulesOf } from './rules.js';
import type { Schema } from './structural.js';

/** What a custom resource does against its schema. Nulls of fields that are not nullable are wrong. */
export function validate(schema: Schema, value: unknown, old?: unknown, path = FieldPath.root): FieldCause[] {
  const causes: FieldCause[] = [];
  new Validation(causes).check(schema, value, old, path);
  return causes;
}

class Validation {
  constructor(private readonly causes: FieldCause[]) {}

  check(schema: Schema, value: unknown, old: unknown, path: FieldPath): void {
    if (value === null) {
      if (schema['nullable'] !== true && !isOpen(schema)) this.mistyped(schema, value, path);
      return;
    }
    if (!this.checkType(schema, value, path)) return;
    this.checkEnum(schema, value, path);
    if (typeof value === 'string') this.checkText(schema, value, path);
    if (typeof value === 'number') this.checkNumber(schema, value, path);
    if (Array.isArray(value)) this.checkList(schema, value, old, path);
    else if (isRecord(value)) this.checkFields(schema, value, old, path);
    this.checkAlternatives(schema, value, path);
    this.checkRules(schema, value, old, path);
  }

  private add(path: FieldPath, reason: string, message: string): void {
    this.causes.push({ reason, message, field: path.toString() || '<nil>' });
  }

  private wrong(path: FieldPath, value: unknown, why: string): void {
    this.add(path, 'FieldValueInvalid', `Invalid value: ${shown(value)}: ${path.toString()} in body ${why}`);
  }

  private mistyped(schema: Schema, value: unknown, path: FieldPath): void {
    const type = schema['x-kubernetes-int-or-string'] === true ? 'integer,string' : text(schema['type']);
    const told = `${path.toString()} in body must be of type ${type}: ${JSON.stringify(typeName(value))}`;
    this.add(path, 'FieldValueTypeInvalid', `Invalid value: ${JSON.stringify(typeName(value))}: ${told}`);
  }

  private checkType(schema: Schema, value: unknown, path: FieldPath): boolean {
    if (isOfType(schema, value)) return true;
    this.mistyped(schema, value, path);
    return false;
  }

  private checkEnum(schema: Schema, value: unknown, path: FieldPath): void {
    const { enum: values } = schema;
    if (!Array.isArray(values) || values.some((one) => isEqual(one, value))) return;
    const supported = values.map((one) => JSON.stringify(one)).join(', ');
    this.add(path, 'FieldValueNotSupported', `Unsupported value: ${shown(value)}: supported values: ${supported}`);
  }

  private checkText(schema: Schema, value: string, path: FieldPath): void {
    const { maxLength, minLength, pattern, format } = schema;
    const length = Array.from(value).length;
    if (typeof maxLength === 'number' && length > maxLength)
      this.add(path, 'FieldValueTooLong', `Too long: may not be more than ${maxLength} bytes`);
    if (typeof minLength === 'number' && length < minLength)
      this.wrong(path, value, `should be at least ${minLength} chars long`);
    if (typeof pattern === 'string' && !expression(pattern).test(value))
      this.wrong(path, value, `should match '${pattern}'`);
    if (typeof format === 'string' && FORMATS[format]?.(value) === false)
      this.wrong(path, value, `must be of type ${format}: ${shown(value)}`);
  }

  private checkNumber(schema: Schema, value: number, path: FieldPath): void {
    const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
    if (typeof minimum === 'number' && (exclusiveMinimum === true ? value <= minimum : value < minimum))
      this.wrong(path, value, `should be greater than ${exclusiveMinimum === true ? '' : 'or equal to '}${minimum}`);
    if (typeof maximum === 'number' && (exclusiveMaximum === true ? value >= maximum : value > maximum))
      this.wrong(path, value, `should be less than ${exclusiveMaximum === true ? '' : 'or equal to '}${maximum}`);
    if (typeof multipleOf === 'number' && value % multipleOf !== 0)
      this.wrong(path, value, `should be a multiple of ${multipleOf}`);
  }

  private checkList(schema: Schema, value: readonly unknown[], old: unknown, path: FieldPath): void {
    const { minItems, maxItems, items } = schema;
    if (typeof maxItems === 'number' && value.length > maxItems)
      this.add(path, 'FieldValueTooMany', `Too many: ${value.length}: must have at most ${maxItems} items`);
    if (typeof minItems === 'number' && value.length < minItems)
      this.wrong(path, value, `should have at least ${minItems} items`);
    const type = mergeTypeOfSchema(schema);
    const seen = new Set<string>();
    value.forEach((element, index) => {
      if (isRecord(items)) this.check(items, element, list(old)[index], path.at(index));
      if (type.kind !== 'set' && type.kind !== 'keyed') return;
      const step = stepTo(type, element);
      if (seen.has(step)) this.add(path.at(index), 'FieldValueDuplicate', `Duplicate value: ${step.slice(2)}`);
      seen.add(step);
    });
  }

  private checkFields(schema: Schema, value: Json, old: unknown, path: FieldPath): void {
    const { minProperties, maxProperties, required, additionalProperties } = schema;
    const properties = isRecord(schema['properties']) ? schema['properties'] : {};
    const before = isRecord(old) ? old : {};
    const names = Object.keys(value);
    if (typeof maxProperties === 'number' && names.length > maxProperties)
      this.add(path, 'FieldValueTooMany', `Too many: ${names.length}: must have at most ${maxProperties} items`);
    if (typeof minProperties === 'number' && names.length < minProperties)
      this.wrong(path, value, `should have at least ${minProperties} properties`);
    for (const name of list(required).map(text))
      if (value[name] === undefined) this.add(path.at(name), 'FieldValueRequired', 'Required value');
    for (const name of names) {
      const of = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
      if (isRecord(of)) this.check(of, value[name], before[name], path.at(name));
    }
  }

  private checkAlternatives(schema: Schema, value: unknown, path: FieldPath): void {
    const passes = (part: unknown): boolean => !isRecord(part) || validateLogic(part, value, path).length === 0;
    for (const part of list(schema['allOf'])) if (isRecord(part)) this.causes.push(...validateLogic(part, value, path));
    const any = list(schema['anyOf']);
    if (any.length > 0 && !any.some(passes)) this.wrong(path, value, 'must validate at least one schema (anyOf)');
    const one = list(schema['oneOf']);
    if (one.length > 0 && one.filter(passes).length !== 1)
      this.wrong(path, value, 'must validate one and only one schema (oneOf)');
    const { not } = schema;
    if (isRecord(not) && passes(not)) this.wrong(path, value, 'must not validate the schema (not)');
  }

  private checkRules(schema: Schema, value: unknown, old: unknown, path: FieldPath): void {
    for (const rule of rulesOf(schema)) {
      if (rule.needsOld && old === undefined) continue;
      const place = rule.fieldPath === '' ? path : path.at(rule.fieldPath.replace(/^\./, ''));
      if (!isTrue(() => rule.holds(value, old)))
        this.add(place, rule.reason, `Invalid value: ${shown(value)}: ${rule.message}`);
    }
  }
}

/** A rule that fails to run does not hold. */
function isTrue(run: () => boolean): boolean {
  try {
    return run();
  } catch {
    return false;
  }
}

function validateLogic(schema: Schema, value: unknown, path: FieldPath): FieldCause[] {
  return validate(schema, value, undefined, path);
}

function isOpen(schema: Schema): boolean {
  return schema['type'] === undefined && schema['x-kubernetes-int-or-string'] !== true;
}

function isOfType(schema: Schema, value: unknown): boolean {
  if (schema['x-kubernetes-int-or-string'] === true) return Number.isInteger(value) || typeof value === 'string';
  switch (schema['type']) {
    case 'object':
      return isRecord(value);
    case 'array':
      return Array.isArray(value);
    case 'string':
      return typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return typeof value === 'number';
    default:
      return true;
  }
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

/** Objects are not quoted in messages. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return '"array"';
  return isRecord(value) ? '"object"' : JSON.stringify(value);
}

const expressions = new Map<string, RegExp>();

function expression(pattern: string): RegExp {
  const known = expressions.get(pattern) ?? new RegExp(pattern, 'u');
  expressions.set(pattern, known);
  return known;
}

const FORMATS: Readonly<Record<string, (value: string) => boolean>> = {
  'date-time': (value) => !Number.isNaN(Date.parse(value)) && /^\d{4}-\d\d-\d\dT/.test(value),
  date: (value) => /^\d{4}-\d\d-\d\d$/.test(value),
  uuid: (value) => /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(value),
  byte: (value) => value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value),
};
