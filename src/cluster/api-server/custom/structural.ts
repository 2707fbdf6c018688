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

/** Fills in what the schema has defaults for, and drops nulls of fields that may not be null; the value is changed. */
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
