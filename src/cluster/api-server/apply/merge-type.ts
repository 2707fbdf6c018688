import type { Shape } from '../../../kubernetes/facts.js';
import { formOf } from '../../../kubernetes/forms.js';
import { isRecord, list, text, type Json } from '../json.js';

/** How values of a type are merged, and who can own what of them. */
export type MergeType =
  /** One owner: a plain value, or an atomic list or map. */
  | { readonly kind: 'leaf' }
  /** An owner for each field. */
  | {
      readonly kind: 'fields';
      readonly field: (name: string) => MergeType;
      readonly isNamed: (name: string) => boolean;
    }
  /** A list of plain values, an owner for each. */
  | { readonly kind: 'set' }
  /** A list of objects that are told apart by keys. */
  | { readonly kind: 'keyed'; readonly keys: readonly string[]; readonly defaults: Json; readonly element: MergeType }
  /** Of which no schema speaks: maps are merged, all else is not. */
  | { readonly kind: 'unknown' };

export const LEAF: MergeType = { kind: 'leaf' };
export const UNKNOWN: MergeType = { kind: 'unknown' };

const known = new WeakMap<object, MergeType>();

/** Of a type of Kubernetes. */
export function mergeTypeOf(shape: Shape): MergeType {
  const found = known.get(shape);
  if (found) return found;
  const type = typeOfShape(shape);
  known.set(shape, type);
  return type;
}

/** Keys that may be left out, with what they then are: the server fills them in later, or finds what has none wrong. */
function keyDefaults(element: Shape, keys: readonly string[]): Json {
  if (element.kind !== 'object') return {};
  const defaults = keys.flatMap((key): [string, unknown][] => {
    if (key === 'protocol') return [[key, 'TCP']];
    if (!element.required.includes(key)) return [];
    return [[key, element.fields.get(key)?.kind === 'string' ? '' : 0]];
  });
  return Object.fromEntries(defaults);
}

function typeOfShape(shape: Shape): MergeType {
  switch (shape.kind) {
    case 'map':
      return fieldsOf(
        () => mergeTypeOf(shape.of),
        () => false,
      );
    case 'any':
      return UNKNOWN;
    case 'object': {
      const form = formOf(shape.typeName);
      if (form.whole) return LEAF;
      const field = (name: string): MergeType => {
        const of = shape.fields.get(name);
        if (of === undefined) return UNKNOWN;
        if (form.atomic.has(name)) return LEAF;
        if (of.kind !== 'list') return mergeTypeOf(of);
        if (form.sets.has(name)) return { kind: 'set' };
        const keys = shape.listKeys(name);
        return keys ? keyed(keys, mergeTypeOf(of.of), keyDefaults(of.of, keys)) : LEAF;
      };
      return fieldsOf(remembering(field), (name) => shape.fields.has(name));
    }
    default:
      return LEAF;
  }
}

/** Of a schema of a CustomResourceDefinition. Source: k8s.io/apiextensions-apiserver, schema/... x-kubernetes-list-type. */
export function mergeTypeOfSchema(schema: unknown): MergeType {
  if (!isRecord(schema)) return UNKNOWN;
  const found = known.get(schema);
  if (found) return found;
  const type = typeOfSchema(schema);
  known.set(schema, type);
  return type;
}

function typeOfSchema(schema: Json): MergeType {
  const { properties, additionalProperties, items } = schema;
  switch (schema['type']) {
    case 'object': {
      if (schema['x-kubernetes-map-type'] === 'atomic') return LEAF;
      const named = isRecord(properties) ? properties : {};
      if (!isRecord(properties) && !isRecord(additionalProperties)) return UNKNOWN;
      const rest = isRecord(additionalProperties) ? mergeTypeOfSchema(additionalProperties) : UNKNOWN;
      return fieldsOf(
        remembering((name) => (Object.hasOwn(named, name) ? mergeTypeOfSchema(named[name]) : rest)),
        (name) => Object.hasOwn(named, name),
      );
    }
    case 'array': {
      const keys = list(schema['x-kubernetes-list-map-keys']).map(text);
      if (schema['x-kubernetes-list-type'] === 'set') return { kind: 'set' };
      if (schema['x-kubernetes-list-type'] !== 'map') return LEAF;
      const fields = isRecord(items) && isRecord(items['properties']) ? items['properties'] : {};
      const defaults: Json = {};
      for (const key of keys) {
        const field = fields[key];
        if (isRecord(field) && field['default'] !== undefined) defaults[key] = field['default'];
      }
      return keyed(keys, mergeTypeOfSchema(items), defaults);
    }
    case undefined:
      return schema['x-kubernetes-int-or-string'] === true ? LEAF : UNKNOWN;
    default:
      return LEAF;
  }
}

function fieldsOf(field: (name: string) => MergeType, isNamed: (name: string) => boolean): MergeType {
  return { kind: 'fields', field, isNamed };
}

function keyed(keys: readonly string[], element: MergeType, defaults: Json): MergeType {
  return { kind: 'keyed', keys, element, defaults };
}

function remembering(field: (name: string) => MergeType): (name: string) => MergeType {
  const types = new Map<string, MergeType>();
  return (name) => {
    const found = types.get(name) ?? field(name);
    types.set(name, found);
    return found;
  };
}

/** What a type is for this very value: of what no schema speaks, maps have fields. */
export function typeFor(type: MergeType, value: unknown): MergeType {
  if (type.kind !== 'unknown') return type;
  return isRecord(value) ? ANY_FIELDS : LEAF;
}

const ANY_FIELDS: MergeType = fieldsOf(
  () => UNKNOWN,
  () => false,
);

/** The step to an element of a list: `k:{"name":"app"}` or `v:"one"`. */
export function stepTo(type: MergeType, element: unknown): string {
  if (type.kind !== 'keyed') return `v:${JSON.stringify(element)}`;
  const object = isRecord(element) ? element : {};
  const keys = [...type.keys].sort().flatMap((key) => {
    const value = object[key] ?? type.defaults[key];
    return value === undefined || value === null ? [] : [[key, value] as const];
  });
  return `k:${JSON.stringify(Object.fromEntries(keys))}`;
}
