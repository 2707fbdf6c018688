import fc from 'fast-check';
import { FieldSet, spelled } from '../../../src/cluster/api-server/apply/field-set.js';
import { merge } from '../../../src/cluster/api-server/apply/merge.js';
import { mergeTypeOf, mergeTypeOfSchema } from '../../../src/cluster/api-server/apply/merge-type.js';
import { applied, ownedByUpdate, type OwnedWrite } from '../../../src/cluster/api-server/apply/ownership.js';
import { fieldSetOf } from '../../../src/cluster/api-server/apply/value-set.js';
import type { Json } from '../../../src/cluster/api-server/json.js';
import { typeShape } from '../../../src/kubernetes/facts.js';

const POD = mergeTypeOf(typeShape('io.k8s.api.core.v1.Pod')!);
const KINDS = mergeTypeOf(typeShape('io.k8s.api.core.v1.PodSpec')!);

describe('what is applied is laid over what is there', () => {
  const a = { name: 'a', image: 'a:1' };
  const b = { name: 'b', image: 'b:1' };
  const c = { name: 'c', image: 'c:1' };
  test.each([
    ['fields', { nodeName: 'x' }, { hostname: 'y' }, { nodeName: 'x', hostname: 'y' }],
    ['elements by key', { containers: [a, b] }, { containers: [{ name: 'b', image: 'b:2' }] }, { containers: [a, { name: 'b', image: 'b:2' }] }],
    ['a new element goes last', { containers: [a] }, { containers: [b] }, { containers: [a, b] }],
    ['the order of both, as far as they agree', { containers: [a, c, b] }, { containers: [b, a] }, { containers: [c, b, a] }],
    ['the order of what is applied', { containers: [a, b] }, { containers: [b, a] }, { containers: [b, a] }],
    ['atomic lists as a whole', { tolerations: [{ key: 'a' }] }, { tolerations: [{ key: 'b' }] }, { tolerations: [{ key: 'b' }] }],
    ['atomic maps as a whole', { nodeSelector: { a: '1' } }, { nodeSelector: { b: '2' } }, { nodeSelector: { b: '2' } }],
  ])('%s', (_, live, configuration, wanted) => {
    expect(merge(KINDS, live, configuration)).toEqual(wanted);
  }); // prettier-ignore

  test('two elements of one key are refused', () => {
    expect(() => merge(KINDS, {}, { containers: [a, a] })).toThrow('duplicate entries for key {"name":"a"}');
  });

  test('an element without its key is refused', () => {
    const items = { type: 'object', properties: { name: { type: 'string' }, image: { type: 'string' } } };
    const parts = { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'], type: 'array', items };
    const type = mergeTypeOfSchema({ type: 'object', properties: { parts } });
    expect(() => merge(type, {}, { parts: [{ image: 'x' }] })).toThrow('omits the key field "name"');
  });

  test('a key that Kubernetes fills in may be left out: who checks the object finds it wrong', () => {
    expect(merge(KINDS, {}, { containers: [{ image: 'x' }] })).toEqual({ containers: [{ image: 'x' }] });
  });
});

test('a value owns its fields, its elements by their keys, and atomic things as a whole', () => {
  const pod = {
    metadata: { labels: { app: 'x' }, finalizers: ['example.com/a'] },
    spec: { containers: [{ name: 'app', ports: [{ containerPort: 80 }] }], tolerations: [], nodeSelector: { a: '1' } },
  };
  expect(fieldSetOf(POD, pod).write()).toEqual({
    'f:metadata': { 'f:labels': { 'f:app': {} }, 'f:finalizers': { 'v:"example.com/a"': {} } },
    'f:spec': {
      'f:containers': {
        'k:{"name":"app"}': {
          '.': {},
          'f:name': {},
          'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } },
        },
      },
      'f:nodeSelector': {},
      'f:tolerations': {},
    },
  });
});

test('lists of a custom resource are sets, maps or atomic as its schema says', () => {
  const type = mergeTypeOfSchema({
    type: 'object',
    properties: {
      set: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
      keyed: {
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['id'],
        items: { type: 'object', properties: { id: { type: 'string' }, of: { type: 'integer' } } },
      },
      atomic: { type: 'array', items: { type: 'string' } },
    },
  });
  const live = { set: ['a'], keyed: [{ id: '1', of: 1 }], atomic: ['a'] };
  const configuration = { set: ['b'], keyed: [{ id: '1', of: 2 }, { id: '2' }], atomic: ['b'] };
  expect(merge(type, live, configuration)).toEqual({
    set: ['a', 'b'],
    keyed: [{ id: '1', of: 2 }, { id: '2' }],
    atomic: ['b'],
  });
});

const write = (live: Json, name: string, operation: 'Apply' | 'Update' = 'Apply'): OwnedWrite => ({
  type: mergeTypeOf(typeShape('io.k8s.api.core.v1.ConfigMap')!),
  live,
  empty: {},
  manager: { name, operation, apiVersion: 'v1', subresource: '' },
  reset: FieldSet.empty,
  now: '2026-01-01T00:00:00Z',
});
const empty: Json = {};
const withUid = (object: Json): Json => ({ ...object, metadata: { ...(object['metadata'] as Json), uid: 'u' } });
const apply = (live: Json, name: string, data: Json, force = false): Json =>
  withUid(applied(write(live, name), { data }, force));

describe('owners', () => {
  test('who applies less takes away what nobody else wants', () => {
    const first = apply(empty, 'one', { a: '1', b: '1' });
    const both = apply(first, 'two', { b: '1' });
    expect(apply(both, 'one', { a: '1' })['data']).toEqual({ a: '1', b: '1' });
    expect(apply(apply(both, 'two', {}), 'one', {})['data'] ?? {}).toEqual({});
  });

  test('a field of another is a conflict that names it, unless forced', () => {
    const first = apply(empty, 'one', { a: '1' });
    expect(() => apply(first, 'two', { a: '2' })).toThrow('Apply failed with 1 conflict: conflict with "one": .data.a');
    expect(apply(first, 'two', { a: '2' }, true)['data']).toEqual({ a: '2' });
  });

  test('who changes a field owns it, and the one before no longer does', () => {
    const first = apply(empty, 'one', { a: '1', b: '1' });
    const next = withUid(ownedByUpdate(write(first, 'hand', 'Update'), { ...first, data: { a: '2', b: '1' } }));
    expect(() => apply(next, 'one', { a: '1', b: '1' })).toThrow('conflict with "hand" using v1: .data.a');
    expect(apply(next, 'one', { b: '1' })['data']).toEqual({ a: '2', b: '1' });
    const ownedBy = (name: string): unknown =>
      ((next['metadata'] as Json)['managedFields'] as Json[]).find(({ manager }) => manager === name)?.['fieldsV1'];
    expect(ownedBy('one')).toEqual({ 'f:data': { 'f:b': {} } });
    expect(ownedBy('hand')).toEqual({ 'f:data': { 'f:a': {} } });
  });
});

describe('of field sets', () => {
  const places = fc.array(
    fc.array(fc.constantFrom('f:a', 'f:b', 'k:{"name":"x"}', 'v:1'), { minLength: 1, maxLength: 3 }),
  );
  const setOf = (all: readonly (readonly string[])[]): FieldSet =>
    all.reduce((set, place) => set.union(FieldSet.at(place)), FieldSet.empty);
  const textsOf = (set: FieldSet): string[] => [...set.places()].map((place) => place.join(' ')).sort();
  const texts = (all: readonly (readonly string[])[]): string[] =>
    [...new Set(all.map((place) => place.join(' ')))].sort();

  test('union, intersection and difference are those of sets of places', () => {
    fc.assert(
      fc.property(places, places, (one, other) => {
        const [left, right] = [setOf(one), setOf(other)];
        const [a, b] = [texts(one), texts(other)];
        expect(textsOf(left.union(right))).toEqual([...new Set([...a, ...b])].sort());
        expect(textsOf(left.intersection(right))).toEqual(a.filter((place) => b.includes(place)));
        expect(textsOf(left.difference(right))).toEqual(a.filter((place) => !b.includes(place)));
      }),
    );
  });

  test('what is written is read again', () => {
    fc.assert(
      fc.property(places, (all) => {
        const set = setOf(all);
        expect(textsOf(FieldSet.read(set.write()))).toEqual(textsOf(set));
      }),
    );
  });
});

describe('of random configurations', () => {
  const data = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2'));

  test('applying twice is applying once', () => {
    fc.assert(
      fc.property(data, data, (one, two) => {
        const first = apply(apply(empty, 'one', one), 'two', two, true);
        const again = apply(first, 'two', two);
        expect(again).toEqual(first);
      }),
    );
  });

  test('after everybody applies nothing, nothing is left', () => {
    fc.assert(
      fc.property(data, data, (one, two) => {
        const both = apply(apply(empty, 'one', one), 'two', two, true);
        expect(apply(apply(both, 'one', {}, true), 'two', {}, true)['data'] ?? {}).toEqual({});
      }),
    );
  });

  test('what is applied is there', () => {
    fc.assert(
      fc.property(data, data, (one, two) => {
        expect(apply(apply(empty, 'one', one), 'two', two, true)['data'] ?? {}).toMatchObject(two);
      }),
    );
  });
});

test('a place reads as people write it', () => {
  expect(spelled(['f:spec', 'f:containers', 'k:{"name":"app"}', 'f:image'])).toBe('.spec.containers[name="app"].image');
  expect(spelled(['f:metadata', 'f:finalizers', 'v:"x"'])).toBe('.metadata.finalizers[="x"]');
});
