import fc from 'fast-check';
import { exponential } from '../../src/kube/backoff.js';

test('doubles up to the cap', () => {
  const delay = exponential({ base: 100, cap: 1000, jitter: 0 });
  expect([1, 2, 3, 4, 5, 6, 50].map(delay)).toEqual([100, 200, 400, 800, 1000, 1000, 1000]);
});

test('jitter only shortens', () => {
  expect(exponential({ base: 100, cap: 1000, random: () => 0 })(2)).toBe(200);
  expect(exponential({ base: 100, cap: 1000, random: () => 0.5 })(2)).toBe(150);
});

test('stays between half of it and the cap, whatever the number of failures', () => {
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: -1, max: 1e6 }), chance, (failures, random) => {
      const delay = exponential({ base: 500, cap: 30_000, random: () => random })(failures);
      expect(delay).toBeGreaterThanOrEqual(250);
      expect(delay).toBeLessThanOrEqual(30_000);
    }),
  );
});
