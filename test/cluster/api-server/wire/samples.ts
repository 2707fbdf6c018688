const NAMES = { plural: 'samples', singular: 'sample', kind: 'Sample', listKind: 'SampleList', shortNames: ['smp'] };

const SPEC = {
  type: 'object',
  required: ['size'],
  'x-kubernetes-validations': [
    { rule: 'self.size <= self.limit', message: 'size is above the limit', fieldPath: '.size' },
    { rule: '!has(oldSelf.fixed) || (has(self.fixed) && self.fixed == oldSelf.fixed)', message: 'fixed stays' },
  ],
  properties: {
    size: { type: 'integer', minimum: 0, maximum: 100 },
    limit: { type: 'integer', format: 'int32', default: 50 },
    fixed: { type: 'string', maxLength: 8 },
    ratio: { type: 'number', exclusiveMinimum: true, minimum: 0 },
    step: { type: 'integer', multipleOf: 5 },
    mode: { type: 'string', enum: ['fast', 'slow'], default: 'slow' },
    text: { type: 'string', pattern: '^[a-z]+$', minLength: 2 },
    at: { type: 'string', format: 'date-time' },
    port: { 'x-kubernetes-int-or-string': true },
    share: { anyOf: [{ type: 'integer' }, { type: 'string' }], 'x-kubernetes-int-or-string': true },
    maybe: { type: 'string', nullable: true },
    filled: { type: 'string', nullable: true, default: 'full' },
    nested: {
      type: 'object',
      default: {},
      properties: { on: { type: 'boolean', default: true }, note: { type: 'string' } },
    },
    loose: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, properties: { known: { type: 'integer' } } },
    labels: { type: 'object', additionalProperties: { type: 'string' }, maxProperties: 3 },
    whole: {
      type: 'object',
      'x-kubernetes-map-type': 'atomic',
      properties: { a: { type: 'string' }, b: { type: 'string' } },
    },
    tags: { type: 'array', maxItems: 4, 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
    parts: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name', 'kind'],
      items: {
        type: 'object',
        required: ['name'],
        properties: {
          name: { type: 'string' },
          kind: { type: 'string', default: 'plain' },
          count: { type: 'integer' },
        },
      },
    },
    plain: { type: 'array', items: { type: 'integer' }, minItems: 1 },
    either: {
      type: 'object',
      properties: { one: { type: 'string' }, two: { type: 'string' } },
      oneOf: [{ required: ['one'] }, { required: ['two'] }],
    },
    embedded: {
      type: 'object',
      'x-kubernetes-embedded-resource': true,
      'x-kubernetes-preserve-unknown-fields': true,
    },
  },
};

/** A kind of objects whose schema has a bit of everything. */
export const SAMPLES = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'samples.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: NAMES,
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: SPEC,
              status: {
                type: 'object',
                properties: {
                  size: { type: 'integer' },
                  selector: { type: 'string' },
                  phase: { type: 'string', default: 'New' },
                  conditions: {
                    type: 'array',
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['type'],
                    items: {
                      type: 'object',
                      required: ['type', 'status'],
                      properties: { type: { type: 'string' }, status: { type: 'string' } },
                    },
                  },
                },
              },
            },
          },
        },
        subresources: {
          status: {},
          scale: {
            specReplicasPath: '.spec.size',
            statusReplicasPath: '.status.size',
            labelSelectorPath: '.status.selector',
          },
        },
        additionalPrinterColumns: [
          { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
          { name: 'Mode', type: 'string', jsonPath: '.spec.mode', priority: 1 },
          { name: 'Tags', type: 'string', jsonPath: '.spec.tags' },
          { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
          { name: 'Ratio', type: 'number', jsonPath: '.spec.ratio' },
          { name: 'On', type: 'boolean', jsonPath: '.spec.nested.on' },
          { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
        ],
      },
    ],
  },
};

export const sample = (name: string, spec: object, more: object = {}): object => ({
  apiVersion: 'example.com/v1',
  kind: 'Sample',
  metadata: { name },
  spec,
  ...more,
});
