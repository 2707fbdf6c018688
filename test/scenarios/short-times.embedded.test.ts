import { kubeletHeartbeat } from '../../src/cluster/kubelet/heartbeat.js';
import { labTimings } from '../../src/cluster/kubelet/timings.js';
import { COMMANDS } from './runner/commands.js';
import { runIn, scenariosOf } from './runner/run.js';
import { VirtualCluster } from './runner/virtual-cluster.js';

/** What takes minutes by default takes them here: time is virtual. */
const options = {
  // Each scenario loses its own; one is never lost.
  nodes: ['a', 'b', 'c', 'd', 'e', 'z'].map((letter) => ({ name: `node-${letter}` })),
  timings: labTimings,
  heartbeat: kubeletHeartbeat,
  pace: 20,
};

describe.each(['1.34', '1.30'] as const)('The embedded cluster of Kubernetes %s, at its own pace', (version) => {
  let cluster: VirtualCluster;
  beforeAll(async () => {
    cluster = await VirtualCluster.start({ version, ...options });
  });
  afterAll(() => cluster.stop());

  scenariosOf('short-times', COMMANDS).forEach((scenario, index) => {
    test(scenario.title, () => runIn(cluster, `short-times-${index + 1}`, scenario));
  });
});
