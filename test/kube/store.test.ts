import { setMaxListeners } from 'node:events';
import { keyOf, type KubeObject, type Stored } from '../../src/kube/objects.js';
import { WritableStore, type StoreEvent } from '../../src/kube/store.js';

interface Thing extends KubeObject {
  owners?: string[];
}

function thing(name: string, uid: string, version: number, owners: string[] = []): Stored<Thing> {
  return { metadata: { namespace: 'n', name, uid, resourceVersion: String(version) }, owners };
}

function all(...things: Stored<Thing>[]): Map<string, Stored<Thing>> {
  return new Map(things.map((one) => [keyOf(one), one]));
}

function told(store: WritableStore<Thing, 'owner'>): string[] {
  const events: string[] = [];
  const say = ({ type, object, ...rest }: StoreEvent<Thing>): void => {
    const old = 'old' in rest ? ` was ${rest.old.metadata.uid}@${rest.old.metadata.resourceVersion}` : '';
    events.push(`${type} ${object.metadata.uid}@${object.metadata.resourceVersion}${old}`);
  };
  store.subscribe(say);
  return events;
}

const indexes = { owner: ({ owners = [] }: { readonly owners?: readonly string[] }) => owners };
let errors: unknown[];
let store: WritableStore<Thing, 'owner'>;
beforeEach(() => {
  errors = [];
  store = new WritableStore<Thing, 'owner'>({ indexes, onError: (error) => errors.push(error) });
});

test('a list is told as its difference', () => {
  const events = told(store);
  store.replace(all(thing('a', 'A', 1), thing('b', 'B', 2), thing('c', 'C', 3)), '10');
  expect(events.splice(0)).toEqual(['added A@1', 'added B@2', 'added C@3']);
  store.replace(all(thing('a', 'A', 1), thing('b', 'B', 12), thing('d', 'D', 13)), '20');
  expect(events.splice(0)).toEqual(['removed C@3 was C@3', 'changed B@12 was B@2', 'added D@13']);
  store.replace(all(thing('a', 'A', 1), thing('b', 'B', 12), thing('d', 'D', 13)), '30');
  expect(events).toEqual([]);
  expect(store.version).toBe('30');
});

test('another object of the same name is two lives, by list and by watch', () => {
  const events = told(store);
  store.replace(all(thing('a', 'A', 1)), '10');
  store.replace(all(thing('a', 'A2', 15)), '20');
  store.apply('MODIFIED', thing('a', 'A3', 25));
  store.apply('DELETED', thing('a', 'A4', 30));
  expect(events).toEqual([
    'added A@1',
    'removed A@1 was A@1',
    'added A2@15',
    'removed A2@15 was A2@15',
    'added A3@25',
    // The last of what nobody was told of is the last of what they were.
    'removed A3@25 was A3@25',
  ]);
  expect(store.byUid('A3')).toBeUndefined();
});

test('a removal shows the last state that the server told', () => {
  const events = told(store);
  store.replace(all(thing('a', 'A', 1)), '10');
  store.apply('DELETED', thing('a', 'A', 15));
  store.apply('DELETED', thing('b', 'B', 16));
  expect(events).toEqual(['added A@1', 'removed A@15 was A@1']);
});

test('who is told sees the whole of it already', () => {
  const seen: string[] = [];
  store.subscribe(() => {
    seen.push(`${String(store.synced)} ${store.size} ${String(store.version)}`);
  });
  store.replace(all(thing('a', 'A', 1), thing('b', 'B', 2)), '10');
  store.replace(all(thing('c', 'C', 11)), '20');
  expect(seen).toEqual(['true 2 10', 'true 2 10', 'true 1 20', 'true 1 20', 'true 1 20']);
});

test('a server that went back in time is compared by content: it gives out the same versions again', () => {
  store.replace(all(thing('a', 'A', 5, ['x']), thing('b', 'B', 6)), '10');
  const events = told(store);
  store.replace(all(thing('a', 'A', 5, ['y']), thing('b', 'B', 6)), '8');
  expect(events).toEqual(['changed A@5 was A@5']);
  expect(store.byIndex('owner', 'x')).toEqual([]);
  expect(store.byIndex('owner', 'y')).toHaveLength(1);
});

test('indexes follow every change', () => {
  const names = (owner: string): string[] =>
    store
      .byIndex('owner', owner)
      .map(({ metadata }) => metadata.name)
      .sort();
  store.replace(all(thing('a', 'A', 1, ['x']), thing('b', 'B', 2, ['x', 'y'])), '10');
  expect([names('x'), names('y'), names('z')]).toEqual([['a', 'b'], ['b'], []]);
  store.apply('MODIFIED', thing('b', 'B', 11, ['z']));
  expect([names('x'), names('y'), names('z')]).toEqual([['a'], [], ['b']]);
  store.apply('DELETED', thing('a', 'A', 12));
  expect(names('x')).toEqual([]);
  store.replace(all(), '20');
  expect([names('x'), names('y'), names('z')]).toEqual([[], [], []]);
  expect(() => store.byIndex('none' as 'owner', 'x')).toThrow(RangeError);
});

