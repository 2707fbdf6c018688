/** A schema inside a CRD, as far as the rules below look. */
export interface CrdSchema {
  type?: string;
  properties?: Record<string, CrdSchema>;
  items?: CrdSchema;
  additionalProperties?: CrdSchema | boolean;
  anyOf?: CrdSchema[];
  default?: unknown;
  required?: string[];
  description?: string;
  'x-kubernetes-int-or-string'?: boolean;
  'x-kubernetes-preserve-unknown-fields'?: boolean;
  'x-kubernetes-list-type'?: string;
  'x-kubernetes-list-map-keys'?: string[];
  [keyword: string]: unknown;
}

const ALLOWED = new Set(
  `type format nullable default enum pattern minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength minItems maxItems
   minProperties maxProperties required description title properties items additionalProperties anyOf oneOf allOf not example externalDocs
   x-kubernetes-int-or-string x-kubernetes-preserve-unknown-fields x-kubernetes-embedded-resource x-kubernetes-list-type
   x-kubernetes-list-map-keys x-kubernetes-map-type x-kubernetes-validations`.split(/\s+/),
);
const ONLY_OUTSIDE = ['description', 'type', 'default', 'additionalProperties', 'nullable', 'title', 'format'];

/**
 * Breaches of the rules for structural schemas (Kubernetes documentation, "Specifying a structural schema"), and of what the
 * API server refuses besides.
 */
export function structuralBreaches(schema: CrdSchema, path = ''): string[] {
  const breaches: string[] = [];
  const breach = (text: string) => breaches.push(`${path || 'root'}: ${text}`);
  for (const keyword of Object.keys(schema)) if (!ALLOWED.has(keyword)) breach(`${keyword} is not a keyword of a CRD`);
  if (schema.type !== undefined && typeof schema.type !== 'string') breach('a type must be one text');
  const isFree =
    schema['x-kubernetes-int-or-string'] === true || schema['x-kubernetes-preserve-unknown-fields'] === true;
  if (schema.type === undefined && !isFree) breach('has no type');
  if (schema['x-kubernetes-int-or-string'] && schema.type !== undefined) breach('int-or-string excludes type');
  if (schema.additionalProperties === false) breach('additionalProperties: false');
  if (schema.properties && schema.additionalProperties)
    breach('properties and additionalProperties exclude each other');
  if (path.endsWith('metadata') && path.split('.').length === 1 && Object.keys(schema).some((key) => key !== 'type'))
    breach('metadata may only have a type');
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  if ((schema['x-kubernetes-list-type'] === 'map') !== keys.length > 0)
    breach('list type map and list map keys belong together');
  for (const key of keys) {
    const isThere = schema.items?.required?.includes(key) || schema.items?.properties?.[key]?.default !== undefined;
    if (!isThere) breach(`the list map key ${key} must be required or have a default`);
  }
  for (const keyword of ['anyOf', 'oneOf', 'allOf', 'not']) {
    const branches = [schema[keyword] ?? []].flat() as CrdSchema[];
    if (
      keyword === 'anyOf' &&
      schema['x-kubernetes-int-or-string'] &&
      JSON.stringify(branches) === '[{"type":"integer"},{"type":"string"}]'
    )
      continue;
    branches.forEach((branch, index) =>
      breaches.push(...junctorBreaches(branch, schema, `${path}.${keyword}[${index}]`)),
    );
  }
  if (Array.isArray(schema.items)) breach('items must be one schema');
  else if (schema.items) breaches.push(...structuralBreaches(schema.items, `${path}[]`));
  if (schema.type === 'array' && !schema.items) breach('a list needs items');
  for (const [name, child] of Object.entries(schema.properties ?? {}))
    breaches.push(...structuralBreaches(child, path === '' ? name : `${path}.${name}`));
  if (typeof schema.additionalProperties === 'object')
    breaches.push(...structuralBreaches(schema.additionalProperties, `${path}.*`));
  return breaches;
}

/** Inside a junctor nothing is declared, and nothing is mentioned that is not declared outside. */
function junctorBreaches(branch: CrdSchema, outside: CrdSchema, path: string): string[] {
  const declared = ONLY_OUTSIDE.filter((keyword) => branch[keyword] !== undefined).map(
    (keyword) => `${path}: ${keyword} inside a junctor`,
  );
  const unknown = [...Object.keys(branch.properties ?? {}), ...(branch.required ?? [])]
    .filter((name) => !outside.properties?.[name])
    .map((name) => `${path}: ${name} is not declared outside`);
  return [...declared, ...unknown];
}
