import { formatPath } from '../../src/api/problem.js';
import { findUnsupported, isUnsupported, type Unsupported } from '../../src/api/unsupported.js';
import { readYaml } from './repository.js';

const row = (field: string, rest: Partial<Unsupported> = {}): Unsupported => ({
  kind: 'GameZone',
  field,
  effect: 'warned',
  why: 'it is late',
  meanwhile: 'wait',
  ...rest,
});

test('an object of the seed system gets one warning for its kind', () => {
  const problems = findUnsupported('GameDeployment', readYaml('test/api/manifests/seed-game-deployment.yaml'));
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatchObject({
    path: ['kind'],
    severity: 'warning',
    message: expect.stringMatching(/^nothing acts on a GameDeployment yet: /) as string,
  });
});

test('fields that cannot work on native children are named one by one', () => {
  const problems = findUnsupported('GameStatefulSet', {
    spec: {
      reserveOrders: [1],
      scaleStrategy: { createBatch: 5 },
      updateStrategy: { rollingUpdate: { maxSurge: '10%' }, inPlaceUpdateStrategy: { policy: 'OrderedReady' } },
    },
  });
  expect(problems.map(({ path, message }) => `${formatPath(path)}: ${message}`)).toEqual([
    'spec.updateStrategy.rollingUpdate.maxSurge: `maxSurge` has no effect: a StatefulSet never has more pods than replicas',
    'spec.reserveOrders: `reserveOrders` has no effect: a StatefulSet numbers its pods without gaps',
    'spec.scaleStrategy.createBatch: `createBatch` has no effect: native children create all missing pods at once',
    'spec.updateStrategy.inPlaceUpdateStrategy.policy: `policy` has no effect: all containers of a pod are changed by one patch',
  ]);
});

test('values that ask for what happens anyway are no problem', () => {
  const spec = {
    reserveOrders: [],
    scaleStrategy: { createBatch: '100%' },
    updateStrategy: { rollingUpdate: { maxSurge: 0 }, inPlaceUpdateStrategy: { policy: 'DisOrdered' } },
  };
  expect(findUnsupported('GameStatefulSet', { spec })).toEqual([]);
});

test.each<[stops: Unsupported['stops'], message: string]>([
  [undefined, '`a` has no effect: it is late'],
  ['updates', '`a` stops every update: it is late'],
  ['creation', '`a` stops every update and every new pod: it is late'],
  ['pods', '`a` keeps pods with players as they are: it is late'],
])('what stops %s says so', (stops, message) => {
  const rows = [row('spec.a', stops === undefined ? {} : { stops })];
  expect(findUnsupported('GameZone', { spec: { a: 1 } }, rows)[0]?.message).toBe(message);
});

test('index injection is found among the annotations', () => {
  const annotations = {
    'tkex.bkbcs.tencent.com/gamedeployment-index-on': 'true',
    'tkex.bkbcs.tencent.com/gamedeployment-index-range': '{}',
  };
  const problems = findUnsupported('GameDeployment', { metadata: { annotations } });
  expect(problems.slice(1).map(({ path }) => path[2])).toEqual(Object.keys(annotations));
  expect(
    findUnsupported('GameDeployment', {
      metadata: { annotations: { ...annotations, 'tkex.bkbcs.tencent.com/gamedeployment-index-on': 'false' } },
    }),
  ).toHaveLength(2);
});

test('a refused field is an error, and only the first of its places is said', () => {
  const rows = [row('spec.list[].map.*.a', { effect: 'refused' }), row('spec.absent')];
  const object = { spec: { list: [{}, { map: { 'x/y': { b: 1 }, z: { a: 2 } } }, { map: { z: { a: 3 } } }] } };
  expect(findUnsupported('GameZone', object, rows)).toEqual([
    {
      path: ['spec', 'list', 1, 'map', 'z', 'a'],
      message: '`a` has no effect: it is late',
      hint: 'wait',
      severity: 'error',
    },
  ]);
});

test('whatever the object looks like, nothing is thrown', () => {
  for (const object of [undefined, null, 'text', [], { spec: null }, { spec: { updateStrategy: 'x' } }]) {
    expect(findUnsupported('GameStatefulSet', object)).toEqual([]);
  }
});

test.each([
  ['spec.a', true],
  ['spec.a.b', true],
  ['spec.a[]', true],
  ['spec.ab', false],
  ['spec', false],
])('a row for spec.a tells of %s: %s', (field, expected) => {
  expect(isUnsupported('GameZone', field, [row('spec.a')])).toBe(expected);
  expect(isUnsupported('HookRun', field, [row('spec.a')])).toBe(false);
});
