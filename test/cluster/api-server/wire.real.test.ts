import { chosenVersion } from '../../control-plane/pins.js';
import { describeControlPlane } from '../../control-plane/suite.js';
import { CASES } from './wire/cases.js';
import { compareDiscovery, compareOpenApi } from './wire/documents.js';
import { WirePair } from './wire/wire-pair.js';

const TIMEOUT = 300_000;
/** Of the groups that are served; nothing here stands behind them. */
const NOT_SERVED = ['/api/v1 bindings', '/api/v1 componentstatuses'];

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

    // What is served, and its schemas, are generated from the newest pin.
    if (chosenVersion() === 'newest') {
      test('discovery', async () => {
        const lines = await compareDiscovery(pair.real, pair.ours);
        expect(lines).toEqual(NOT_SERVED.map((name) => `${name}: not served`));
      });

      test.each([
        [
          'apis/tkex.tencent.com/v1alpha1',
          ['com.tencent.tkex.v1alpha1.GameStatefulSet', 'com.tencent.tkex.v1alpha1.GameDeployment'],
        ],
        ['api/v1', ['Pod', 'PodSpec', 'Container', 'Service', 'ConfigMap'].map((kind) => `io.k8s.api.core.v1.${kind}`)],
        ['apis/apps/v1', ['StatefulSet', 'StatefulSetSpec', 'Deployment'].map((kind) => `io.k8s.api.apps.v1.${kind}`)],
      ])('OpenAPI of %s', async (place, schemas) => {
        expect(await compareOpenApi(pair.real, pair.ours, place, schemas)).toEqual([]);
      });
    }

    test.each(Object.keys(CASES))('%s', (name) => expect(found.get(name) ?? []).toEqual([]));
  },
  ['own'],
);
