import { COMMANDS } from './runner/commands.js';
import { scenariosOf } from './runner/run.js';
import { VirtualCluster } from './runner/virtual-cluster.js';
import { rolloutCommands } from './stage/commands.js';
import { machines } from './stage/machines.js';
import { play } from './stage/play.js';

const only = process.env['GAMEZONE_SCENARIO'] ?? '';
const scenarios = ['rollout', 'rollout-faults']
  .flatMap((folder) => scenariosOf(folder, { ...COMMANDS, ...rolloutCommands }))
  .filter(({ title }) => title.includes(only));

describe.each(['1.34', '1.30'] as const)('A GameStatefulSet on the embedded cluster of Kubernetes %s', (version) => {
  let cluster: VirtualCluster;
  beforeAll(async () => {
    cluster = await VirtualCluster.start({ version, ...machines });
  });
  afterAll(() => cluster.stop());

  scenarios.forEach((scenario, index) => {
    test(scenario.title, () => play(cluster, `rollout-${index + 1}`, scenario));
  });
});
