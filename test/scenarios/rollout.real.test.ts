import { describeControlPlane } from '../control-plane/suite.js';
import { COMMANDS } from './runner/commands.js';
import { RealCluster } from './runner/real-cluster.js';
import { Lanes, scenariosOf } from './runner/run.js';
import { rolloutCommands } from './stage/commands.js';
import { machines } from './stage/machines.js';
import { play } from './stage/play.js';
import { USERS } from './stage/stage.js';

describeControlPlane(
  'A GameStatefulSet on a real control plane',
  () => {
    const lanes = new Lanes(4);
    let cluster: Promise<RealCluster> | undefined;

    afterAll(async () => {
      await (await cluster?.catch(() => undefined))?.stop();
    });

    // Concurrent tests begin before any beforeAll.
    const started = (): Promise<RealCluster> =>
      (cluster ??= RealCluster.start({ ...machines, users: USERS, audit: 'writes' }));
    const only = process.env['GAMEZONE_SCENARIO'] ?? '';

    scenariosOf('rollout', { ...COMMANDS, ...rolloutCommands })
      .filter(({ title }) => title.includes(only))
      .forEach((scenario, index) => {
        const run = async (): Promise<void> => play(await started(), `rollout-${index + 1}`, scenario);
        test.concurrent(scenario.title, () => lanes.run(run), 180_000);
      });
  },
  ['own', 'kube-controller-manager', 'kube-scheduler'],
);
