import { describeControlPlane } from '../control-plane/suite.js';
import { COMMANDS } from './runner/commands.js';
import { RealCluster } from './runner/real-cluster.js';
import { runIn, scenariosOf } from './runner/run.js';

/** Milliseconds: the longest wait of a scenario, and the start of the control plane. */
const TIMEOUT = 120_000;

/** What takes minutes by default: the loss of a node, and etcd's compaction. */
const options = {
  // Each scenario loses its own; one is never lost.
  nodes: ['a', 'b', 'c', 'd', 'e', 'z'].map((letter) => `node-${letter}`),
  nodeMonitor: { period: 1, grace: 4, toleration: 1 },
  flags: {
    'kube-apiserver': { 'etcd-compaction-interval': '1s' },
    // By default one node in ten seconds, and none at all where more than half of them are lost.
    'kube-controller-manager': { 'node-eviction-rate': '10', 'unhealthy-zone-threshold': '1' },
  },
};

describeControlPlane(
  'Kubernetes with short times does what the rollout design leans on',
  () => {
    let cluster: Promise<RealCluster> | undefined;

    afterAll(async () => {
      await (await cluster?.catch(() => undefined))?.stop();
    });

    // Concurrent tests begin before any beforeAll.
    const started = (): Promise<RealCluster> => (cluster ??= RealCluster.start(options));

    scenariosOf('short-times', COMMANDS).forEach((scenario, index) => {
      test.concurrent(
        scenario.title,
        async () => runIn(await started(), `short-times-${index + 1}`, scenario),
        TIMEOUT,
      );
    });
  },
  ['own', 'kube-controller-manager', 'kube-scheduler'],
);
