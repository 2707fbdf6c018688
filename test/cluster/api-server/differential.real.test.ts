import { describeControlPlane } from '../../control-plane/suite.js';
import { Pair } from './differential/pair.js';

/** The same ones in every run; GAMEZONE_DIFFERENTIAL_SEED begins elsewhere, to look for more. */
const FIRST = Number(process.env['GAMEZONE_DIFFERENTIAL_SEED'] ?? 1);
const SCRIPTS = Number(process.env['GAMEZONE_DIFFERENTIAL_SCRIPTS'] ?? 500);
/** Scripts that have found something, and are not among the first. */
const ONCE_APART = [745, 1324, 2663, 2768, 2834, 3063, 4729, 10471, 10737, 22696];
/** Scripts that one test runs: what it prints says which. */
const BATCH = 50;
const TIMEOUT = 300_000;

describeControlPlane(
  'random scripts get the same answers, objects and events from a real API server and from the embedded one',
  () => {
    let pair: Pair;
    beforeAll(async () => {
      pair = await Pair.start();
    }, TIMEOUT);
    afterAll(() => pair.stop());

    test(
      'seeds that once disagreed',
      async () => expect(Object.fromEntries(await pair.disagreements(ONCE_APART))).toEqual({}),
      TIMEOUT,
    );

    for (let from = FIRST; from < FIRST + SCRIPTS; from += BATCH) {
      const seeds = Array.from({ length: Math.min(BATCH, FIRST + SCRIPTS - from) }, (_, index) => from + index);
      test(
        `seeds ${from} to ${seeds.at(-1)!}`,
        async () => expect(Object.fromEntries(await pair.disagreements(seeds))).toEqual({}),
        TIMEOUT,
      );
    }
  },
  ['own'],
);
