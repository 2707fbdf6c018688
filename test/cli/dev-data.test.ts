import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { random } from '../../src/cluster/random.js';
import { connect, type Connection } from '../../src/kube/connect.js';
import type { Stored } from '../../src/kube/objects.js';
import { configMaps } from '../../src/kube/resource.js';
import { BUILT, folderWith, gamezone, put, removeFolders, snapshot, spawned } from './command-line.js';

const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  removeFolders();
});

const zoneOf = (image: string, more = ''): string => `
apiVersion: gamezone.dev/v1alpha1
kind: GameZone
metadata: {name: plain, namespace: games}
spec:
  gameZone:
    zoneId: 3
    defaultImage: registry.example.com/project1/service:${image}
    serviceConfig:
      - {type: game, id: 1, endId: 3, ports: [{name: client, port: 7001}]}${more}
`;

/** One run of the built command, from its start to its end. */
class Run {
  err = '';
  readonly ended: Promise<number | NodeJS.Signals | null>;
  private readonly child: ChildProcess;
  private readonly listening: Promise<void>;

  constructor(
    private readonly data: string,
    ...args: readonly string[]
  ) {
    const all = [BUILT, 'dev', ...args, '--data', data, '--speed', '50'];
    this.child = spawn(process.execPath, all, { stdio: ['ignore', 'ignore', 'pipe'] });
    children.push(this.child);
    this.ended = once(this.child, 'exit').then(([code, signal]) => (signal ?? code) as number | NodeJS.Signals | null);
    this.listening = new Promise((resolve, reject) => {
      this.child.stderr!.on('data', (part: Buffer) => {
        this.err += part.toString();
        if (/listens on .*\n/.test(this.err)) resolve();
      });
      void this.ended.then((how) => reject(new Error(`ended with ${how}: ${this.err}`)));
    });
    this.listening.catch(() => undefined);
  }

  async connect(): Promise<Connection> {
    await this.listening;
    return connect({ kubeconfig: join(this.data, 'kubeconfig'), environment: {} });
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    expect(await this.ended).toBe('SIGKILL');
  }
}

/** What the server has confirmed, and for each name what may or may not be. */
class Ledger {
  readonly confirmed = new Map<string, Stored | undefined>();
  readonly pending = new Map<string, string | undefined>();
  newest = 0;

  /** Writes, in a sequence of its own, until the server is gone. */
  async write(connection: Connection, writer: number, draw: () => number, onConfirmed: () => void): Promise<void> {
    for (;;) {
      const name = `map-${writer}-${Math.floor(draw() * 5)}`;
      const where = { namespace: 'default', name };
      const value = `${draw()}`;
      const known = this.confirmed.get(name);
      const isDeletion = known !== undefined && draw() < 0.3;
      this.pending.set(name, isDeletion ? undefined : value);
      const data = { data: { value } };
      try {
        if (isDeletion) {
          await connection.api.delete(configMaps, where);
          this.confirmed.set(name, undefined);
        } else {
          const written = known
            ? await connection.api.patch(configMaps, where, { type: 'merge', body: data })
            : await connection.api.create(configMaps, { metadata: where, ...data });
          this.confirmed.set(name, written);
          this.newest = Math.max(this.newest, Number(written.metadata.resourceVersion));
        }
        this.pending.delete(name);
        onConfirmed();
      } catch (error) {
        expect(error).toMatchObject({ kind: 'network' });
        return;
      }
    }
  }

  /** What is there is what was confirmed; only of what was under way either may be. */
  check(found: readonly Stored[]): void {
    const valueOf = (one: Stored | undefined): string | undefined =>
      (one as { data?: { value?: string } } | undefined)?.data?.value;
    for (const [name, confirmed] of this.confirmed) {
      const now = found.find(({ metadata }) => metadata.name === name);
      if (!this.pending.has(name)) expect(now).toEqual(confirmed);
      else expect([valueOf(confirmed), this.pending.get(name)]).toContain(valueOf(now));
    }
    for (const { metadata } of found) {
      const isKnown = this.confirmed.has(metadata.name) || this.pending.has(metadata.name);
      expect([metadata.name, isKnown || metadata.name === 'kube-root-ca.crt']).toEqual([metadata.name, true]);
    }
    this.pending.clear();
    for (const name of [...this.confirmed.keys()]) this.confirmed.delete(name);
    for (const one of found) if (one.metadata.name.startsWith('map-')) this.confirmed.set(one.metadata.name, one);
  }
}

