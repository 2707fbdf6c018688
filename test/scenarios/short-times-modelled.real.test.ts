import { describeControlPlane } from '../control-plane/suite.js';
import { COMMANDS } from './runner/commands.js';
import { withModelledControllers } from './runner/modelled-controllers.js';
import { RealCluster } from './runner/real-cluster.js';
import { runIn, scenariosOf } from './runner/run.js';

/** Milliseconds: the longest wait of a scenario, and the start of the control plane. */
const TIMEOUT = 120_000;

describeControlPlane(
  'With modelled controllers and short times a real API server is the same cluster',
  () => {
    const errors: string[] = [];
    let cluster: Promise<RealCluster> | undefined;

    afterAll(async () => {
      await (await cluster?.catch(() => undefined))?.stop();
      if (process.env['GAMEZONE_SCENARIO_LOG']) process.stderr.write(`\n${errors.join('\n')}\n`);
    });

    // Concurrent tests begin before any beforeAll.
    const started = (): Promise<RealCluster> => (cluster ??= start(errors));

    scenariosOf('short-times', COMMANDS).forEach((scenario, index) => {
      test.concurrent(
        scenario.title,
        async () => runIn(await started(), `short-times-${index + 1}`, scenario),
        TIMEOUT,
      );
    });
  },
  ['own'],
);

function start(errors: string[]): Promise<RealCluster> {
  const modelled = withModelledControllers(errors, { nodeMonitor: { period: 1000, grace: 4000 } });
  return RealCluster.start({
    ...modelled,
    nodes: ['a', 'b', 'c', 'd', 'e', 'z'].map((letter) => `node-${letter}`),
    nodeMonitor: { toleration: 1 },
    flags: { 'kube-apiserver': { ...modelled.flags?.['kube-apiserver'], 'etcd-compaction-interval': '1s' } },
  });
}
