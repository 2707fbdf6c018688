import { describeControlPlane } from '../../control-plane/suite.js';
import { CASES } from './wire/cases.js';
import { WirePair } from './wire/wire-pair.js';

const TIMEOUT = 300_000;

describeControlPlane(
  'requests over the wire are answered alike by a real API server and by the embedded one',
  () => {
    let pair: WirePair;
    beforeAll(async () => {
      pair = await WirePair.start();
    }, TIMEOUT);
    afterAll(() => pair.stop());

    test.each(Object.keys(CASES))(
      '%s',
      async (name) => {
        const found = await pair.disagreements(new Map([[name, CASES[name]!]]));
        expect(Object.fromEntries(found)).toEqual({});
      },
      TIMEOUT,
    );
  },
  ['own'],
);
