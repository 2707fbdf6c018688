import fs from 'node:fs';
import { join } from 'node:path';
import { keyOfStored } from '../../../src/cluster/api-server/storage/collection.js';
import { Storage } from '../../../src/cluster/api-server/storage/storage.js';
import type { DataError } from '../../../src/cluster/persistence/data-error.js';
import { FolderJournal } from '../../../src/cluster/persistence/folder-journal.js';
import { decode, encode } from '../../../src/cluster/persistence/record.js';
import { random, type Random } from '../../../src/cluster/random.js';
import { VirtualClock } from '../../../src/cluster/virtual-clock.js';
import type { Stored } from '../../../src/kube/objects.js';
import { folderWith, removeFolders, snapshot } from '../../cli/command-line.js';
import { breakingFiles, type Break } from './breaking-files.js';

afterAll(removeFolders);

const COMPACT_AT = 2000;
const IDS = ['/configmaps', 'apps/statefulsets', 'example.com/things'];

/** A storage on a folder, and what it should hold: what was acknowledged. */
class Life {
  readonly storage: Storage;
  private journal: FolderJournal;

  constructor(folder: string, options: Parameters<typeof FolderJournal.open>[1] = {}) {
    this.journal = FolderJournal.open(folder, { compactAt: COMPACT_AT, ...options });
    this.storage = new Storage({ clock: new VirtualClock(), journal: this.journal });
  }

  end(): void {
    this.journal.close();
  }
}

/** Something random: an object is created, changed or deleted, or a collection that is empty goes. */
function write(storage: Storage, from: Random): void {
  const id = IDS[Math.floor(from() * IDS.length)]!;
  const collection = storage.collection(id);
  const name = `object-${Math.floor(from() * 8)}`;
  const object = { metadata: { namespace: 'a', name, uid: name }, data: 'x'.repeat(Math.floor(from() * 200)) };
  const dice = from();
  if (dice < 0.2 && collection.size > 0) storage.remove(collection, collection.keys[0]!);
  else if (dice < 0.25 && collection.size === 0) storage.drop(id);
  else storage.put(storage.collection(id), object as unknown as Stored);
}

/** All that a storage holds. Collections that are empty are as good as not there. */
function contentsOf(storage: Storage): string {
  const collections = storage.ids.toSorted().flatMap((id) => {
    const objects = [...storage.collection(id).values()].map((one) => [keyOfStored(one), one] as const);
    return objects.length === 0 ? [] : [[id, objects.sort(([one], [other]) => (one < other ? -1 : 1))]];
  });
  return JSON.stringify([storage.revision, collections]);
}

/** What the next process finds, and that it can go on. */
function found(folder: string): string {
  const life = new Life(folder);
  const contents = contentsOf(life.storage);
  const { revision } = life.storage;
  const written = life.storage.put(life.storage.collection('/configmaps'), {
    metadata: { name: 'next', uid: 'next' },
  } as Stored);
  expect(written.metadata.resourceVersion).toBe(String(revision + 1));
  life.end();
  const names = fs.readdirSync(folder).filter((name) => name !== 'unrelated');
  expect(names.map((name) => name.replace(/\d+$/, 'N')).sort()).toEqual(
    names.length === 1 ? ['log-N'] : ['log-N', 'snapshot-N'],
  );
  return contents;
}

test('what is kept is there again, and the folder stays small', () => {
  const folder = folderWith({ unrelated: 'stays' });
  const from = random(1);
  for (let lives = 0; lives < 20; lives++) {
    const life = new Life(folder);
    for (let writes = 0; writes < 200; writes++) write(life.storage, from);
    const contents = contentsOf(life.storage);
    life.end();
    expect(found(folder)).toBe(contents);
  }
  const sizes = fs.readdirSync(folder).map((name) => fs.statSync(join(folder, name)).size);
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(20_000);
});

test('a watch from before finds nothing to go on with; one from now on does', () => {
  const folder = folderWith();
  const life = new Life(folder);
  const from = random(2);
  for (let writes = 0; writes < 30; writes++) write(life.storage, from);
  life.end();
  const { storage } = new Life(folder);
  expect(storage.compactedRevision).toBe(storage.revision);
  expect(storage.collection('/configmaps').since).toBe(storage.revision);
});

test('a collection that was dropped with all that was in it is gone, and may come again', () => {
  const folder = folderWith();
  const life = new Life(folder);
  const put = (id: string, name: string): unknown =>
    life.storage.put(life.storage.collection(id), { metadata: { name, uid: name } } as Stored);
  put('example.com/things', 'old');
  put('example.com/others', 'old');
  life.storage.drop('example.com/things');
  put('example.com/things', 'new');
  life.storage.drop('example.com/others');
  put('/configmaps', 'last');
  life.end();
  const { storage } = new Life(folder);
  expect(storage.ids.map((id) => [id, storage.collection(id).keys])).toEqual([
    ['example.com/things', ['new']],
    ['/configmaps', ['last']],
  ]);
});

