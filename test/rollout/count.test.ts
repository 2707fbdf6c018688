import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { countOf, maxUnavailableOf, partitionOf } from '../../src/rollout/count.js';

test.each<[value: number | string, replicas: number, down: number | undefined, up: number | undefined]>([
  [0, 10, 0, 0],
  [3, 10, 3, 3],
  [12, 10, 12, 12],
  ['3', 10, 3, 3],
  ['0%', 10, 0, 0],
  ['25%', 10, 2, 3],
  ['25%', 3, 0, 1],
  ['50%', 3, 1, 2],
  ['100%', 7, 7, 7],
  ['29%', 100, 29, 29],
  ['150%', 4, 6, 6],
  ['25%', 0, 0, 0],
  [-1, 10, undefined, undefined],
  [1.5, 10, undefined, undefined],
  [NaN, 10, undefined, undefined],
  ['-1', 10, undefined, undefined],
  ['1.5%', 10, undefined, undefined],
  ['half', 10, undefined, undefined],
  ['', 10, undefined, undefined],
])('%p of %p is %p rounded down, %p rounded up', (value, replicas, down, up) => {
  expect(countOf(value, replicas, 'down')).toBe(down);
  expect(countOf(value, replicas, 'up')).toBe(up);
});

test.each<[value: number | string | undefined, replicas: number, max: number]>([
  [undefined, 8, 2],
  [undefined, 3, 1],
  [undefined, 0, 1],
  [0, 5, 1],
  ['0%', 5, 1],
  ['34%', 6, 2],
  [9, 5, 9],
  ['much', 100, 1],
])('maxUnavailable %p of %p lets %p be unavailable', (value, replicas, max) => {
  expect(maxUnavailableOf(value, replicas)).toBe(max);
});

test.each<[value: number | string | undefined, replicas: number, held: number]>([
  [undefined, 5, 0],
  [0, 5, 0],
  [2, 5, 2],
  [9, 5, 9],
  ['50%', 5, 3],
  ['1%', 5, 1],
  ['100%', 5, 5],
])('partition %p of %p holds %p', (value, replicas, held) => {
  expect(partitionOf(value, replicas)).toBe(held);
});

test.each(['most', '-2', 1.5, -1])('partition %p is no count and holds all', (value) => {
  expect(partitionOf(value, 5)).toBeGreaterThanOrEqual(5);
});

describe('percentages', () => {
  const percents = fc.integer({ min: 0, max: 100 });
  const replicas = fc.nat({ max: 5_000 });

  test('rounded down and the rest rounded up make the whole', () => {
    fc.assert(
      fc.property(percents, replicas, (percent, count) => {
        const down = countOf(`${percent}%`, count, 'down')!;
        const up = countOf(`${100 - percent}%`, count, 'up')!;
        expect(down + up).toBe(count);
      }),
    );
  });

  test('never more of fewer pods', () => {
    fc.assert(
      fc.property(percents, replicas, fc.nat({ max: 100 }), (percent, count, more) => {
        for (const rounding of ['up', 'down'] as const) {
          const [few, many] = [count, count + more].map((of) => countOf(`${percent}%`, of, rounding)!);
          expect(few!).toBeLessThanOrEqual(many!);
        }
      }),
    );
  });
});
