import { expect, test } from '@jest/globals';
import { matches, selectorKeys, selectorText } from '../../../src/rollout/game-stateful-set/selector.js';

const selector = {
  matchLabels: { tier: 'game', app: 'zone' },
  matchExpressions: [
    { key: 'kind', operator: 'In' as const, values: ['a', 'b'] },
    { key: 'old', operator: 'DoesNotExist' as const },
    { key: 'id', operator: 'Exists' as const },
    { key: 'zone', operator: 'NotIn' as const, values: ['9'] },
  ],
};

test('as the API server reads it in a query', () => {
  expect(selectorText(selector)).toBe('app=zone,tier=game,kind in (a,b),!old,id,zone notin (9)');
  expect(selectorText({})).toBe('');
});

test('the labels that it speaks of', () => {
  expect([...selectorKeys(selector)]).toEqual(['tier', 'app', 'kind', 'old', 'id', 'zone']);
  expect(selectorKeys({}).size).toBe(0);
});

test.each([
  [{ tier: 'game', app: 'zone', kind: 'a', id: '1' }, true],
  [{ tier: 'game', app: 'zone', kind: 'b', id: '', zone: '8' }, true],
  [{ tier: 'game', app: 'other', kind: 'a', id: '1' }, false],
  [{ tier: 'game', app: 'zone', kind: 'c', id: '1' }, false],
  [{ tier: 'game', app: 'zone', id: '1' }, false],
  [{ tier: 'game', app: 'zone', kind: 'a' }, false],
  [{ tier: 'game', app: 'zone', kind: 'a', id: '1', old: '' }, false],
  [{ tier: 'game', app: 'zone', kind: 'a', id: '1', zone: '9' }, false],
])('labels %p: %p', (labels, fit) => expect(matches(selector, labels)).toBe(fit));

test('no labels', () => {
  expect(matches({ matchLabels: { app: 'zone' } }, undefined)).toBe(false);
  expect(matches({ matchExpressions: [{ key: 'constructor', operator: 'Exists' }] }, {})).toBe(false);
});
