import type { AuditEvent } from '../../src/cluster/api-server/audit.js';
import type { ProfileName } from '../../src/cluster/api-server/profile.js';
import { EmbeddedCluster } from '../../src/cluster/embedded-cluster.js';
import type { Lease } from '../../src/cluster/controllers/objects.js';
import type { Node } from '../../src/cluster/kubelet/node-object.js';
import { VirtualClock } from '../../src/cluster/virtual-clock.js';
import type { KubeApi } from '../../src/kube/api.js';
import type { KubeObject } from '../../src/kube/objects.js';
import {
  leases,
  namespaces,
  nodes,
  pods,
  replicaSets,
  serviceAccounts,
  statefulSets,
} from '../../src/kube/resource.js';

const MINUTE = 60_000;
const namespace = 'game';

interface World {
  readonly clock: VirtualClock;
  readonly cluster: EmbeddedCluster;
  readonly api: KubeApi;
  readonly errors: string[];
  /** Every write that was asked for. */
  readonly writes: AuditEvent[];
}

async function world(seed: number, version: ProfileName = '1.34'): Promise<World> {
  const clock = new VirtualClock({ seed });
  const errors: string[] = [];
  const onError = (error: unknown, doing: string): void => void errors.push(`${doing}: ${String(error)}`);
  const cluster = new EmbeddedCluster({ clock, seed, version, onError });
  const writes: AuditEvent[] = [];
  cluster.server.audit.follow((event) => void writes.push(event));
  const started = cluster.start();
  await clock.advance(MINUTE);
  await started;
  const api = cluster.client('user');
  await api.create(namespaces, { metadata: { name: namespace } });
  await clock.advance(1000);
  return { clock, cluster, api, errors, writes };
}

async function end({ clock, cluster }: World): Promise<void> {
  const stopped = cluster.stop();
  await clock.advance(MINUTE);
  await stopped;
}

function workload(kind: 'StatefulSet' | 'ReplicaSet', name: string, replicas: number): KubeObject {
  const labels = { app: name };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'app:1' }] } };
  const spec = { replicas, selector: { matchLabels: labels }, template };
  const set = kind === 'StatefulSet' ? { serviceName: name } : {};
  return { apiVersion: 'apps/v1', kind, metadata: { name, namespace }, ...{ spec: { ...spec, ...set } } };
}

/** A life with everything that is left to chance: names, UIDs, who goes first, which node. */
async function story({ clock, api }: World): Promise<void> {
  await api.create(statefulSets, workload('StatefulSet', 'game', 4));
  await api.create(replicaSets, workload('ReplicaSet', 'web', 6));
  await clock.advance(MINUTE);
  const image = { spec: { template: { spec: { containers: [{ name: 'app', image: 'app:2' }] } } } };
  await api.patch(statefulSets, { namespace, name: 'game' }, { type: 'strategic', body: image });
  await api.patch(replicaSets, { namespace, name: 'web' }, { type: 'merge', body: { spec: { replicas: 3 } } });
  await clock.advance(2 * MINUTE);
  await api.delete(statefulSets, { namespace, name: 'game' });
  await clock.advance(MINUTE);
}

/** Everything that is there, with times, versions and UIDs, and every write that led there. */
function bytesOf({ cluster, writes }: World): string {
  const { catalog } = cluster.server.core;
  const all = catalog.all().flatMap((resource) => cluster.server.list(resource, {}).items);
  return JSON.stringify([all, writes]);
}

describe('The embedded cluster', () => {
  test('is the same to the byte with the same seed, and another with another', async () => {
    const bytes: string[] = [];
    for (const seed of [7, 7, 8]) {
      const one = await world(seed);
      await story(one);
      bytes.push(bytesOf(one));
      await end(one);
    }
    const [first, again, other] = bytes;
    expect(first!.length).toBeGreaterThan(10_000);
    expect(again === first).toBe(true);
    expect(other === first).toBe(false);
  });

  test('comes to rest: heartbeats, and nothing else', async () => {
    const one = await world(1);
    await one.api.create(statefulSets, workload('StatefulSet', 'game', 3));
    await one.clock.advance(5 * MINUTE);
    const before = one.writes.length;
    await one.clock.advance(10 * MINUTE);
    const resources = new Set(one.writes.slice(before).map(({ resource }) => resource));
    expect([...resources].sort()).toEqual(['leases', 'nodes']);
    await end(one);
  });

  test.each([
    ['1.34', 50],
    ['1.30', 40],
  ] as const)('of Kubernetes %s, a silent kubelet is noticed after %d s', async (version, seconds) => {
    const one = await world(1, version);
    const { api, clock, cluster } = one;
    cluster.kubelets.node('node-a').lose();
    await clock.advance(2 * MINUTE);
    const { spec } = await api.get<Lease>(leases, { namespace: 'kube-node-lease', name: 'node-a' });
    const { status } = await api.get<Node>(nodes, { name: 'node-a' });
    const ready = status?.conditions?.find(({ type }) => type === 'Ready');
    expect(ready?.status).toBe('Unknown');
    const noticed = (Date.parse(ready!.lastTransitionTime!) - Date.parse(spec!.renewTime!)) / 1000;
    // It looks every 5 s, and times are in whole seconds.
    expect(noticed).toBeGreaterThanOrEqual(seconds - 1);
    expect(noticed).toBeLessThanOrEqual(seconds + 6);
    await end(one);
  });

  test('a namespace goes with all that is in it', async () => {
    const one = await world(1);
    const { api, clock, errors } = one;
    await api.create(statefulSets, workload('StatefulSet', 'game', 3));
    await clock.advance(MINUTE);
    expect((await api.list(pods, { namespace })).items).toHaveLength(3);
    expect((await api.list(serviceAccounts, { namespace })).items).toHaveLength(1);
    await api.delete(namespaces, { name: namespace });
    await expect(api.create(statefulSets, workload('StatefulSet', 'late', 1))).rejects.toMatchObject({
      kind: 'forbidden',
    });
    await clock.advance(2 * MINUTE);
    await expect(api.get(namespaces, { name: namespace })).rejects.toMatchObject({ kind: 'notFound' });
    for (const resource of [pods, statefulSets, serviceAccounts])
      expect((await api.list(resource, { namespace })).items).toEqual([]);
    expect(errors.filter((error) => !/aborted|409|403|404/.test(error))).toEqual([]);
    await end(one);
  });
});
