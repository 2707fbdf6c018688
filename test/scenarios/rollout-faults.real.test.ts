import { describeControlPlane } from '../control-plane/suite.js';
import { COMMANDS } from './runner/commands.js';
import { RealCluster } from './runner/real-cluster.js';
import { scenariosOf } from './runner/run.js';
import { rolloutCommands } from './stage/commands.js';
import { machines } from './stage/machines.js';
import { play } from './stage/play.js';
import { USERS } from './stage/stage.js';

describeControlPlane(
  'A GameStatefulSet while the API server is killed',
  () => {
    let cluster: RealCluster;

    beforeAll(async () => {
      cluster = await RealCluster.start({ ...machines, users: USERS, audit: 'writes' });
    });
    afterAll(() => cluster.stop());

    scenariosOf('rollout-faults', { ...COMMANDS, ...rolloutCommands }).forEach((scenario, index) => {
      test(scenario.title, () => play(cluster, `fault-${index + 1}`, scenario), 120_000);
    });
  },
  ['own', 'kube-controller-manager', 'kube-scheduler'],
);
