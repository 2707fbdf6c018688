import { Ajv } from 'ajv';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readYaml, root } from './repository.js';
import { structuralBreaches, type CrdSchema } from './structural.js';

interface Crd {
  metadata: { name: string };
  spec: {
    group: string;
    scope: string;
    names: { kind: string; listKind: string; plural: string; singular: string };
    versions: {
      name: string;
      served: boolean;
      storage: boolean;
      subresources: Record<string, unknown>;
      additionalPrinterColumns?: { name: string; jsonPath: string; type: string }[];
      schema: { openAPIV3Schema: CrdSchema };
    }[];
  };
}

const crd = (file: string) => readYaml<Crd>(`src/api/generated/crds/${file}.yaml`);
const schemaOf = (file: string) => crd(file).spec.versions[0]!.schema.openAPIV3Schema;
const FILES = ['game-deployment', 'game-stateful-set', 'game-zone', 'hook-run', 'hook-template'];

test.each(FILES)('%s is a structural schema', (file) => {
  expect(structuralBreaches(schemaOf(file))).toEqual([]);
});

test.each<[string, CrdSchema]>([
  ['root: has no type', {}],
  ['root: $ref is not a keyword of a CRD', { type: 'object', $ref: '#/x' }],
  ['root: const is not a keyword of a CRD', { type: 'string', const: 'a' }],
  ['root: a type must be one text', { type: ['string', 'null'] as unknown as string }],
  ['root: additionalProperties: false', { type: 'object', additionalProperties: false }],
  ['a: has no type', { type: 'object', properties: { a: { minimum: 1 } } }],
  ['a: a list needs items', { type: 'object', properties: { a: { type: 'array' } } }],
  ['.anyOf[0]: type inside a junctor', { type: 'object', anyOf: [{ type: 'object' }] }],
  ['.oneOf[0]: a is not declared outside', { type: 'object', oneOf: [{ required: ['a'] }] }],
  [
    'root: the list map key k must be required or have a default',
    { type: 'array', items: { type: 'object' }, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'] },
  ],
  [
    'metadata: metadata may only have a type',
    { type: 'object', properties: { metadata: { type: 'object', properties: {} } } },
  ],
])('the structural check can fail: %s', (breach, schema) => {
  expect(structuralBreaches(schema)).toEqual([breach]);
});

const SCALE = {
  specReplicasPath: '.spec.replicas',
  statusReplicasPath: '.status.replicas',
  labelSelectorPath: '.status.labelSelector',
};
const int = (name: string, jsonPath: string) => ({ name, jsonPath, type: 'integer' });
const age = (name: string) => ({ name, jsonPath: '.metadata.creationTimestamp', type: 'date' });

test.each([
  {
    file: 'game-deployment',
    group: 'tkex.tencent.com',
    names: {
      kind: 'GameDeployment',
      listKind: 'GameDeploymentList',
      plural: 'gamedeployments',
      singular: 'gamedeployment',
    },
    subresources: { status: {}, scale: SCALE },
    columns: [
      int('DESIRED', '.spec.replicas'),
      int('UPDATED', '.status.updatedReplicas'),
      int('UPDATED_READY', '.status.updatedReadyReplicas'),
      int('READY', '.status.readyReplicas'),
      int('TOTAL', '.status.replicas'),
      age('Age'),
    ],
  },
  {
    file: 'game-stateful-set',
    group: 'tkex.tencent.com',
    names: {
      kind: 'GameStatefulSet',
      listKind: 'GameStatefulSetList',
      plural: 'gamestatefulsets',
      singular: 'gamestatefulset',
    },
    subresources: { status: {}, scale: SCALE },
    columns: [
      int('Replicas', '.spec.replicas'),
      int('Ready_Replicas', '.status.readyReplicas'),
      int('Current_Replicas', '.status.currentReplicas'),
      int('Updated_Replicas', '.status.updatedReplicas'),
      int('Updated_Ready_Replicas', '.status.updatedReadyReplicas'),
      age('Age'),
    ],
  },
  {
    file: 'hook-template',
    group: 'tkex.tencent.com',
    names: { kind: 'HookTemplate', listKind: 'HookTemplateList', plural: 'hooktemplates', singular: 'hooktemplate' },
    subresources: { status: {} },
    columns: undefined,
  },
  {
    file: 'hook-run',
    group: 'tkex.tencent.com',
    names: { kind: 'HookRun', listKind: 'HookRunList', plural: 'hookruns', singular: 'hookrun' },
    subresources: { status: {} },
    columns: [{ name: 'PHASE', jsonPath: '.status.phase', type: 'string' }, age('AGE')],
  },
  {
    file: 'game-zone',
    group: 'gamezone.dev',
    names: { kind: 'GameZone', listKind: 'GameZoneList', plural: 'gamezones', singular: 'gamezone' },
    subresources: { status: {} },
    columns: [age('Age')],
  },
])('$file is served under the names that its users know', ({ file, group, names, subresources, columns }) => {
  const { metadata, spec } = crd(file);
  const version = spec.versions[0]!;
  expect({ name: metadata.name, group: spec.group, scope: spec.scope, names: spec.names }).toEqual({
    name: `${names.plural}.${group}`,
    group,
    scope: 'Namespaced',
    names,
  });
  expect(spec.versions).toHaveLength(1);
  expect({ name: version.name, served: version.served, storage: version.storage }).toEqual({
    name: 'v1alpha1',
    served: true,
    storage: true,
  });
  expect(version.subresources).toEqual(subresources);
  expect(version.additionalPrinterColumns).toEqual(columns);
});

function defaults(schema: CrdSchema, path = ''): Record<string, unknown> {
  const children = Object.entries(schema.properties ?? {}).map(([name, child]) =>
    defaults(child, path === '' ? name : `${path}.${name}`),
  );
  const items = schema.items ? defaults(schema.items, `${path}[]`) : {};
  return Object.assign(
    {},
    schema.default === undefined ? {} : { [path]: schema.default },
    ...children,
    items,
  ) as Record<string, unknown>;
}

const COMMON_DEFAULTS = {
  'spec.replicas': 1,
  'spec.scaleStrategy.createBatch': '100%',
  'spec.updateStrategy.type': 'RollingUpdate',
  'spec.updateStrategy.paused': false,
  'spec.updateStrategy.inPlaceUpdateStrategy.gracePeriodSeconds': 0,
  'spec.updateStrategy.inPlaceUpdateStrategy.policy': 'DisOrdered',
  'spec.preDeleteUpdateStrategy.retry': false,
  'spec.preInplaceUpdateStrategy.retry': false,
  'spec.postInplaceUpdateStrategy.retry': false,
  'spec.revisionHistoryLimit': 10,
  'spec.disableReadinessGate': false,
};

test.each([
  [
    'game-deployment',
    {
      ...COMMON_DEFAULTS,
      'spec.minReadySeconds': 0,
      'spec.updateStrategy.maxUnavailable': '25%',
      'spec.updateStrategy.maxSurge': '25%',
    },
  ],
  [
    'game-stateful-set',
    {
      ...COMMON_DEFAULTS,
      'spec.podManagementPolicy': 'OrderedReady',
      'spec.updateStrategy.rollingUpdate.maxUnavailable': '25%',
      'spec.updateStrategy.rollingUpdate.maxSurge': 0,
    },
  ],
  ['hook-template', { 'spec.policy': 'Parallel' }],
  ['hook-run', { 'spec.policy': 'Parallel' }],
])('the API server fills in for %s what the seed system fills in, and nothing else', (file, expected) => {
  expect(defaults(schemaOf(file))).toEqual(expected);
});

describe('manifests of the seed system apply unchanged', () => {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  const accepted = Object.fromEntries(FILES.map((file) => [crd(file).spec.names.kind, ajv.compile(schemaOf(file))]));
  const manifests = readdirSync(join(root, 'test/api/manifests')).filter((file) => !file.includes('ours'));

  test.each(manifests)('%s', (file) => {
    const object = readYaml<{ kind: string }>(`test/api/manifests/${file}`);
    const accept = accepted[object.kind]!;
    accept(object);
    expect(accept.errors).toBeNull();
  });

  test.each<[string, unknown]>([
    ['a partition that is no percentage', { updateStrategy: { partition: 'half' } }],
    ['a negative partition', { updateStrategy: { partition: -1 } }],
    ['an unknown update type', { updateStrategy: { type: 'InPlaceUpdate' } }],
    ['a step without steps', { updateStrategy: { canary: {} } }],
    ['text for replicas', { replicas: '3' }],
  ])('but %s is refused', (_, spec) => {
    const accept = accepted.GameDeployment!;
    expect(accept({ spec: { selector: {}, template: {}, ...(spec as object) } })).toBe(false);
  });

  test.each<[string, unknown]>([
    ['combined canary steps', { updateStrategy: { canary: { steps: [{ partition: 1, pause: {} }] } } }],
    ['an empty in-place policy', { updateStrategy: { inPlaceUpdateStrategy: { policy: '' } } }],
    [
      'a hook argument without value',
      { preDeleteUpdateStrategy: { hook: { templateName: 'a', args: [{ name: 'b' }] } } },
    ],
    ['unknown fields', { serviceName: 'a', updateStrategy: { surprise: 1 } }],
  ])('and %s pass, which our own check refuses', (_, spec) => {
    expect(accepted.GameDeployment!({ spec: { selector: {}, template: {}, ...(spec as object) } })).toBe(true);
  });
});
