import { describeControlPlane } from '../../control-plane/suite.js';
import { CASES } from './wire/cases.js';
import { WirePair } from './wire/wire-pair.js';

const TIMEOUT = 300_000;

describeControlPlane(
  'requests over the wire are answered alike by a real API server and by the embedded one',
  () => {
    let pair: WirePair;
    let found: ReadonlyMap<string, readonly string[]>;
    beforeAll(async () => {
      pair = await WirePair.start();
      // All at once: some wait for a watch to end.
      found = await pair.disagreements(new Map(Object.entries(CASES)));
    }, TIMEOUT);
    afterAll(() => pair.stop());

    test.each(Object.keys(CASES))('%s', (name) => expect(found.get(name) ?? []).toEqual([]));
  },
  ['own'],
);
