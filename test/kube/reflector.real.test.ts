import { cpSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exponential } from '../../src/kube/backoff.js';
import { systemClock } from '../../src/kube/clock.js';
import { connect, type Connection } from '../../src/kube/connect.js';
import { isKubeError, KubeError } from '../../src/kube/error.js';
import type { KubeObject, Stored } from '../../src/kube/objects.js';
import { Reflector } from '../../src/kube/reflector.js';
import { configMaps } from '../../src/kube/resource.js';
import type { ControlPlane } from '../control-plane/control-plane.js';
import { startControlPlane } from '../control-plane/start.js';
import { describeControlPlane } from '../control-plane/suite.js';
import { until } from '../control-plane/until.js';
import { contentOf, LifeChecker } from './life.js';
import { Line } from './line.js';

// Reflectors while the API server and etcd under them are killed, hang, and are set back to a backup.

interface Numbered extends KubeObject {
  data?: { readonly n: string };
}

const namespace = 'default';

/** Writes without pause to some names of its own, one after the other, and keeps account of what came of it. */
class Writer {
  /** What may have been written, whether or not anybody heard of it: numbers that rise with each attempt. */
  readonly attempted = new Map<string, Set<string>>();
  /** Acknowledged, and nothing was attempted on that name since: what the server must show. */
  readonly certain = new Map<string, Stored | undefined>();
  readonly deleted = new Set<string>();
  acknowledged = 0;
  unheard = 0;
  private n = 0;
  private stopped = false;
  private readonly done: Promise<void>;

