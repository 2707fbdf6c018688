import { COMMANDS } from './runner/commands.js';
import { runIn, scenariosOf } from './runner/run.js';
import { VirtualCluster } from './runner/virtual-cluster.js';

describe.each(['1.34', '1.30'] as const)('The embedded cluster of Kubernetes %s, with its controllers', (version) => {
  let cluster: VirtualCluster;
  beforeAll(async () => {
    cluster = await VirtualCluster.start({ version });
  });
  afterAll(() => cluster.stop());

  scenariosOf('kubernetes', COMMANDS).forEach((scenario, index) => {
    test(scenario.title, () => runIn(cluster, `scenario-${index + 1}`, scenario));
  });
});
