import { describeControlPlane } from '../control-plane/suite.js';
import { COMMANDS } from './runner/commands.js';
import { RealCluster } from './runner/real-cluster.js';
import { Lanes, runIn, scenariosOf } from './runner/run.js';

/** Milliseconds: the longest wait of a scenario, and the start of the control plane. */
const TIMEOUT = 120_000;

describeControlPlane(
  'Kubernetes does what the rollout design leans on',
  () => {
    const lanes = new Lanes(4);
    let cluster: Promise<RealCluster> | undefined;

    afterAll(async () => {
      await (await cluster?.catch(() => undefined))?.stop();
    });

    // Concurrent tests begin before any beforeAll.
    const started = (): Promise<RealCluster> => (cluster ??= RealCluster.start());

    scenariosOf('kubernetes', COMMANDS).forEach((scenario, index) => {
      test.concurrent(
        scenario.title,
        () => lanes.run(async () => runIn(await started(), `scenario-${index + 1}`, scenario)),
        TIMEOUT,
      );
    });
  },
  ['own', 'kube-controller-manager', 'kube-scheduler'],
);
