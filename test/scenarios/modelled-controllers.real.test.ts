import { describeControlPlane } from '../control-plane/suite.js';
import { COMMANDS } from './runner/commands.js';
import { withModelledControllers } from './runner/modelled-controllers.js';
import { RealCluster } from './runner/real-cluster.js';
import { Lanes, runIn, scenariosOf } from './runner/run.js';

/** Milliseconds: the longest wait of a scenario, and the start of the control plane. */
const TIMEOUT = 120_000;

describeControlPlane(
  'With modelled controllers a real API server is the same cluster',
  () => {
    const lanes = new Lanes(4);
    const errors: string[] = [];
    let cluster: Promise<RealCluster> | undefined;

    afterAll(async () => {
      await (await cluster?.catch(() => undefined))?.stop();
      if (process.env['GAMEZONE_SCENARIO_LOG']) process.stderr.write(`\n${errors.join('\n')}\n`);
    });

    // Concurrent tests begin before any beforeAll.
    const started = (): Promise<RealCluster> => (cluster ??= RealCluster.start(withModelledControllers(errors)));

    scenariosOf('kubernetes', COMMANDS).forEach((scenario, index) => {
      test.concurrent(
        scenario.title,
        () => lanes.run(async () => runIn(await started(), `modelled-${index + 1}`, scenario)),
        TIMEOUT,
      );
    });
  },
  ['own'],
);
