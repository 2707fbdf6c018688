import { checkAgainstSchema, compiledSchema } from '../../src/api/check.js';
import { checkWith } from '../../src/api/explain.js';
import { explain } from '../../src/api/explain.js';
import type { SchemaNode } from '../../src/api/compiled-schema.js';
import { cpuTime } from '../parts/cpu-time.js';

const SECRET = 'hunter2-do-not-print';

const zone = (gameZone: object, spec: object = {}) => ({
  apiVersion: 'gamezone.dev/v1alpha1',
  kind: 'GameZone',
  metadata: { name: 'zone1' },
  spec: { gameZone: { zoneId: 101, serviceConfig: [{ type: 'game', id: 1 }], ...gameZone }, ...spec },
});

describe('a secret is never in a problem', () => {
  const s3 = { url: 'http://a', path: 'b' };
  test.each<[string, unknown]>([
    ['where it has the wrong type', zone({ mysqlConfig: { ip: 'a', pwd: [SECRET] } })],
    ['where a misspelt field holds it', zone({ mysqlConfig: { ip: 'a', pasword: SECRET } })],
    ['where it stands in the place of what holds it', zone({ mysqlConfig: SECRET })],
    ['where it stands in the place of what holds that', zone({}, { artifacts: SECRET })],
    ['where a list holds it', zone({}, { artifacts: [SECRET] })],
    [
      'where it is an artifact key',
      zone({}, { artifacts: [{ path: '/a', s3: { ...s3, secretKey: { value: SECRET }, accesKey: SECRET } }] }),
    ],
  ])('%s', async (_, value) => {
    const problems = await checkAgainstSchema('GameZone', value);
    expect(problems).not.toEqual([]);
    expect(JSON.stringify(problems)).not.toContain(SECRET);
  });

  test('and a number in its place is not either', async () => {
    expect(await checkAgainstSchema('GameZone', zone({ mysqlConfig: { ip: 'a', pwd: 987654 } }))).toEqual([
      {
        path: ['spec', 'gameZone', 'mysqlConfig', 'pwd'],
        message: 'must be text, but is a number',
        hint: 'put it in quotes',
      },
    ]);
  });
});

test('a value that is no secret is in its problem as it was written', async () => {
  const [problem] = await checkAgainstSchema('GameZone', zone({ zoneId: 'abc' }));
  expect(problem?.value).toBe('abc');
});

test('a long text is cut in the message', async () => {
  const [problem] = await checkAgainstSchema('GameZone', zone({ zoneId: 'x'.repeat(1000) }));
  expect(problem!.message.length).toBeLessThan(120);
});

test('keys with slashes, tildes and digits come back as they were written', async () => {
  const value = zone({ serviceConfig: [{ type: 'game', overrides: { 'a/b~c': {}, 7: {} } }] });
  const problems = await checkAgainstSchema('GameZone', value);
  const overrides = ['spec', 'gameZone', 'serviceConfig', 0, 'overrides'];
  expect(problems.map((problem) => problem.path)).toEqual([
    [...overrides, '7'],
    [...overrides, 'a/b~c'],
  ]);
});

describe('what no schema of ours uses yet', () => {
  const at = { instancePath: '/a' };
  const schema: SchemaNode = { properties: { a: { oneOf: [{ required: ['b'] }, { required: ['c', 'd'] }] } } };
  const required = (branch: number, missingProperty: string) => ({
    ...at,
    schemaPath: `#/properties/a/oneOf/${branch}/required`,
    params: { missingProperty },
  });

  test('one of several fields is missing', () => {
    const complaints = [
      required(0, 'b'),
      required(1, 'c'),
      required(1, 'd'),
      { ...at, schemaPath: '#/properties/a/oneOf', params: { passingSchemas: null } },
    ];
    expect(explain(schema, complaints, { a: {} })).toEqual([
      { path: ['a'], message: '`b` or `c` with `d` is missing' },
    ]);
  });

  test('several fields of which one may be there', () => {
    const complaints = [{ ...at, schemaPath: '#/properties/a/oneOf', params: { passingSchemas: [0, 1] } }];
    expect(explain(schema, complaints, { a: { b: 1, c: 1, d: 1 } })).toEqual([
      { path: ['a'], message: '`b` and `c` with `d` exclude each other' },
    ]);
  });

  test('a field whose name has slashes and tildes', () => {
    const odd: SchemaNode = { properties: { 'a/b~c': { type: 'string' } } };
    const complaints = [{ instancePath: '/a~1b~0c', schemaPath: '#/properties/a~1b~0c/type' }];
    expect(explain(odd, complaints, { 'a/b~c': [] })).toEqual([
      { path: ['a/b~c'], message: 'must be text, but is a list' },
    ]);
  });

  test('a key of the wrong form', () => {
    const keys = { properties: { a: { propertyNames: { pattern: 'x', hint: 'x alone' } } } } as SchemaNode;
    const complaints = [
      { ...at, schemaPath: '#/properties/a/propertyNames/pattern', params: { propertyName: 'y' } },
      { ...at, schemaPath: '#/properties/a/propertyNames', params: { propertyName: 'y' } },
    ];
    expect(explain(keys, complaints, { a: { y: 1 } })).toEqual([
      { path: ['a', 'y'], message: '"y" has the wrong form', hint: 'use x alone', value: 'y' },
    ]);
  });
});

describe('size', () => {
  const best = (run: () => void) => Math.min(...Array.from({ length: 5 }, () => cpuTime(run)));

  test('ten times the services take about ten times the time', async () => {
    const compiled = await compiledSchema('GameZone');
    const env = Object.fromEntries(Array.from({ length: 5 }, (_, index) => [`NAME_${index}`, 'value']));
    const right = (count: number) =>
      zone({
        serviceConfig: Array.from({ length: count }, (_, id) => ({ type: 'game', id, image: 'a:1', args: ['a'], env })),
      });
    const [few, many] = [right(400), right(4000)];
    expect(checkWith(compiled, few)).toEqual([]);
    expect(best(() => checkWith(compiled, many)) / best(() => checkWith(compiled, few))).toBeLessThan(40);
  });

  test('twice the mistakes take about twice the time, not four times', async () => {
    const compiled = await compiledSchema('GameZone');
    const wrong = (count: number) =>
      zone({
        serviceConfig: Array.from({ length: count }, (_, id) => ({
          type: 'game',
          id,
          imgae: 'a:1',
          disruptionBudget: { maxUnavailable: 'x' },
        })),
      });
    const [few, many] = [wrong(1000), wrong(4000)];
    expect(checkWith(compiled, few)).toHaveLength(2000);
    expect(best(() => checkWith(compiled, many)) / best(() => checkWith(compiled, few))).toBeLessThan(10);
  });
});
