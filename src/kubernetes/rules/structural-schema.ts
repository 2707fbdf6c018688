import type { Fields } from '../fields.js';
import { isRecord } from '../structure.js';

const types = ['object', 'array', 'string', 'integer', 'number', 'boolean'];
/** JSON Schema that the API server does not take in a CRD. */
const forbidden = [
  '$ref',
  '$schema',
  '$schema',
  'definitions',
  'dependencies',
  'deprecated',
  'discriminator',
  'id',
  'patternProperties',
  'readOnly',
  'writeOnly',
  'xml',
  'additionalItems',
];
/** Inside of allOf, anyOf, oneOf and not a schema may only restrict, not describe. */
const notInside = [
  'type',
  'description',
  'default',
  'title',
  'nullable',
  'additionalProperties',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-int-or-string',
  'x-kubernetes-embedded-resource',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-map-type',
  'x-kubernetes-validations',
];

/**
 * The schema of a custom resource must be structural: a type at every place, so that unknown fields can be pruned.
 * Source: k8s.io/apiextensions-apiserver/pkg/apiserver/schema/validation.go. Expressions in x-kubernetes-validations are not compiled here.
 */
export function checkStructuralSchema(schema: Fields, { root = false } = {}): void {
  const type = schema.text('type');
  const anything = schema.isTrue('x-kubernetes-int-or-string') || schema.isTrue('x-kubernetes-preserve-unknown-fields');
  if (type === '') {
    if (root) schema.wrong('type', 'is missing: the schema of a kind begins with type: object');
    else if (!anything) schema.wrong('type', 'is missing: every part of the schema needs a type');
  } else if (!types.includes(type)) schema.wrong('type', `"${type}" is not a type: use one of ${types.join(', ')}`);
  else if (root && type !== 'object') schema.wrong('type', 'must be object for the whole of a kind');

  for (const name of forbidden)
    if (schema.has(name)) schema.wrong(name, 'is not supported in the schema of a custom resource: remove it');
  if (schema.isTrue('uniqueItems')) schema.wrong('uniqueItems', 'is not supported: use x-kubernetes-list-type: set');
  for (const rule of schema.objects('x-kubernetes-validations')) rule.required('rule', 'write the condition in CEL');
  checkParts(schema, type);
  checkListType(schema, type);
  if (schema.value('x-kubernetes-preserve-unknown-fields') === false) {
    schema.wrong('x-kubernetes-preserve-unknown-fields', 'must be true, or left out');
  }
  for (const name of ['allOf', 'anyOf', 'oneOf']) {
    const allowType = name === 'anyOf' && isIntOrString(schema);
    for (const part of schema.objects(name)) checkRestriction(part, { allowType });
  }
  const not = schema.object('not');
  if (not) checkRestriction(not, { allowType: false });
}

function checkParts(schema: Fields, type: string): void {
  const additional = schema.value('additionalProperties');
  for (const name of schema.keys('properties')) {
    checkStructuralSchema(schema.entryObject('properties', name));
  }
  if (schema.has('properties') && schema.has('additionalProperties'))
    schema.wrong('additionalProperties', 'may not stand beside properties');
  else if (additional === false)
    schema.wrong('additionalProperties', 'may not be false: unknown fields are pruned anyway');
  else if (isRecord(additional)) checkStructuralSchema(schema.objectOrEmpty('additionalProperties'));
  if (isRecord(schema.value('items'))) checkStructuralSchema(schema.objectOrEmpty('items'));
  else if (type === 'array') schema.wrong('items', 'is missing: type array needs the schema of its elements');
}

/** The one place where types may stand within anyOf, and only in this order. */
function isIntOrString(schema: Fields): boolean {
  const parts = schema.objects('anyOf').map((part) => (part.keysGiven().length === 1 ? part.text('type') : ''));
  return (
    schema.isTrue('x-kubernetes-int-or-string') && parts.length === 2 && parts[0] === 'integer' && parts[1] === 'string'
  );
}

function checkListType(schema: Fields, type: string): void {
  const mapType = schema.text('x-kubernetes-map-type');
  if (mapType !== '' && type !== 'object') schema.wrong('type', 'must be object with x-kubernetes-map-type');
  if (mapType !== '' && !['atomic', 'granular'].includes(mapType))
    schema.wrong('x-kubernetes-map-type', 'must be atomic or granular');
  const listType = schema.text('x-kubernetes-list-type');
  const keys = schema.texts('x-kubernetes-list-map-keys');
  if (listType !== '') {
    if (!['atomic', 'set', 'map'].includes(listType))
      schema.wrong('x-kubernetes-list-type', 'must be atomic, set or map');
    else if (type !== 'array') schema.wrong('type', 'must be array with x-kubernetes-list-type');
  }
  if (listType === 'map' && keys.length === 0)
    schema.wrong('x-kubernetes-list-map-keys', 'is missing: list-type map needs the fields that tell elements apart');
  if (listType !== 'map' && keys.length > 0)
    schema.wrong('x-kubernetes-list-type', 'must be map with x-kubernetes-list-map-keys');
  const items = schema.object('items');
  if (!items || listType !== 'map') return;
  const properties = items.keys('properties');
  const required = items.texts('required');
  if (new Set(keys).size < keys.length) schema.wrong('x-kubernetes-list-map-keys', 'names a field twice');
  for (const [index, key] of keys.entries()) {
    const property = items.object('properties')?.object(key);
    if (!properties.includes(key))
      schema.wrongElement('x-kubernetes-list-map-keys', index, `"${key}" is not a property of the elements`);
    else if (!required.includes(key) && !property?.has('default')) {
      items.wrong('required', `must hold "${key}", which tells elements apart, or that property must have a default`);
    }
  }
}

function checkRestriction(schema: Fields, { allowType }: { readonly allowType: boolean }): void {
  for (const name of forbidden)
    if (schema.has(name)) schema.wrong(name, 'is not supported in the schema of a custom resource: remove it');
  for (const name of notInside) {
    if (schema.has(name) && schema.value(name) !== false && !(allowType && name === 'type'))
      schema.wrong(name, 'may not stand within allOf, anyOf, oneOf or not: say it outside');
  }
  for (const name of schema.keys('properties'))
    checkRestriction(schema.entryObject('properties', name), { allowType: false });
  if (isRecord(schema.value('items'))) checkRestriction(schema.objectOrEmpty('items'), { allowType: false });
  for (const name of ['allOf', 'anyOf', 'oneOf'])
    for (const part of schema.objects(name)) checkRestriction(part, { allowType });
}
