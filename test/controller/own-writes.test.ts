import { OwnWrites, PATIENCE } from '../../src/controller/game-stateful-set/own-writes.js';
import { pods, statefulSets } from '../../src/kube/resource.js';
import { WritableStore } from '../../src/kube/store.js';
import type { Stored } from '../../src/kube/objects.js';
import { VirtualClock } from '../kube/virtual-clock.js';

const key = 'default/game';
const object = (uid: string, resourceVersion: string, more: object = {}): Stored => ({
  metadata: { namespace: 'default', name: uid, uid, resourceVersion, ...more },
});

function world() {
  const clock = new VirtualClock();
  const podStore = new WritableStore();
  const childStore = new WritableStore();
  podStore.replace(new Map([['default/a', { ...object('a', '10') }]]), '10');
  childStore.replace(new Map(), '10');
  const writes = new OwnWrites(clock, (resource) => (resource === pods ? podStore : childStore));
  return { clock, podStore, childStore, writes };
}

test('a write is waited for until its store shows it, at its version or a later one', () => {
  const { writes, podStore } = world();
  expect(writes.waits(key)).toBeUndefined();
  writes.record(key, { kind: 'version', resource: pods, uid: 'a', resourceVersion: '12' });
  expect(writes.waits(key)).toBe(PATIENCE);
  expect(writes.waits('default/other')).toBeUndefined();
  podStore.apply('MODIFIED', object('b', '11'));
  expect(writes.waits(key)).toBe(PATIENCE);
  podStore.apply('MODIFIED', object('a', '13'));
  expect(writes.waits(key)).toBeUndefined();
  expect(writes.size).toBe(0);
});

test('what was written and is gone already is waited for no longer', () => {
  const { writes, podStore } = world();
  writes.record(key, { kind: 'version', resource: pods, uid: 'a', resourceVersion: '12' });
  podStore.apply('DELETED', object('a', '14'));
  expect(writes.waits(key)).toBeUndefined();
});

test('the store of another resource proves nothing', () => {
  const { writes, childStore } = world();
  writes.record(key, { kind: 'version', resource: pods, uid: 'a', resourceVersion: '12' });
  childStore.apply('ADDED', object('c', '20'));
  expect(writes.waits(key)).toBe(PATIENCE);
});

test('of several writes to one object the last one counts, and the wait is for the oldest of all', async () => {
  const { writes, clock, podStore } = world();
  writes.record(key, { kind: 'version', resource: pods, uid: 'b', resourceVersion: '11' });
  await clock.advance(1000);
  writes.record(key, { kind: 'version', resource: pods, uid: 'a', resourceVersion: '12' });
  writes.record(key, { kind: 'version', resource: pods, uid: 'a', resourceVersion: '14' });
  expect(writes.waits(key)).toBe(PATIENCE - 1000);
  podStore.apply('MODIFIED', object('a', '13'));
  expect(writes.waits(key)).toBe(PATIENCE);
});

test.each([
  ['on its way', () => object('a', '15', { deletionTimestamp: '2030-01-01T00:00:00Z' }), 'MODIFIED' as const],
  ['gone', () => object('a', '15'), 'DELETED' as const],
])('a deleted pod is waited for until it is seen to be %s', (_, seen, type) => {
  const { writes, podStore } = world();
  writes.record(key, { kind: 'deletion', resource: pods, uid: 'a' });
  podStore.apply('MODIFIED', object('b', '12'));
  expect(writes.waits(key)).toBe(PATIENCE);
  podStore.apply(type, seen());
  expect(writes.waits(key)).toBeUndefined();
});

test('a write of unknown fate keeps its workload waiting until the object was read', () => {
  const { writes, podStore } = world();
  const unknown = { kind: 'unknown', resource: pods, name: { name: 'a' }, uid: 'a' } as const;
  writes.record(key, unknown);
  podStore.apply('MODIFIED', object('a', '100'));
  expect(writes.waits(key)).toBe(PATIENCE);
  expect(writes.unknown(key)).toEqual([unknown]);
  writes.clarified(key, unknown, object('a', '101'));
  expect(writes.unknown(key)).toEqual([]);
  expect(writes.waits(key)).toBe(PATIENCE);
  podStore.apply('MODIFIED', object('a', '101'));
  expect(writes.waits(key)).toBeUndefined();
});

test('one that turns out to be gone must be seen to be gone; one that never came to be is forgotten', () => {
  const { writes, podStore } = world();
  const pod = { kind: 'unknown', resource: pods, name: { name: 'a' }, uid: 'a' } as const;
  const child = { kind: 'unknown', resource: statefulSets, name: { name: 'game' } } as const;
  writes.record(key, pod);
  writes.record(key, child);
  writes.clarified(key, child, undefined);
  writes.clarified(key, pod, undefined);
  expect(writes.waits(key)).toBe(PATIENCE);
  podStore.apply('DELETED', object('a', '11'));
  expect(writes.waits(key)).toBeUndefined();
});

describe('when the server was asked instead', () => {
  const answer = (version: string, alive: readonly string[] = []) => ({
    versionOf: () => version,
    shows: (_: unknown, uid: string) => alive.includes(uid),
  });

  test('the stores have to get there still, and have as long again', async () => {
    const { writes, clock, podStore } = world();
    writes.record(key, { kind: 'version', resource: pods, uid: 'a', resourceVersion: '12' });
    writes.record(key, { kind: 'deletion', resource: pods, uid: 'b' });
    podStore.apply('ADDED', object('b', '11'));
    await clock.advance(PATIENCE);
    expect(writes.waits(key)).toBe(0);
    writes.askedServer(key, answer('50'));
    expect(writes.waits(key)).toBe(PATIENCE);
    podStore.apply('MODIFIED', object('a', '12'));
    expect(writes.waits(key)).toBe(PATIENCE);
    podStore.apply('DELETED', object('b', '13'));
    expect(writes.waits(key)).toBeUndefined();
  });

  test('what a server that was set back has lost is not waited for', () => {
    const { writes, podStore } = world();
    writes.record(key, { kind: 'version', resource: pods, uid: 'a', resourceVersion: '5000' });
    writes.record(key, { kind: 'deletion', resource: pods, uid: 'a' });
    writes.askedServer(key, answer('20', ['a']));
    podStore.apply('MODIFIED', object('a', '20'));
    expect(writes.waits(key)).toBeUndefined();
  });
});

test('a workload that is gone is forgotten', () => {
  const { writes } = world();
  writes.record(key, { kind: 'version', resource: pods, uid: 'a', resourceVersion: '12' });
  writes.forget(key);
  expect([writes.waits(key), writes.size]).toEqual([undefined, 0]);
});
