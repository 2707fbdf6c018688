import { load } from 'js-yaml';
import { crds } from '../../src/api/crds.js';
import { EmbeddedCluster } from '../../src/cluster/embedded-cluster.js';
import { VirtualClock } from '../../src/cluster/virtual-clock.js';
import type { KubeApi } from '../../src/kube/api.js';
import type { KubeObject } from '../../src/kube/objects.js';
import { customResourceDefinitions, pods, statefulSets } from '../../src/kube/resource.js';
import { isReady, type Pod } from '../../src/api/pod.js';

const PODS_PER_NODE = 100;
const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** An embedded cluster under virtual time, with room for so many pods. */
export interface Simulation {
  readonly clock: VirtualClock;
  readonly cluster: EmbeddedCluster;
  readonly api: KubeApi;
}

export async function simulation(room: number): Promise<Simulation> {
  const clock = new VirtualClock({ seed: 1 });
  const resources = { cpu: '64', memory: '256Gi', pods: String(PODS_PER_NODE + 10) };
  const nodes = Array.from({ length: Math.ceil(room / PODS_PER_NODE) }, (_, at) => ({
    name: `node-${at}`,
    capacity: resources,
  }));
  const cluster = new EmbeddedCluster({ clock, nodes });
  const started = cluster.start();
  await clock.advance(MINUTE);
  await started;
  const api = cluster.client('bench');
  for (const { yaml } of await crds()) await api.create(customResourceDefinitions, load(yaml) as KubeObject);
  return { clock, cluster, api };
}

/** Sets of a hundred pods each, until there are so many, all of them Ready. */
export async function populate({ clock, api }: Simulation, count: number): Promise<void> {
  for (let at = 0; at * PODS_PER_NODE < count; at++) await api.create(statefulSets, setOf(`game-${at}`, PODS_PER_NODE));
  for (let waited = 0; ; waited++) {
    const { items } = await api.list<Omit<Pod, 'metadata'> & KubeObject>(pods);
    const ready = items.filter(isReady).length;
    if (ready >= count) return;
    if (waited > 60) throw new Error(`${ready} of ${count} pods are ready after an hour`);
    await clock.advance(MINUTE);
  }
}

function setOf(name: string, replicas: number): KubeObject {
  const labels = { app: name };
  const container = { name: 'game', image: 'registry.example.com/project1/service:0.1.0' };
  const template = { metadata: { labels }, spec: { containers: [container] } };
  const spec = {
    serviceName: name,
    replicas,
    podManagementPolicy: 'Parallel',
    selector: { matchLabels: labels },
    template,
  };
  return { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name, namespace: 'default' }, ...{ spec } };
}
