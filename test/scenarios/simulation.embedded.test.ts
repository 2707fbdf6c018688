import { failureIn, partsOf, rangeIn } from '../rollout/simulation/search.js';
import { simulation } from './simulation/run.js';

// Seeded runs of the embedded cluster with faults and a real controller, watched by the checker: simulation/README.md.
// More of them: GAMEZONE_SEEDS=FROM-TO.

const asked = process.env['GAMEZONE_SEEDS'];
const range = rangeIn(asked ?? '0-20');
if (!range) throw new RangeError(`GAMEZONE_SEEDS is ${asked}: write FROM-TO, such as 1000-2000`);

describe('seeded runs of the whole cluster', () => {
  test.each(partsOf(range, 10))('seeds $from to $to', async (part) => {
    expect(await failureIn(part, simulation)).toBeUndefined();
  });
});
