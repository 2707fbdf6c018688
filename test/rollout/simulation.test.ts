import { describe, expect, test } from '@jest/globals';
import { failureIn, partsOf, rangeIn } from './simulation/search.js';

// Seeded runs of a whole cluster with faults, of which every decision and every write is checked: simulation/README.md.
// More of them: GAMEZONE_SEEDS=FROM-TO.

const asked = process.env['GAMEZONE_SEEDS'];
const range = asked === undefined ? { from: 0, to: 400 } : rangeIn(asked);
if (!range) throw new RangeError(`GAMEZONE_SEEDS is ${asked}: write FROM-TO, such as 1000-9000`);

/** Seeds that one test runs through: a few seconds. */
const PART = 100;

describe('seeded runs', () => {
  test.each(partsOf(range, PART))('seeds $from to $to', async (part) => {
    expect(await failureIn(part)).toBeUndefined();
  });
});

if (asked === undefined) {
  const first = Math.floor(Math.random() * 2 ** 31);
  test.each(partsOf({ from: first, to: first + 200 }, PART))('fresh seeds $from to $to', async (part) => {
    expect(await failureIn(part)).toBeUndefined();
  });
}
