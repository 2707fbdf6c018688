import type { ContainerStatus, Pod } from '../../../src/api/pod.js';
import { isReady } from '../../../src/api/pod.js';
import { EmbeddedCluster } from '../../../src/cluster/embedded-cluster.js';
import { FolderJournal, type FolderJournalOptions } from '../../../src/cluster/persistence/folder-journal.js';
import { random } from '../../../src/cluster/random.js';
import { VirtualClock } from '../../../src/cluster/virtual-clock.js';
import type { KubeApi } from '../../../src/kube/api.js';
import type { KubeObject, Stored } from '../../../src/kube/objects.js';
import {
  configMaps,
  customResourceDefinitions,
  jobs,
  leases,
  namespaces,
  nodes,
  pods,
  services,
  statefulSets,
  type Resource,
} from '../../../src/kube/resource.js';
import { folderWith, removeFolders } from '../../cli/command-line.js';
import { breakingFiles } from './breaking-files.js';

afterAll(removeFolders);

const [SECOND, MINUTE] = [1000, 60_000];
const namespace = 'game';
const START = Date.UTC(2026, 0, 1);

/** One process with a cluster that is kept in a folder. Its clock goes on where the last one was. */
class Life {
  readonly clock: VirtualClock;
  readonly cluster: EmbeddedCluster;
  readonly api: KubeApi;

  constructor(
    folder: string,
    { files, off = 0 }: Pick<FolderJournalOptions, 'files'> & { readonly off?: number } = {},
  ) {
    const journal = FolderJournal.open(folder, { compactAt: 100_000, ...(files && { files }) });
    this.clock = new VirtualClock({ start: Math.max(START, journal.at) + off, seed: 1 });
    this.cluster = new EmbeddedCluster({ clock: this.clock, journal });
    this.api = this.cluster.client('user');
  }

  async begin(): Promise<this> {
    const started = this.cluster.start();
    await this.clock.advance(SECOND);
    await started;
    return this;
  }

  async end(): Promise<void> {
    const stopped = this.cluster.stop();
    await this.clock.advance(MINUTE);
    await stopped;
  }

  async pods(): Promise<Stored<Pod & KubeObject>[]> {
    return [...(await this.api.list<Pod & KubeObject>(pods, { namespace })).items];
  }

  async untilReady(count: number): Promise<void> {
    const ready = (): number => {
      const resource = this.cluster.server.resource(pods);
      const { items } = this.cluster.server.list(resource, { namespace });
      return (items as unknown as Pod[]).filter((pod) => isReady(pod) && this.cluster.kubelets.runs(pod)).length;
    };
    expect(await this.clock.until(() => ready() === count, 5 * MINUTE)).toBe(true);
  }
}

const object = (kind: string, name: string, spec: object): KubeObject => ({
  kind,
  metadata: { name, namespace },
  ...{ spec },
});
const template = (image: string, more: object = {}): object => ({
  metadata: { labels: { app: 'game' } },
  spec: { containers: [{ name: 'app', image }], ...more },
});
const game = (replicas: number, image = 'app:1'): KubeObject =>
  object('StatefulSet', 'game', {
    replicas,
    serviceName: 'game',
    selector: { matchLabels: { app: 'game' } },
    template: template(image),
  });

const containerOf = (pod: Pod | undefined): ContainerStatus => pod!.status!.containerStatuses![0]!;

