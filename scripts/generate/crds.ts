import { stringify } from 'yaml';
import type { KindOnTheWire } from './kinds.js';
import { firstSentence, mapChildren, type Schema } from './schema.js';

/**
 * The CustomResourceDefinition of a kind. Unknown fields are pruned, not refused, so that manifests of the seed system with
 * a stray field apply unchanged; pod and claim templates keep everything (Kubernetes' own schema checks them at synth).
 */
export function customResourceDefinition(on: KindOnTheWire, wire: Schema): object {
  const { spec, status } = wire.properties ?? {};
  if (!spec) throw new Error(`${on.kind}.yaml has no property spec`);
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${on.plural}.${on.group}` },
    spec: {
      group: on.group,
      names: { kind: on.kind, listKind: `${on.kind}List`, plural: on.plural, singular: on.kind.toLowerCase() },
      scope: 'Namespaced',
      versions: [
        {
          name: on.version,
          served: true,
          storage: true,
          ...(on.columns.length > 0 && { additionalPrinterColumns: on.columns }),
          subresources: {
            status: {},
            ...(on.scale && {
              scale: {
                specReplicasPath: '.spec.replicas',
                statusReplicasPath: '.status.replicas',
                labelSelectorPath: '.status.labelSelector',
              },
            }),
          },
          schema: {
            openAPIV3Schema: {
              description: firstSentence(wire.description),
              type: 'object',
              required: ['spec'],
              properties: {
                apiVersion: { type: 'string' },
                kind: { type: 'string' },
                metadata: { type: 'object' },
                spec: structural(spec),
                status: status ? structural(status) : { type: 'object', ...PRESERVE },
              },
            },
          },
        },
      ],
    },
  };
}

export function toYaml(crd: object): string {
  return stringify(crd, { lineWidth: 0, aliasDuplicateObjects: false });
}

const PRESERVE = { 'x-kubernetes-preserve-unknown-fields': true } as const;

/** What a structural schema may say besides its subschemas, in the order in which it is written. */
const KEPT = [
  'type',
  'format',
  'nullable',
  'default',
  'enum',
  'pattern',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
  'required',
  'x-kubernetes-int-or-string',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-validations',
] as const;

function structural(schema: Schema): Schema {
  const description = firstSentence(schema.description);
  const about = description ? { description } : {};
  if (isIntOrString(schema)) return { ...about, ...intOrString(schema) };
  if (schema.type === undefined || Array.isArray(schema.type)) {
    return { ...about, ...pick(schema, ['default']), ...PRESERVE };
  }
  const kept = pick(schema, KEPT);
  if (kept.pattern !== undefined && !runsInGo(kept.pattern)) delete kept.pattern;
  const result: Schema = { ...about, ...kept };
  if (schema.not) result.not = junctor(schema.not);
  for (const key of ['anyOf', 'oneOf', 'allOf'] as const) if (schema[key]) result[key] = schema[key].map(junctor);
  if (schema.items) result.items = structural(schema.items);
  if (schema.properties) {
    const entries = Object.entries(schema.properties);
    if (entries.length > 0)
      result.properties = Object.fromEntries(entries.map(([name, child]) => [name, structural(child)]));
  } else if (typeof schema.additionalProperties === 'object') {
    result.additionalProperties = structural(schema.additionalProperties);
  } else if (schema.type === 'object' && schema.additionalProperties !== false) {
    Object.assign(result, PRESERVE);
  }
  return result;
}

/** Inside `anyOf`, `oneOf`, `allOf` and `not` a structural schema may restrict values, never declare types. */
function junctor(schema: Schema): Schema {
  return pick(mapChildren(schema, junctor), [
    'required',
    'properties',
    'enum',
    'pattern',
    'minimum',
    'maximum',
    'not',
    'anyOf',
    'oneOf',
    'allOf',
  ]);
}

function isIntOrString(schema: Schema): boolean {
  const types = schema.anyOf?.map((branch) => branch.type).sort();
  return types?.length === 2 && types[0] === 'integer' && types[1] === 'string';
}

/** Kubernetes allows exactly this `anyOf`; what the branches demand moves up, where it concerns only values of its type. */
function intOrString(schema: Schema): Schema {
  const demands: Schema = Object.assign(
    {},
    ...(schema.anyOf ?? []).map((branch) => pick(branch, ['minimum', 'maximum', 'pattern'])),
  );
  return {
    ...pick(schema, ['default']),
    ...demands,
    anyOf: [{ type: 'integer' }, { type: 'string' }],
    'x-kubernetes-int-or-string': true,
  };
}

/** Go's regular expressions know neither look-around nor back references. */
function runsInGo(pattern: string): boolean {
  return !/\(\?[=!<]|\\[1-9]/.test(pattern);
}

function pick(schema: Schema, keys: readonly string[]): Schema {
  const record = schema as Record<string, unknown>;
  return Object.fromEntries(keys.filter((key) => record[key] !== undefined).map((key) => [key, record[key]]));
}
