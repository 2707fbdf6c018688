import { jsonPatch, NotAPatch, PatchFailed } from '../../../src/cluster/api-server/patch/json-patch.js';
import { mergePatch } from '../../../src/cluster/api-server/patch/merge-patch.js';

test.each([
  ['add a field', { a: 1 }, [{ op: 'add', path: '/b', value: 2 }], { a: 1, b: 2 }],
  ['add into a list', { a: [1, 3] }, [{ op: 'add', path: '/a/1', value: 2 }], { a: [1, 2, 3] }],
  ['add to the end', { a: [1] }, [{ op: 'add', path: '/a/-', value: 2 }], { a: [1, 2] }],
  ['remove', { a: 1, b: 2 }, [{ op: 'remove', path: '/a' }], { b: 2 }],
  ['replace', { a: 1 }, [{ op: 'replace', path: '/a', value: 2 }], { a: 2 }],
  ['replace what is not there, as the server does', {}, [{ op: 'replace', path: '/a', value: 2 }], { a: 2 }],
  ['move', { a: { b: 1 } }, [{ op: 'move', from: '/a/b', path: '/c' }], { a: {}, c: 1 }],
  ['copy', { a: [1] }, [{ op: 'copy', from: '/a', path: '/b' }], { a: [1], b: [1] }],
  ['test and go on', { a: 1 }, [{ op: 'test', path: '/a', value: 1 }, { op: 'add', path: '/b', value: 1 }], { a: 1, b: 1 }],
  ['names with slashes and tildes', { 'a/b~': 1 }, [{ op: 'replace', path: '/a~1b~0', value: 2 }], { 'a/b~': 2 }],
  ['the whole', { a: 1 }, [{ op: 'replace', path: '', value: { b: 1 } }], { b: 1 }],
])('%s', (_, document, operations, wanted) => {
  const before = structuredClone(document);
  expect(jsonPatch(document, operations)).toEqual(wanted);
  expect(document).toEqual(before);
}); // prettier-ignore

test.each([
  ['a test that fails', [{ op: 'test', path: '/a', value: 2 }]],
  ['what is not there', [{ op: 'remove', path: '/b' }]],
  ['an index beyond the end', [{ op: 'add', path: '/l/3', value: 1 }]],
  ['an index that is none', [{ op: 'replace', path: '/l/x', value: 1 }]],
  ['an operation without a path', [{ op: 'add' }]],
  ['an operation that nobody knows', [{ op: 'nonsense', path: '/a' }]],
  ['a move from nowhere', [{ op: 'move', path: '/a' }]],
])('%s fails', (_, operations) => {
  expect(() => jsonPatch({ a: 1, l: [1] }, operations)).toThrow(PatchFailed);
});

test.each([[{}], [['add']], [[{ op: 1, path: '/a' }]], ['text']])('%j is no patch', (patch) => {
  expect(() => jsonPatch({ a: 1 }, patch)).toThrow(NotAPatch);
});

test('a name such as __proto__ is a field like any other', () => {
  const operations = JSON.parse('[{"op":"add","path":"/__proto__","value":{"polluted":true}}]') as unknown;
  const result = jsonPatch({}, operations) as object;
  expect(Object.hasOwn(result, '__proto__')).toBe(true);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

// RFC 7386, appendix A.
test.each([
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: 'b', c: null }, { a: 'b' }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
])('merge %j with %j', (target, patch, wanted) => {
  expect(mergePatch(target, patch)).toEqual(wanted);
});