/** Lives once, with a break at one step, and looks whether the next process finds what was acknowledged. Steps that there were. */
function lived(seed: number, at: Break | undefined): { readonly steps: number; readonly broke: boolean } {
  const folder = folderWith();
  const { files, count, isDead, end } = breakingFiles(at);
  const from = random(seed);
  const told: (DataError | undefined)[] = [];
  let acknowledged = '[0,[]]';
  // The same without a folder, which is ahead by the write under way.
  const [twin, ahead] = [new Storage({ clock: new VirtualClock() }), random(seed)];
  let refused = 0;
  try {
    const life = new Life(folder, { files, onTrouble: (trouble) => void told.push(trouble) });
    for (let writes = 0; writes < 60 && !isDead(); writes++) {
      const before = contentsOf(life.storage);
      if (at?.how === 'dies') write(twin, ahead);
      try {
        write(life.storage, from);
        acknowledged = contentsOf(life.storage);
        const isWritten = contentsOf(life.storage) !== before;
        if (refused > 0 && isWritten) expect(wholeLogs(folder)).toBe(true);
      } catch (error) {
        refused++;
        if (!isDead()) expect(String(error)).toMatch(/nothing was changed: .*ENOSPC/);
        expect(contentsOf(life.storage)).toBe(before);
      }
    }
    if (at?.how === 'fails') expect(told.map((one) => one !== undefined)).toEqual(refused === 0 ? [] : [true, false]);
  } catch (error) {
    if (!isDead()) throw error;
  } finally {
    end();
  }
  const now = found(folder);
  // Nobody was told of the write under way, yet it may be there.
  expect(isDead() ? [acknowledged, contentsOf(twin)] : [acknowledged]).toContain(now);
  return { steps: count(), broke: isDead() || refused > 0 };
}

/** Nothing stands behind the last record. */
function wholeLogs(folder: string): boolean {
  const logs = fs.readdirSync(folder).filter((name) => name.startsWith('log-'));
  const contents = logs.map((name) => fs.readFileSync(join(folder, name)));
  return contents.every((bytes) => decode(bytes).whole === bytes.length);
}

describe('a process that ends at any of its changes of the file system', () => {
  const { steps } = lived(7, undefined);

  test.each([false, true])('loses nothing that was acknowledged; halfway: %s', (isHalfway) => {
    expect(steps).toBeGreaterThan(80);
    for (let at = 0; at < steps; at++) expect([at, lived(7, { how: 'dies', at, isHalfway }).broke]).toEqual([at, true]);
  });

  test('with many seeds', () => {
    for (let seed = 100; seed < 400; seed++) {
      const from = random(seed);
      const at = Math.floor(from() * steps);
      try {
        lived(seed, { how: 'dies', at, isHalfway: from() < 0.5 });
      } catch (error) {
        throw new Error(`seed ${seed}, step ${at}`, { cause: error });
      }
    }
  });
});

test('a full disk refuses writes, at any step, and does no harm; with room again it goes on', () => {
  const { steps } = lived(8, undefined);
  for (const length of [1, 2, 5])
    for (let at = 1; at < steps - 10; at++)
      try {
        lived(8, { how: 'fails', at, steps: length, code: 'ENOSPC' });
      } catch (error) {
        throw new Error(`${length} steps from ${at}`, { cause: error });
      }
});

describe('a damaged file', () => {
  const writes = [1, 2, 3].map((revision) => ({
    revision,
    at: 0,
    of: '/configmaps',
    object: { metadata: { name: `c${revision}`, uid: '1', resourceVersion: String(revision) } },
  }));
  const lines = writes.map((write) => encode(write));
  const offset = lines[0]!.length;
  const middle = Buffer.concat(lines);
  middle[offset + 30]! ^= 4;
  const snapshotOf = (...records: unknown[]): Buffer => Buffer.concat(records.map((record) => encode(record)));

  test.each<[string, Record<string, Buffer>, RegExp, RegExp]>([
    [
      'a record in the midst',
      { 'log-0': middle },
      new RegExp(`log-0: byte ${offset}: .*checksum`),
      /truncate -s \d+ '.*log-0'/,
    ],
    [
      'a write is missing',
      { 'log-0': Buffer.concat([lines[0]!, lines[2]!]) },
      /write 3 stands behind write 1/,
      /truncate/,
    ],
    [
      'a snapshot without its end',
      {
        'snapshot-4': snapshotOf({ revision: 3, at: 0 }, { of: '/configmaps', object: writes[0]!.object }),
        'log-4': Buffer.alloc(0),
      },
      /snapshot-4: byte \d+: .*no end/,
      /another folder/,
    ],
    [
      'a snapshot with fewer objects than it says',
      { 'snapshot-4': snapshotOf({ revision: 3, at: 0 }, { objects: 1 }) },
      /snapshot-4: byte \d+: /,
      /another folder/,
    ],
    ['a snapshot of another byte', { 'snapshot-1': Buffer.from('x') }, /snapshot-1: byte 0: /, /another folder/],
  ])('%s is told with file and place, and nothing is touched', (_, contents, says, hint) => {
    const folder = folderWith(contents);
    const before = snapshot(folder);
    const opened = (): unknown => FolderJournal.open(folder);
    expect(opened).toThrow(says);
    expect(opened).toThrow(expect.objectContaining({ hint: expect.stringMatching(hint) }) as Error);
    expect(snapshot(folder)).toEqual(before);
  });

  test('what the hint says helps', () => {
    const folder = folderWith({ 'log-0': middle });
    fs.truncateSync(join(folder, 'log-0'), offset);
    const { storage } = new Life(folder);
    expect([storage.revision, storage.collection('/configmaps').keys]).toEqual([1, ['c1']]);
  });

  test('a torn tail at any byte of the last record is cut off, and the next write takes its place', () => {
    for (let length = offset + lines[1]!.length; length < middle.length; length++) {
      const folder = folderWith({ 'log-0': Buffer.concat(lines).subarray(0, length) });
      expect(JSON.parse(found(folder))).toMatchObject([
        2,
        [
          [
            '/configmaps',
            [
              ['c1', {}],
              ['c2', {}],
            ],
          ],
        ],
      ]);
      expect(JSON.parse(found(folder))).toMatchObject([
        3,
        [
          [
            '/configmaps',
            [
              ['c1', {}],
              ['c2', {}],
              ['next', {}],
            ],
          ],
        ],
      ]);
    }
  });
});