test('gamezone dev that is killed at random moments loses nothing that it confirmed, and the zone comes back', async () => {
  const seed = Number(process.env['GAMEZONE_KILL_SEED'] ?? Math.floor(Math.random() * 1e6));
  const from = random(seed);
  const folder = folderWith({ 'zone.yaml': zoneOf('1') });
  const [zone, data] = [join(folder, 'zone.yaml'), join(folder, 'data')];
  const ledger = new Ledger();
  try {
    for (let round = 0; round < 4; round++) {
      const run = new Run(data, zone);
      const connection = await run.connect();
      const { items } = await connection.api.list(configMaps, { namespace: 'default' });
      ledger.check(items);
      const first = await connection.api.create(configMaps, {
        metadata: { namespace: 'default', generateName: 'map-' },
      });
      expect(Number(first.metadata.resourceVersion)).toBeGreaterThan(ledger.newest);
      ledger.confirmed.set(first.metadata.name, first);
      // In the midst of the writes of the others.
      let left = 1 + Math.floor(from() * 400);
      const killed: Promise<void>[] = [];
      const onConfirmed = (): void => {
        if (--left === 0) killed.push(run.kill());
      };
      await Promise.all([0, 1, 2].map((writer) => ledger.write(connection, writer, from, onConfirmed)));
      await Promise.all(killed);
      await connection.close();
    }
    const last = new Run(data, zone, '--exit');
    const connection = await last.connect();
    ledger.check((await connection.api.list(configMaps, { namespace: 'default' })).items);
    await connection.close();
    expect({ code: await last.ended, err: last.err }).toMatchObject({ code: 0 });
  } catch (error) {
    throw new Error(`GAMEZONE_KILL_SEED=${seed}`, { cause: error });
  }
}, 180_000);

test('the next run: the same way in, no rollout; another version of the zone is rolled out', async () => {
  const extra = '\n      - {type: login, id: 9, ports: [{name: client, port: 7009}]}';
  const folder = folderWith({ 'zone.yaml': zoneOf('1', extra) });
  const [zone, data] = [join(folder, 'zone.yaml'), join(folder, 'data')];
  const first = new Run(data, zone, '--exit');
  expect({ code: await first.ended, err: first.err }).toMatchObject({ code: 0 });
  const way = JSON.parse(readFileSync(join(data, 'kubeconfig'), 'utf8')) as {
    clusters: { cluster: { server: string } }[];
  };

  // Somebody else has the port by now; and the wish to have another is one of the user's.
  const { port } = new URL(way.clusters[0]!.cluster.server);
  const other = createServer().listen(Number(port), '127.0.0.1');
  await once(other, 'listening');
  const second = new Run(data, zone, '--exit');
  expect({ code: await second.ended, err: second.err }).toMatchObject({ code: 0 });
  other.close();
  expect(second.err).toContain(`port ${port} of the last run is taken`);
  expect(second.err).toContain('4 of 4 pods that were ready are so again');
  expect(second.err).toContain('zone.yaml: nothing changed');
  expect(second.err).toContain('0 pods were updated in place, 0 deleted, 0 created');
  const next = JSON.parse(readFileSync(join(data, 'kubeconfig'), 'utf8')) as typeof way;
  const { cluster } = next.clusters[0]!;
  expect(cluster.server).not.toBe(way.clusters[0]!.cluster.server);
  expect(next).toEqual({
    ...way,
    clusters: [{ ...way.clusters[0], cluster: { ...way.clusters[0]!.cluster, server: cluster.server } }],
  });

  put(folder, { 'zone.yaml': zoneOf('2') });
  const third = new Run(data, zone, '--exit');
  expect({ code: await third.ended, err: third.err }).toMatchObject({ code: 0 });
  expect(third.err).toMatch(/zone.yaml: .*GameStatefulSet plain-game changed/);
  expect(third.err).toContain('GameStatefulSet plain-login deleted');
  expect(third.err).toMatch(/3 pods were updated in place, \d deleted, 0 created/);
}, 120_000);

test.each<[string, (data: string) => void, RegExp]>([
  [
    'somebody else’s folder',
    (data) => writeFileSync(join(data, 'notes.txt'), 'mine'),
    /data: this folder is not empty, and no cluster is kept/,
  ],
  ['a damaged log', (data) => damaged(data), /log-0: byte 0: this record is damaged/],
  [
    'an identity that is none',
    (data) => identity(data),
    /identity\.json: no identity of a cluster\n {2}right: remove the file/,
  ],
])(
  '%s is the mistake of the user, and stays as it is',
  async (_, make, says) => {
    const folder = folderWith({ 'zone.yaml': zoneOf('1') });
    const data = join(folder, 'data');
    mkdirSync(data);
    make(data);
    const before = snapshot(data);
    const { code, err } = await gamezone('dev', join(folder, 'zone.yaml'), '--data', data, '--exit');
    expect(err).toMatch(says);
    expect(code).toBe(2);
    const after = snapshot(data);
    delete after['log-0'];
    for (const name of Object.keys(after)) expect([name, after[name]]).toEqual([name, before[name]]);
  },
  60_000,
);

const MARKER = JSON.stringify({ format: 'gamezone dev', version: 1, kubernetes: '1.34' });

function damaged(data: string): void {
  put(data, { 'gamezone-cluster.json': MARKER, 'log-0': 'nothing of ours\n' });
}

function identity(data: string): void {
  put(data, { 'gamezone-cluster.json': MARKER, 'identity.json': '{"token": 1}' });
}

test('two of them cannot have one folder', async () => {
  const folder = folderWith({ 'zone.yaml': zoneOf('1') });
  const data = join(folder, 'data');
  const first = new Run(data, join(folder, 'zone.yaml'));
  await (await first.connect()).close();
  const { code, err } = await spawned(['dev', join(folder, 'zone.yaml'), '--data', data]);
  expect(err).toMatch(/data: process \d+ works in this folder/);
  expect(code).toBe(2);
  await first.kill();
  expect(existsSync(join(data, 'kubeconfig'))).toBe(true);
}, 60_000);
