import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { MUTATIONS } from './mutations/list.js';
import { mutated } from './mutations/mutated.js';

// Whether the mistakes are noticed is looked at by hand: mutations/run.ts. Here only that they can still be made.

test.each(MUTATIONS)('$what', (mutation) => {
  const text = readFileSync(`src/rollout/${mutation.file}`, 'utf8');
  expect(mutated(text, mutation)).not.toBe(text);
});

test('each is another one', () => {
  expect(new Set(MUTATIONS.map(({ what }) => what)).size).toBe(MUTATIONS.length);
});
