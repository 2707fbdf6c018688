import { Environment } from '@marcbachmann/cel-js';
import { isRecord, list, text, type Json } from '../json.js';
import type { Schema } from './structural.js';

/** A condition of `x-kubernetes-validations`. */
export interface Rule {
  /** Whether it compares with the version before: then it says nothing about what is new. */
  readonly needsOld: boolean;
  readonly message: string;
  readonly reason: string;
  /** Below the value, such as `.replicas`; '' for the value itself. */
  readonly fieldPath: string;
  holds(self: unknown, old: unknown): boolean;
}

const environment = new Environment({ unlistedVariablesAreDyn: true });
const known = new WeakMap<object, readonly Rule[]>();

/** The rules of a schema, read once. A rule that this engine cannot read is refused with the definition. */
export function rulesOf(schema: Schema): readonly Rule[] {
  const found = known.get(schema);
  if (found) return found;
  const rules = list(schema['x-kubernetes-validations']).flatMap((one) => (isRecord(one) ? [ruleOf(schema, one)] : []));
  known.set(schema, rules);
  return rules;
}

function ruleOf(schema: Schema, { rule, message, reason, fieldPath }: Json): Rule {
  const condition = text(rule);
  const program = environment.parse(condition);
  return {
    needsOld: /\boldSelf\b/.test(condition),
    message: text(message) || `failed rule: ${condition}`,
    reason: text(reason) || 'FieldValueInvalid',
    fieldPath: text(fieldPath),
    holds: (self, old) => program({ self: asCel(schema, self), oldSelf: asCel(schema, old) }) === true,
  };
}

/** Whole numbers are another type than others there. */
function asCel(schema: unknown, value: unknown): unknown {
  const of = isRecord(schema) ? schema : {};
  if (typeof value === 'number') return of['type'] === 'integer' ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map((element: unknown) => asCel(of['items'], element));
  if (!isRecord(value)) return value;
  const properties = isRecord(of['properties']) ? of['properties'] : {};
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name,
      asCel(Object.hasOwn(properties, name) ? properties[name] : of['additionalProperties'], field),
    ]),
  );
}
