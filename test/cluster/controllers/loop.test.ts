import type { ControllerContext } from '../../../src/cluster/controllers/context.js';
import { Loop } from '../../../src/cluster/controllers/loop.js';
import { random } from '../../../src/cluster/random.js';
import { VirtualClock } from '../../../src/cluster/virtual-clock.js';
import type { KubeApi } from '../../../src/kube/api.js';
import type { Stored } from '../../../src/kube/objects.js';
import { configMaps } from '../../../src/kube/resource.js';
import { WritableStore } from '../../../src/kube/store.js';

const namespace = 'default';

function configMap(name: string, version: string, deletionTimestamp?: string): Stored {
  const metadata = { name, namespace, uid: `uid-of-${name}`, resourceVersion: version };
  return { metadata: { ...metadata, ...(deletionTimestamp !== undefined && { deletionTimestamp }) } };
}

/** A loop that writes once, in each of its syncs, on a server whose watch is as slow as the test wants. */
function slowWorld(write: 'create' | 'delete') {
  const clock = new VirtualClock();
  const store = new WritableStore();
  store.replace(new Map([[`${namespace}/old`, configMap('old', '5')]]), '5');
  const created = configMap('new', '9');
  const api = { create: () => Promise.resolve(created), delete: () => Promise.resolve() } as unknown as KubeApi;
  const errors: string[] = [];
  const onError = (error: unknown): void => void errors.push(String(error));
  const syncs: number[] = [];
  const context = { api, clock, random: random(1), onError } as unknown as ControllerContext;
  const place = { resource: configMaps, store };
  const loop = new Loop('test', context, async (_, hand) => {
    syncs.push(clock.monotonic());
    if (write === 'create') await hand.create(place, created);
    else await hand.delete(place, configMap('old', '5'));
  });
  loop.start();
  return { clock, store, loop, syncs, errors, created };
}

test('a key waits until the store shows what was created for it', async () => {
  const { clock, store, loop, syncs, created } = slowWorld('create');
  loop.add('key');
  loop.add('other');
  await clock.advance(1000);
  expect(syncs).toEqual([0, 0]);
  loop.add('key');
  await clock.advance(1000);
  expect(syncs).toHaveLength(2);
  store.apply('ADDED', created);
  await clock.advance(1000);
  expect(syncs).toHaveLength(3);
});

test('a key waits until the store shows that what it deleted is going', async () => {
  const { clock, store, loop, syncs } = slowWorld('delete');
  loop.add('key');
  await clock.advance(100);
  loop.add('key');
  await clock.advance(1000);
  expect(syncs).toHaveLength(1);
  store.apply('MODIFIED', configMap('old', '10', '2026-01-01T00:00:00Z'));
  await clock.advance(1000);
  expect(syncs).toHaveLength(2);
});

test('what never shows is waited for ten seconds, and said', async () => {
  const { clock, loop, syncs, errors } = slowWorld('create');
  loop.add('key');
  await clock.advance(100);
  loop.add('key');
  await clock.advance(9000);
  expect([syncs.length, errors.length]).toEqual([1, 0]);
  await clock.advance(3000);
  expect([syncs.length, errors.length]).toEqual([2, 1]);
});
