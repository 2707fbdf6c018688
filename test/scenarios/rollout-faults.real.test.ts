import { describeControlPlane } from '../control-plane/suite.js';
import { COMMANDS } from './runner/commands.js';
import { scenariosOf } from './runner/run.js';
import { rolloutCommands } from './stage/commands.js';
import { play } from './stage/play.js';
import { RolloutCluster } from './stage/rollout-cluster.js';

describeControlPlane(
  'A GameStatefulSet while the API server is killed',
  () => {
    let cluster: RolloutCluster;

    beforeAll(async () => {
      cluster = await RolloutCluster.start();
    });
    afterAll(() => cluster.stop());

    scenariosOf('rollout-faults', { ...COMMANDS, ...rolloutCommands }).forEach((scenario, index) => {
      test(scenario.title, () => play(cluster, `fault-${index + 1}`, scenario), 120_000);
    });
  },
  ['own', 'kube-controller-manager', 'kube-scheduler'],
);