test('a cluster that comes back: its pods stay, and their containers start again, as after a reboot of the machines', async () => {
  const folder = folderWith();
  const first = await new Life(folder).begin();
  await first.api.create(namespaces, { metadata: { name: namespace } });
  await first.clock.advance(SECOND);
  await first.api.create(statefulSets, game(3));
  await first.untilReady(3);
  await first.clock.advance(MINUTE);
  const [before, set] = [await first.pods(), await first.api.get(statefulSets, { namespace, name: 'game' })];
  const { revision } = first.cluster.server.core.storage;

  // Power fails: nothing of it ends in order.
  const second = new Life(folder, { off: 600 * SECOND });
  expect(second.cluster.server.core.storage.revision).toBe(revision);
  expect((await second.pods()).map(({ metadata }) => metadata)).toEqual(before.map(({ metadata }) => metadata));
  expect(before.some((pod) => second.cluster.kubelets.runs(pod))).toBe(false);
  await second.begin();
  await second.untilReady(3);
  await second.clock.advance(MINUTE);
  for (const [index, pod] of (await second.pods()).entries()) {
    const old = before[index]!;
    const [was, is] = [containerOf(old), containerOf(pod)];
    expect(pod.metadata.uid).toBe(old.metadata.uid);
    expect(pod.spec).toEqual(old.spec);
    expect(is).toMatchObject({
      restartCount: 1,
      ready: true,
      image: was.image,
      imageID: was.imageID,
      lastState: {
        terminated: {
          exitCode: 255,
          reason: 'Unknown',
          containerID: was.containerID,
          startedAt: was.state?.running?.startedAt,
        },
      },
    });
    expect(is.containerID).not.toBe(was.containerID);
    expect(Number(pod.metadata.resourceVersion)).toBeGreaterThan(revision);
    expect(Date.parse(is.state!.running!.startedAt!)).toBeGreaterThan(START + 600 * SECOND);
  }
  const after = await second.api.get(statefulSets, { namespace, name: 'game' });
  expect(after.metadata).toMatchObject({ uid: set.metadata.uid, generation: set.metadata.generation });
  expect(after).toMatchObject({
    status: { currentRevision: (set as { status?: { currentRevision: string } }).status!.currentRevision },
  });
  expect((await second.api.list(nodes)).items.map(({ metadata }) => metadata.name)).toEqual(['node-a', 'node-b']);
  const lease = await second.api.get(leases, { namespace: 'kube-node-lease', name: 'node-a' });
  expect(Date.parse((lease as unknown as { spec: { renewTime: string } }).spec.renewTime)).toBeGreaterThan(
    START + 600 * SECOND,
  );

  // Again: it counts on.
  const third = await new Life(folder).begin();
  await third.untilReady(3);
  const statuses = (await third.pods()).map(containerOf);
  expect(statuses.map(({ restartCount }) => restartCount)).toEqual([2, 2, 2]);
  expect(
    new Set(
      [...before.map(containerOf), ...(await second.pods()).map(containerOf), ...statuses].map(
        ({ containerID }) => containerID,
      ),
    ).size,
  ).toBe(9);
  await third.end();
});

test('what is drawn or counted is not drawn again: UIDs, names, addresses; nobody watches what was before', async () => {
  const folder = folderWith();
  const made = async (life: Life): Promise<Stored[]> => {
    await life.api.create(namespaces, { metadata: { name: namespace } }).catch(() => undefined);
    await life.clock.advance(SECOND);
    const named = { metadata: { generateName: 'made-', namespace } };
    return [
      await life.api.create(configMaps, named),
      await life.api.create(services, { ...named, ...{ spec: { ports: [{ port: 1 }] } } }),
    ];
  };
  const first = await made(await new Life(folder).begin());
  const next = await new Life(folder).begin();
  const second = await made(next);
  const all = [...first, ...second];
  const given = (await next.api.list<KubeObject & { spec: { clusterIP: string } }>(services)).items;
  expect(new Set(all.map(({ metadata }) => metadata.uid)).size).toBe(4);
  expect(new Set(all.map(({ metadata }) => metadata.name)).size).toBe(4);
  expect(new Set(given.map(({ spec }) => spec.clusterIP)).size).toBe(3);
  const watch = next.api.watch(configMaps, { namespace, resourceVersion: first[0]!.metadata.resourceVersion });
  await expect(watch[Symbol.asyncIterator]().next()).rejects.toMatchObject({ kind: 'gone' });
  await next.end();
});

test('kinds that were defined are served with their objects, and a definition that was going goes', async () => {
  const folder = folderWith();
  const definition = (kind: string): KubeObject => ({
    metadata: { name: `${kind.toLowerCase()}s.example.com` },
    ...{
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { plural: `${kind.toLowerCase()}s`, singular: kind.toLowerCase(), kind, listKind: `${kind}List` },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
      },
    },
  });
  const of = (kind: string): Resource => ({
    group: 'example.com',
    version: 'v1',
    plural: `${kind.toLowerCase()}s`,
    kind,
    namespaced: true,
  });
  const named = { namespace: 'default', name: 'one' };
  const names = async (life: Life): Promise<string[]> =>
    (await life.api.list(customResourceDefinitions)).items.map(({ metadata }) => metadata.name);
  const first = new Life(folder);
  for (const kind of ['Held', 'Kept']) {
    await first.api.create(customResourceDefinitions, definition(kind));
    await first.api.create(of(kind), { metadata: { ...named, finalizers: ['example.com/hold'] } });
  }
  await first.api.delete(customResourceDefinitions, { name: 'helds.example.com' });
  await first.clock.advance(SECOND);

  const second = await new Life(folder).begin();
  expect(await names(second)).toEqual(['helds.example.com', 'kepts.example.com']);
  expect((await second.api.get(of('Kept'), named)).metadata.deletionTimestamp).toBeUndefined();
  expect((await second.api.get(of('Held'), named)).metadata.deletionTimestamp).toBeDefined();
  await second.api.patch(of('Held'), named, { type: 'merge', body: { metadata: { finalizers: null } } });
  await second.clock.advance(SECOND);
  expect(await names(second)).toEqual(['kepts.example.com']);
  await second.api.create(customResourceDefinitions, definition('Held'));

  const third = new Life(folder);
  expect(await names(third)).toEqual(['helds.example.com', 'kepts.example.com']);
  expect((await third.api.list(of('Held'))).items).toEqual([]);
  expect((await third.api.list(of('Kept'))).items).toHaveLength(1);
  await second.end();
});