test('the same index value twice is the same place', () => {
  store.replace(all(thing('a', 'A', 1, ['x', 'x'])), '10');
  expect(store.byIndex('owner', 'x')).toHaveLength(1);
  store.apply('MODIFIED', thing('a', 'A', 11, ['x']));
  expect(store.byIndex('owner', 'x')).toHaveLength(1);
});

test('an index function that throws, or says something else each time, leaves nothing behind', () => {
  let calls = 0;
  const odd = new WritableStore<Thing, 'odd'>({
    indexes: {
      odd: () => {
        if (++calls === 2) throw new Error('odd');
        return [String(calls)];
      },
    },
    onError: (error) => errors.push(error),
  });
  odd.replace(all(thing('a', 'A', 1)), '10');
  odd.apply('MODIFIED', thing('a', 'A', 11));
  expect([odd.byIndex('odd', '1').length, odd.byIndex('odd', '2').length]).toEqual([0, 0]);
  odd.apply('MODIFIED', thing('a', 'A', 12));
  expect(odd.byIndex('odd', '3')).toHaveLength(1);
  odd.apply('DELETED', thing('a', 'A', 13));
  expect(odd.byIndex('odd', '3')).toEqual([]);
  expect(errors).toHaveLength(1);
});

test('a listener that throws or rejects is reported, and the others are told', async () => {
  store.subscribe(() => {
    throw new Error('sync');
  });
  // eslint-disable-next-line @typescript-eslint/no-misused-promises -- as one does by mistake
  store.subscribe(() => Promise.reject(new Error('async')));
  const events = told(store);
  store.replace(all(thing('a', 'A', 1)), '10');
  await Promise.resolve();
  expect(events).toEqual(['added A@1']);
  expect(errors.map(String)).toEqual(['Error: sync', 'Error: async']);
});

test('who leaves is not told any more, even within one list', () => {
  const events: string[] = [];
  const leave = store.subscribe(({ object }) => {
    events.push(object.metadata.name);
    leave();
  });
  store.replace(all(thing('a', 'A', 1), thing('b', 'B', 2)), '10');
  expect(events).toEqual(['a']);
});

test('an own write is seen when the store is at its version, whatever became of the object', () => {
  expect(store.hasSeen('5')).toBe(false);
  store.replace(all(thing('a', 'A', 9)), '10');
  expect([store.hasSeen('9'), store.hasSeen('10'), store.hasSeen('11')]).toEqual([true, true, false]);
  store.apply('MODIFIED', thing('a', 'A', 11));
  expect(store.hasSeen('11')).toBe(true);
  store.apply('DELETED', thing('a', 'A', 120));
  expect([store.hasSeen('111'), store.hasSeen('120'), store.hasSeen('121')]).toEqual([true, true, false]);
  store.advance('200');
  expect([store.hasSeen('200'), store.hasSeen('1000')]).toEqual([true, false]);
  expect(store.hasSeen('not a version')).toBe(false);
});

test('synced: for those who wait, for those who come later, and not for those who left', async () => {
  const leaving = new AbortController();
  const left = store.whenSynced(leaving.signal).catch((error: unknown) => String(error));
  const waiting = store.whenSynced();
  expect(store.synced).toBe(false);
  leaving.abort(new Error('left'));
  expect(await left).toBe('Error: left');
  store.replace(all(), '10');
  expect(store.synced).toBe(true);
  await waiting;
  await store.whenSynced(leaving.signal);
  const late = new WritableStore();
  await expect(late.whenSynced(leaving.signal)).rejects.toThrow('left');
});

test('waiting does not gather listeners on a signal that lives long', async () => {
  const warnings: unknown[] = [];
  const warn = (warning: unknown): void => void warnings.push(warning);
  process.on('warning', warn);
  const { signal } = new AbortController();
  setMaxListeners(3, signal);
  for (let i = 0; i < 20; i++) {
    const fresh = new WritableStore();
    const synced = fresh.whenSynced(signal);
    fresh.advance('1');
    await synced;
  }
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', warn);
  expect(warnings).toEqual([]);
});

test('get takes a name or a key', () => {
  const a = thing('a', 'A', 1);
  store.replace(all(a), '10');
  expect(store.get('n/a')).toBe(a);
  expect(store.get({ namespace: 'n', name: 'a' })).toBe(a);
  expect(store.get({ name: 'a' })).toBeUndefined();
  expect(store.byUid('A')).toBe(a);
  expect(store.list()).toEqual([a]);
});
