import { FieldPath } from '../../../kubernetes/problem.js';
import { copyOf, isRecord, type Json } from '../json.js';

/** The schema of a custom resource, structural as the API server demands. */
export type Schema = Json;

/** Drops what the schema does not know and tells where it stood; the value is changed. */
export function prune(
  schema: Schema,
  value: unknown,
  isRoot = true,
  path = FieldPath.root,
  unknown: string[] = [],
): string[] {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (isRecord(items))
      value.forEach((element: unknown, index) => void prune(items, element, false, path.at(index), unknown));
  } else if (isRecord(value)) pruneFields(schema, value, isRoot, path, unknown);
  return unknown;
}

function pruneFields(schema: Schema, value: Json, isRoot: boolean, path: FieldPath, unknown: string[]): void {
  const properties = isRecord(schema['properties']) ? schema['properties'] : {};
  const additional = schema['additionalProperties'];
  const keepsAll = schema['x-kubernetes-preserve-unknown-fields'] === true;
  const isObject = isRoot || schema['x-kubernetes-embedded-resource'] === true;
  for (const name of Object.keys(value)) {
    if (isObject && OBJECT_FIELDS.has(name)) continue;
    const of = Object.hasOwn(properties, name) ? properties[name] : additional;
    if (isRecord(of)) prune(of, value[name], false, path.at(name), unknown);
    else if (of !== true && !keepsAll) {
      unknown.push(path.at(name).toString());
      delete value[name];
    }
  }
}

const OBJECT_FIELDS: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

/** Drops nulls of fields that may not be null and have no default; the value is changed. */
export function dropNulls(schema: unknown, value: unknown): void {
  const of = isRecord(schema) ? schema : {};
  if (Array.isArray(value)) for (const element of value) dropNulls(of['items'], element);
  if (!isRecord(value)) return;
  for (const name of Object.keys(value)) {
    const field = fieldOf(of, name);
    const isWrong = value[name] === null && isRecord(field) && field['nullable'] !== true;
    if (isWrong && field['default'] === undefined) delete value[name];
    else dropNulls(field, value[name]);
  }
}

/** Calls back for each object within the value that is one of Kubernetes by itself. */
export function eachEmbedded(
  schema: unknown,
  value: unknown,
  visit: (object: Json, path: FieldPath) => void,
  path = FieldPath.root,
): void {
  if (!isRecord(schema)) return;
  if (Array.isArray(value))
    value.forEach((element: unknown, index) => eachEmbedded(schema['items'], element, visit, path.at(index)));
  if (!isRecord(value)) return;
  if (schema['x-kubernetes-embedded-resource'] === true) visit(value, path);
  for (const name in value) eachEmbedded(fieldOf(schema, name), value[name], visit, path.at(name));
}

function fieldOf(schema: Schema, name: string): unknown {
  const properties = isRecord(schema['properties']) ? schema['properties'] : {};
  return Object.hasOwn(properties, name) ? properties[name] : schema['additionalProperties'];
}

/** Fills in what the schema has defaults for; the value is changed. */
export function fillIn(schema: Schema, value: unknown): void {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (isRecord(items)) for (const element of value) fillIn(items, element);
    return;
  }
  if (!isRecord(value)) return;
  const properties = isRecord(schema['properties']) ? schema['properties'] : {};
  for (const [name, of] of Object.entries(properties)) {
    if (!isRecord(of)) continue;
    // A null where none may be is as good as nothing, if there is something to put in its place.
    if (value[name] === null && of['nullable'] !== true && of['default'] !== undefined) delete value[name];
    if (value[name] === undefined && of['default'] !== undefined) value[name] = copyOf(of['default']);
    if (value[name] !== undefined) fillIn(of, value[name]);
  }
  const additional = schema['additionalProperties'];
  if (isRecord(additional))
    for (const name in value) if (!Object.hasOwn(properties, name)) fillIn(additional, value[name]);
}
