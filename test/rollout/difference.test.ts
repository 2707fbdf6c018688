import { describe, expect, test } from '@jest/globals';
import { firstDifferences } from '../../src/rollout/difference.js';

const differences = (from: unknown, to: unknown, most = 9) => firstDifferences(from, to, ['spec'], most);

describe('what is the same', () => {
  test.each<[what: string, from: unknown, to: unknown]>([
    ['the same', { a: [1, { b: 'c' }] }, { a: [1, { b: 'c' }] }],
    ['other order of keys', { a: 1, b: 2 }, { b: 2, a: 1 }],
    ['absent and null', { a: null }, {}],
    ['absent and an empty list', { a: [] }, {}],
    ['absent and an empty map', { emptyDir: {} }, {}],
    ['null and an empty map', { emptyDir: {} }, { emptyDir: null }],
    ['an empty nodeSelector and none', { nodeSelector: {} }, {}],
  ])('%s', (_, from, to) => {
    expect(differences(from, to)).toEqual([]);
    expect(differences(to, from)).toEqual([]);
  });
});

describe('what differs', () => {
  test.each<[what: string, from: unknown, to: unknown, paths: string[]]>([
    ['a value', { a: 1 }, { a: 2 }, ['spec.a']],
    ['a number and its text', { a: 1 }, { a: '1' }, ['spec.a']],
    ['false and absent', { a: false }, {}, ['spec.a']],
    ['zero and absent', { a: 0 }, {}, ['spec.a']],
    ['an empty text and absent', { a: '' }, {}, ['spec.a']],
    ['a key with a slash', { 'a/b': 1 }, {}, ['spec["a/b"]']],
    ['an empty selector and none', { namespaceSelector: {} }, {}, ['spec.namespaceSelector']],
    ['an element', { a: [1, 2] }, { a: [1, 3] }, ['spec.a[1]']],
    ['the length of a plain list', { a: [1] }, { a: [1, 2] }, ['spec.a']],
    [
      'an element more in a list with names',
      { a: [{ name: 'x' }] },
      { a: [{ name: 'x' }, { name: 'y' }] },
      ['spec.a[1]'],
    ],
    [
      'the order of a list with names',
      { a: [{ name: 'x' }, { name: 'y' }] },
      { a: [{ name: 'y' }, { name: 'x' }] },
      ['spec.a[0].name', 'spec.a[1].name'],
    ],
    ['a list and a map', { a: [1] }, { a: { 0: 1 } }, ['spec.a']],
    ['all of two', { a: 1, b: 1, c: 1 }, { b: 2, c: 1, d: 1 }, ['spec.b', 'spec.d', 'spec.a']],
  ])('%s', (_, from, to, paths) => {
    expect(differences(from, to)).toEqual(paths);
  });

  test('no more than asked for', () => {
    expect(differences({ a: [1, 2, 3], b: 1 }, { a: [4, 5, 6], b: 2 }, 2)).toEqual(['spec.a[0]', 'spec.a[1]']);
    expect(differences({ a: 1 }, { a: 2 }, 0)).toEqual([]);
  });
});