  constructor(
    private readonly connection: Connection,
    private readonly prefix: string,
    private readonly random: () => number,
  ) {
    this.done = this.run();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.done;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      try {
        await this.write(`${this.prefix}-${Math.floor(this.random() * 20)}`);
        this.acknowledged++;
      } catch (error) {
        if (!isKubeError(error)) throw error;
        this.unheard++;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  private async write(name: string): Promise<void> {
    const { api } = this.connection;
    const known = this.certain.get(name);
    this.certain.delete(name);
    const n = String(++this.n);
    const attempts = this.attempted.get(name) ?? new Set();
    this.attempted.set(name, attempts.add(n));
    const labels = { side: this.random() < 0.5 ? 'left' : 'right', reflected: 'yes' };
    const timeout = 3000;
    if (known && this.random() < 0.3) {
      await api.delete(configMaps, { namespace, name }, { uid: known.metadata.uid, timeout });
      this.deleted.add(known.metadata.uid);
      this.certain.set(name, undefined);
    } else if (known || !this.certain.has(name)) {
      const body: Numbered = { metadata: { namespace, name, labels }, data: { n } };
      const patch = { type: 'apply', body, force: true } as const;
      this.certain.set(name, await api.patch(configMaps, { namespace, name }, patch, { timeout }));
    }
  }
}

/** Reproducible chance. */
function chanceOf(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

describeControlPlane(
  'reflectors on a real control plane',
  () => {
    let controlPlane: ControlPlane;
    let connection: Connection;
    /** Of the reflectors alone. */
    let line: Line;
    let throughLine: Connection;
    let folder: string;
    let backup: string;
    let all: Reflector<Numbered>;
    let left: Reflector<Numbered>;

    beforeAll(async () => {
      controlPlane = await startControlPlane({ parts: [], audit: 'off' });
      connection = connect({ kubeconfig: controlPlane.kubeconfig });
      folder = join(dirname(part('etcd').log), 'etcd');
      backup = `${folder}-backup`;
      const kubeconfig = `${folder}-line`;
      line = await Line.to(controlPlane.kubeconfig, kubeconfig);
      throughLine = connect({ kubeconfig });
      const reflect = (labelSelector: string): Reflector<Numbered> =>
        new Reflector<Numbered>({
          api: throughLine.api,
          clock: systemClock,
          resource: configMaps,
          selection: { namespace, labelSelector },
          pageSize: 7,
          idleTimeout: 1500,
          backoff: exponential({ base: 50, cap: 500 }),
        });
      all = reflect('reflected=yes');
      left = reflect('reflected=yes,side=left');
    });

    afterAll(async () => {
      await Promise.all([all.stop(), left.stop()]);
      await Promise.all([connection.close(), throughLine.close(), line.close()]);
      await controlPlane.stop();
    });

    const part = (name: 'etcd' | 'kube-apiserver') => controlPlane.part(name);

    function put(name: string, n: string): Promise<unknown> {
      const body: Numbered = { metadata: { namespace, name, labels: { reflected: 'yes', side: 'left' } }, data: { n } };
      return connection.api.patch(configMaps, { namespace, name }, { type: 'apply', body, force: true });
    }

    /** Both reflectors show what a list shows. */
    async function same(): Promise<void> {
      for (const [reflector, labelSelector] of [
        [all, 'reflected=yes'],
        [left, 'reflected=yes,side=left'],
      ] as const) {
        const list = await connection.api.list<Numbered>(configMaps, { namespace, labelSelector });
        const newest = list.items.map(({ metadata }) => metadata.resourceVersion);
        await until(() => newest.every((version) => reflector.store.hasSeen(version)));
        await until(() => reflector.store.size === list.items.length);
        expect(contentOf(reflector.store.list())).toEqual(contentOf(list.items));
      }
    }

    test('lose nothing and invent nothing while servers are killed and hang', async () => {
      const seed = 7;
      await put('kept', '1');
      await put('changed', '1');
      const writers = [1, 2, 3].map((number) => new Writer(connection, `w${number}`, chanceOf(seed * number)));
      const lives = [new LifeChecker(all.store), new LifeChecker(left.store, { returns: true })];
      const invented: string[] = [];
      const seen = new Map<string, number>();
      all.store.subscribe(({ type, object }) => {
        const { name, uid } = object.metadata;
        const n = object.data?.n ?? '';
        if (n !== '1' && !writers.some(({ attempted }) => attempted.get(name)?.has(n))) invented.push(`${name} ${n}`);
        if (Number(n) < (seen.get(name) ?? 0)) invented.push(`${name} went back to ${n}`);
        if (type !== 'removed') seen.set(name, Number(n));
        seen.set(uid, Number(n));
      });
      all.start();
      left.start();
      await Promise.all([all.store.whenSynced(), left.store.whenSynced()]);
      const later = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, time));
      await later(1000);
      await part('kube-apiserver').kill();
      await part('kube-apiserver').start();
      await later(500);
      await part('etcd').kill();
      cpSync(folder, backup, { recursive: true });
      await part('etcd').start();
      await later(1000);
      part('kube-apiserver').suspend();
      await later(2500);
      part('kube-apiserver').resume();
      await later(500);
      // Its memory of what was is gone when they come back, and much has happened since.
      line.cut();
      await later(300);
      await Promise.all([part('etcd').kill(), part('kube-apiserver').kill()]);
      await Promise.all([part('etcd').start(), part('kube-apiserver').start()]);
      await later(1000);
      line.mend();
      await later(500);
      await Promise.all(writers.map((writer) => writer.stop()));
      await same();

      expect(invented).toEqual([]);
      for (const { problems } of lives) expect(problems).toEqual([]);
      for (const { certain, deleted } of writers) {
        for (const [name, object] of certain) {
          const shown = all.store.get({ namespace, name });
          expect([name, shown?.metadata.uid, shown?.metadata.resourceVersion]).toEqual([
            name,
            object?.metadata.uid,
            object?.metadata.resourceVersion,
          ]);
        }
        for (const uid of deleted) expect(all.store.byUid(uid)).toBeUndefined();
      }
      const acknowledged = writers.reduce((sum, writer) => sum + writer.acknowledged, 0);
      const unheard = writers.reduce((sum, writer) => sum + writer.unheard, 0);
      expect(acknowledged).toBeGreaterThan(200);
      expect(unheard).toBeGreaterThan(0);
      expect(all.state.lists).toBeGreaterThan(1);
      const { lists, watches, events } = all.state;
      process.stderr.write(
        `${acknowledged} writes acknowledged, ${unheard} not; ${lives[0]!.events} and ${lives[1]!.events} events told, ` +
          `${events} by ${watches} watches, ${lists} lists\n`,
      );
    });

    test('follow a server that is set back to a backup', async () => {
      for (let i = 0; i < 100; i++) await put(`lost-${i % 40}`, String(i));
      await put('changed', '2');
      await connection.api.delete(configMaps, { namespace, name: 'kept' });
      await same();
      const lost = all.store.version!;

      await Promise.all([part('kube-apiserver').kill(), part('etcd').kill()]);
      rmSync(folder, { recursive: true });
      cpSync(backup, folder, { recursive: true });
      await part('etcd').start();
      await part('kube-apiserver').start();
      await until(() => all.state.rewinds > 0 && left.state.rewinds > 0);
      await same();
      expect(all.store.get({ namespace, name: 'kept' })?.data).toEqual({ n: '1' });
      expect(all.store.get({ namespace, name: 'changed' })?.data).toEqual({ n: '1' });
      expect(all.store.get({ namespace, name: 'lost-0' })).toBeUndefined();
      // Versions of writes that were lost are not seen until the server is there again.
      expect(all.store.hasSeen(lost)).toBe(false);
      await put('changed', '3');
      await same();
    });

    test('say why they have nothing to show, and begin when they may', async () => {
      const gadgets = { group: 'example.com', version: 'v1', plural: 'gadgets', kind: 'Gadget', namespaced: true };
      const reflector = new Reflector({
        api: connection.api,
        clock: systemClock,
        resource: gadgets,
        backoff: exponential({ base: 50, cap: 200 }),
      });
      reflector.start();
      await until(() => reflector.state.failures > 2);
      expect(reflector.state.lastError?.error).toMatchObject({ kind: 'notFound' });
      expect(reflector.state.lastError?.error).toBeInstanceOf(KubeError);
      await controlPlane.send('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: 'gadgets.example.com' },
        spec: {
          group: gadgets.group,
          scope: 'Namespaced',
          names: { plural: gadgets.plural, kind: gadgets.kind },
          versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
        },
      });
      await reflector.store.whenSynced();
      await connection.api.create(gadgets, { metadata: { namespace, name: 'one' } });
      await until(() => reflector.store.size === 1);
      await reflector.stop();
    });
  },
  ['own'],
);