test('a pod that was going goes, and a task that was cut off is done by another pod', async () => {
  const folder = folderWith();
  const first = await new Life(folder).begin();
  await first.api.create(namespaces, { metadata: { name: namespace } });
  await first.clock.advance(SECOND);
  await first.api.create(statefulSets, game(1));
  await first.api.create(jobs, object('Job', 'task', { template: template('task:1', { restartPolicy: 'Never' }) }));
  await first.untilReady(2);
  const before = await first.pods();
  await first.api.delete(pods, { namespace, name: 'game-0' });
  const second = await new Life(folder).begin();
  await second.untilReady(2);
  const after = await second.pods();
  const uids = new Set(before.map(({ metadata }) => metadata.uid));
  const outcome = (pod: Stored<Pod & KubeObject>): string =>
    `${pod.metadata.name.replace(/-[a-z0-9]{5}$/, '-*')} ${uids.has(pod.metadata.uid) ? 'old' : 'new'} ${pod.status?.phase ?? ''}`;
  expect(after.map(outcome).sort()).toEqual(['game-0 new Running', 'task-* new Running', 'task-* old Failed']);
  await second.end();
});

test('events older than an hour are gone', async () => {
  const folder = folderWith();
  const first = await new Life(folder).begin();
  await first.api.create(namespaces, { metadata: { name: namespace } });
  await first.clock.advance(SECOND);
  await first.api.create(statefulSets, game(1));
  await first.untilReady(1);
  const events = { group: '', version: 'v1', plural: 'events', kind: 'Event', namespaced: true };
  const count = async (life: Life): Promise<number> => (await life.api.list(events, { namespace })).items.length;
  expect(await count(first)).toBeGreaterThan(0);
  expect(await count(new Life(folder, { off: 30 * MINUTE }))).toBe(await count(first));
  expect(await count(new Life(folder, { off: 61 * MINUTE }))).toBe(0);
});

test('killed at any moment of a rollout, it comes back and the rollout ends', async () => {
  for (let seed = 1; seed <= 8; seed++) {
    const from = random(seed);
    const folder = folderWith();
    const at = 60 + Math.floor(from() * 240);
    const { files, isDead, end } = breakingFiles({ how: 'dies', at, isHalfway: from() < 0.5 });
    const first = await new Life(folder, { files }).begin();
    const acknowledged = new Map<string, Stored>();
    const tell = async (write: Promise<Stored>): Promise<void> => {
      const written = await write.catch(() => undefined);
      if (written && !isDead()) acknowledged.set(written.metadata.name, written);
    };
    await tell(first.api.create(namespaces, { metadata: { name: namespace } }));
    await first.clock.advance(SECOND);
    await first.api.create(statefulSets, game(3)).catch(() => undefined);
    await first.clock.until(isDead, 30 * SECOND);
    await first.api
      .patch(
        statefulSets,
        { namespace, name: 'game' },
        { type: 'merge', body: { spec: { template: template('app:2') } } },
      )
      .catch(() => undefined);
    for (let index = 0; !isDead(); index++) {
      await tell(first.api.create(configMaps, { metadata: { name: `map-${index}`, namespace } }));
      await first.clock.advance(500);
    }
    end();
    const second = await new Life(folder).begin();
    for (const { metadata } of acknowledged.values()) {
      const resource = metadata.namespace === undefined ? namespaces : configMaps;
      expect((await second.api.get(resource, metadata)).metadata).toEqual(metadata);
    }
    await second.api.create(namespaces, { metadata: { name: namespace } }).catch(() => undefined);
    await second.clock.advance(SECOND);
    await second.api.patch(
      statefulSets,
      { namespace, name: 'game' },
      { type: 'apply', body: game(3, 'app:2'), force: true },
    );
    const isDone = (): boolean => {
      const { items } = second.cluster.server.list(second.cluster.server.resource(pods), { namespace });
      const isNew = (pod: Pod): boolean =>
        isReady(pod) && second.cluster.kubelets.runs(pod) && containerOf(pod).image === 'docker.io/library/app:2';
      return items.length === 3 && (items as unknown as Pod[]).every(isNew);
    };
    expect([seed, at, await second.clock.until(isDone, 10 * MINUTE)]).toEqual([seed, at, true]);
    await second.end();
  }
});
