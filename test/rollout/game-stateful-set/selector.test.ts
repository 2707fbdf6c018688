import { expect, test } from '@jest/globals';
import { selectorKeys, selectorText } from '../../../src/rollout/game-stateful-set/selector.js';

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
