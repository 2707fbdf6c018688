import type { ObjectShape, Shape } from '../../../kubernetes/facts.js';
import { formOf } from '../../../kubernetes/forms.js';
import type { Catalog } from '../catalog/catalog.js';
import type { ServedResource } from '../catalog/served-resource.js';
import { CustomType } from '../custom/custom-type.js';
import { record, type Json } from '../json.js';
import { noSuchPath } from '../refusal.js';

// As much of OpenAPI v3 as kubectl reads: `explain`, and whether the server checks fields. Kubernetes' own types have no descriptions.

/** Of `/openapi/v3` and what is below it; undefined for other paths. @throws Refusal 404 */
export function openApi(catalog: Catalog, path: string): object | undefined {
  const [start, version, ...place] = path.split('/').filter((part) => part !== '');
  if (start !== 'openapi' || version !== 'v3') return undefined;
  if (place.length === 0) {
    const paths = new Set(catalog.all().map(rootOf));
    return { paths: Object.fromEntries([...paths].map((one) => [one, { serverRelativeURL: `/openapi/v3/${one}` }])) };
  }
  const served = catalog.all().filter((resource) => rootOf(resource) === place.join('/'));
  if (served.length === 0) throw noSuchPath();
  return documentOf(served);
}

/** `api/v1`, `apis/apps/v1`. */
function rootOf({ group, version }: ServedResource): string {
  return group === '' ? `api/${version}` : `apis/${group}/${version}`;
}

function documentOf(served: readonly ServedResource[]): object {
  const schemas: Json = {};
  const paths: Json = {};
  for (const resource of served) {
    schemas[schemaName(resource)] = schemaOf(resource, schemas);
    const { namespaced, plural } = resource;
    const collection = `/${rootOf(resource)}${namespaced ? '/namespaces/{namespace}' : ''}/${plural}`;
    paths[`/${rootOf(resource)}/${plural}`] = pathItem(resource, ['get']);
    paths[collection] = pathItem(resource, ['get', 'post']);
    paths[`${collection}/{name}`] = pathItem(resource, ['get', 'put', 'patch', 'delete']);
  }
  return { openapi: '3.0.0', info: { title: 'Kubernetes', version: 'embedded' }, paths, components: { schemas } };
}

function pathItem(resource: ServedResource, methods: readonly string[]): Json {
  const { group, version, kind } = resource;
  const operation = (method: string): Json => ({
    'x-kubernetes-group-version-kind': { group, version, kind },
    'x-kubernetes-action': method,
    ...(method !== 'get' && method !== 'delete' && { parameters: WRITE_PARAMETERS }),
    responses: { 200: { description: 'OK' } },
  });
  return Object.fromEntries(methods.map((method) => [method, operation(method)]));
}

const WRITE_PARAMETERS = ['dryRun', 'fieldManager', 'fieldValidation'].map((name) => ({
  name,
  in: 'query',
  schema: { type: 'string' },
}));

function schemaName(resource: ServedResource): string {
  const { shape } = resource.type;
  if (shape) return shape.typeName;
  return [...resource.group.split('.').reverse(), resource.version, resource.kind].join('.');
}

function schemaOf(resource: ServedResource, schemas: Json): Json {
  const { group, version, kind, type } = resource;
  const named = { 'x-kubernetes-group-version-kind': [{ group, version, kind }] };
  if (type.shape) return { ...objectSchema(type.shape, schemas), ...named };
  const schema = type instanceof CustomType ? type.schema : {};
  const properties = {
    ...record(schema['properties']),
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: { type: 'object' },
  };
  return { ...schema, properties, ...named };
}

function objectSchema(shape: ObjectShape, schemas: Json): Json {
  const form = formOf(shape.typeName);
  const properties = [...shape.fields].map(([name, of]): [string, Json] => {
    const keys = shape.listKeys(name);
    const mergeKey = form.mergeKey(name);
    return [
      name,
      {
        ...schemaOfShape(of, schemas),
        ...(keys && { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': keys }),
        ...(mergeKey !== undefined && { 'x-kubernetes-patch-strategy': 'merge' }),
        ...(mergeKey && { 'x-kubernetes-patch-merge-key': mergeKey }),
      },
    ];
  });
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(shape.required.length > 0 && { required: shape.required }),
  };
}

function schemaOfShape(shape: Shape, schemas: Json): Json {
  switch (shape.kind) {
    case 'object':
      if (schemas[shape.typeName] === undefined) {
        // Types refer to themselves.
        schemas[shape.typeName] = {};
        schemas[shape.typeName] = objectSchema(shape, schemas);
      }
      return { allOf: [{ $ref: `#/components/schemas/${shape.typeName}` }] };
    case 'list':
      return { type: 'array', items: schemaOfShape(shape.of, schemas) };
    case 'map':
      return { type: 'object', additionalProperties: schemaOfShape(shape.of, schemas) };
    case 'int32':
    case 'int64':
      return { type: 'integer', format: shape.kind };
    case 'number':
    case 'boolean':
      return { type: shape.kind };
    case 'any':
      return { type: 'object' };
    case 'string':
      return { type: 'string', ...(shape.values && { enum: shape.values }) };
    case 'time':
    case 'micro-time':
      return { type: 'string', format: 'date-time' };
    case 'byte':
      return { type: 'string', format: 'byte' };
    case 'quantity':
    case 'int-or-string':
      return { oneOf: [{ type: 'string' }, { type: 'number' }] };
  }
}
