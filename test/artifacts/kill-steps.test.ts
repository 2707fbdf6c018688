import { afterAll, afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { folderWith, removeFolders } from '../cli/command-line.js';
import type { SourceEntry } from '../../src/artifacts/entry.js';
import type { SourceSpec } from '../../src/artifacts/sources/open.js';
import type { Sink, Source, SourceContext } from '../../src/artifacts/sources/source.js';
import { Dying, FullDisk, mortalFileSystem } from './mishap.js';
import { tree } from './laboratory.js';
import { S3Store } from './s3-store.js';

jest.unstable_mockModule('node:fs/promises', mortalFileSystem);
// It changes nothing that a kill could leave half done.
jest.unstable_mockModule('../../src/artifacts/flush.js', () => ({ flushed: () => Promise.resolve() }));
const open = await import('../../src/artifacts/sources/open.js');
jest.unstable_mockModule('../../src/artifacts/sources/open.js', () => ({
  openSource: (spec: SourceSpec, context: SourceContext) => (spec.kind === 'git' ? new Memory() : open.openSource(spec, context)), // prettier-ignore
}));
const { sync } = await import('../../src/artifacts/sync.js');
const { collect } = await import('../../src/artifacts/collect.js');
const { Volume } = await import('../../src/artifacts/volume.js');
const { verifyRelease } = await import('../../src/artifacts/verify.js');
const { Progress } = await import('../../src/artifacts/progress.js');
const { Secrets } = await import('../../src/artifacts/secrets.js');

let store: S3Store;
beforeEach(async () => void (store = await S3Store.start()));
afterEach(() => store.stop());
afterAll(removeFolders);

type Files = Readonly<Record<string, string>>;

/** More than is kept in memory, so that it is written while it comes. */
const large = (text: string): string => text.repeat(30_000);

const FIRST: Files = {
  link: '-> a.txt',
  tool: 'x:a',
  'a.txt': 'a',
  'b.txt': 'b',
  'deep/er/c.txt': 'c',
  'folder/d.txt': 'd',
  file: 'a file',
  gone: 'gone',
  large: large('first '),
  twice: 'a',
};
const SECOND: Files = {
  link: '-> deep/er/c.txt',
  tool: 'x:a',
  'a.txt': 'a',
  'b.txt': 'new b',
  'deep/er/c.txt': 'new c',
  folder: 'a file now',
  'file/e.txt': 'e',
  large: large('second '),
  new: 'new',
  twice: 'a',
};

/** What a bucket has not: a program, whose content is that of another file too, and a link. In place of git, for the time it takes. */
class Memory implements Source {
  static target = '';
  readonly name = 'memory';
  private readonly entries: readonly SourceEntry[] = [
    { path: 'tool', kind: 'file', executable: true, identity: 'tool', address: 'tool' },
    { path: 'link', kind: 'link', executable: false, identity: Memory.target, address: 'link' },
  ];

  resolve = () => Promise.resolve({ commit: Memory.target });
  list = () => Promise.resolve({ entries: this.entries, notes: [] });
  close = () => Promise.resolve();
  readTargets = () => Promise.resolve(new Map([[this.entries[1]!, Memory.target]]));

  async fetch([tool]: readonly SourceEntry[], sink: Sink): Promise<void> {
    await sink.receive(tool!, Readable.from([Buffer.from('a')]));
  }
}

class World {
  readonly volume: InstanceType<typeof Volume>;

  constructor(readonly folder = folderWith()) {
    this.volume = new Volume(join(folder, 'volume'));
  }

  /** The same again, to the byte: times and hard links matter. */
  copy(): World {
    const other = new World();
    execFileSync('cp', ['-a', `${this.folder}/.`, other.folder]);
    return other;
  }

  sync(signal = new AbortController().signal) {
    const sources: readonly SourceSpec[] = [
      { kind: 's3', settings: { url: store.url, path: 'games/p' }, credentials: {} },
      { kind: 'git', settings: { url: 'https://git.example.com/a.git' }, credentials: {} },
    ];
    return sync({
      volume: this.volume,
      sources,
      live: true,
      concurrency: 2,
      secrets: new Secrets(),
      progress: new Progress(),
      signal,
      now: () => new Date(),
      onWait: (holder) => {
        throw new Error(`waits for ${holder}`);
      },
    });
  }

  collect(inUse: readonly string[]) {
    const { signal } = new AbortController();
    return collect({
      volume: this.volume,
      inUse: () => Promise.resolve(inUse),
      keep: 1,
      dryRun: false,
      signal,
      onWait: () => undefined,
    });
  }

  /** What stands in a folder of the volume. */
  tree(folder: string): Files {
    const path = join(this.volume.folder, folder);
    return existsSync(path) ? tree(path) : {};
  }

  releases(): string[] {
    return existsSync(this.volume.releases) ? readdirSync(this.volume.releases) : [];
  }

  /** The process that died is this one, which lives: its lock is made that of another. */
  bury(): void {
    const path = join(this.volume.work, 'lock');
    if (existsSync(path))
      writeFileSync(path, JSON.stringify({ host: hostname(), pid: process.pid, started: 'before' }));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const put = (files: Files): void => {
  store.objects.clear();
  const { link, tool: _, ...ofBucket } = files;
  Memory.target = link!.slice('-> '.length);
  store.put(Object.fromEntries(Object.entries(ofBucket).map(([path, text]) => [`p/${path}`, text])));
};

/** Kills at every change of the file system, before it and in its midst; how often that was. */
async function eachKill(
  start: World,
  work: (world: World, signal: AbortSignal) => Promise<unknown>,
  afterwards: (world: World) => Promise<void>,
): Promise<number> {
  let killed = 0;
  for (const isHalfway of [false, true]) {
    for (let at = 0; ; at++) {
      const world = start.copy();
      const ending = new AbortController();
      const isKilled = await new Dying(at, isHalfway).run(() => work(world, ending.signal));
      ending.abort(new Error('dead'));
      world.bury();
      if (isKilled) await afterwards(world);
      world.remove();
      if (!isKilled) break;
      killed++;
    }
  }
  start.remove();
  return killed;
}

test('killed at any step of the first sync, nothing is there or all of it, and the next one goes on', async () => {
  put(FIRST);
  const killed = await eachKill(new World(), (world, signal) => world.sync(signal), async (world) => {
    for (const id of world.releases()) expect(world.tree(`releases/${id}`)).toEqual(FIRST);
    for (const [path, text] of Object.entries(world.tree('live'))) expect([path, text]).toEqual([path, FIRST[path]]);
    await world.sync();
    expect(world.tree('live')).toEqual(FIRST);
    expect(world.releases()).toHaveLength(1);
    expect(readdirSync(world.volume.work)).toEqual([]);
  }); // prettier-ignore
  expect(killed).toBeGreaterThan(100);
}, 120_000);

test('killed at any step of an update, each file is old or new, and no work of a tester is lost', async () => {
  put(FIRST);
  const start = new World();
  const before = (await start.sync()).release.release;
  const edits: Files = { 'a.txt': 'edited a', 'b.txt': 'edited b', 'folder/theirs.txt': 'only a tester has it' };
  for (const [path, text] of Object.entries(edits)) writeFileSync(join(start.volume.live, path), text);
  put(SECOND);
  const killed = await eachKill(start, (world, signal) => world.sync(signal), async (world) => {
    for (const id of world.releases()) expect(world.tree(`releases/${id}`)).toEqual(id === before ? FIRST : SECOND);
    expect(world.releases()).toContain(before);
    const live = world.tree('live');
    for (const [path, text] of Object.entries(live)) expect([FIRST[path], SECOND[path], edits[path]]).toContain(text);
    for (const path of ['a.txt', 'b.txt', 'deep/er/c.txt', 'large', 'twice']) expect(Object.keys(live)).toContain(path);
    const kept = [...Object.values(live), ...Object.values(world.tree('edited'))];
    for (const text of Object.values(edits)) expect(kept).toContain(text);
    const state = join(world.volume.folder, 'state.json');
    JSON.parse(readFileSync(state, 'utf8'));
    const { release } = (await world.sync()).release;
    expect(world.tree('live')).toEqual({ ...SECOND, 'a.txt': 'edited a' });
    expect(world.tree(`edited/${release}`)).toMatchObject({ 'b.txt': 'edited b', 'folder/theirs.txt': 'only a tester has it' });
    expect(world.tree(`releases/${release}`)).toEqual(SECOND);
    expect(readdirSync(world.volume.work)).toEqual([]);
  }); // prettier-ignore
  expect(killed).toBeGreaterThan(100);
}, 120_000);

test('killed at any step of a collection, a release is whole or gone, and those in use are whole', async () => {
  const start = new World();
  const ids: string[] = [];
  for (const files of [FIRST, { ...SECOND, only: 'in the second' }, SECOND]) {
    put(files);
    ids.push((await start.sync()).release.release);
  }
  const [unused, used, live] = ids as [string, string, string];
  const killed = await eachKill(start, (world) => world.collect([used]), async (world) => {
    const left = world.releases();
    expect(left).toEqual(expect.arrayContaining([used, live]));
    for (const id of left) for await (const { path, why } of verifyRelease(world.volume, id)) expect(`${path}: ${why}`).toBe('whole');
    if (left.includes(unused)) expect(world.tree(`releases/${unused}`)).toEqual(FIRST);
    await world.collect([used]);
    expect(world.releases().sort()).toEqual([used, live].sort());
    // What no release holds is gone: each content that is left is one of theirs.
    const contents = new Set([...Object.values(SECOND).filter((text) => !text.startsWith('->')), 'in the second']);
    expect(new Set(Object.values(world.tree('store')))).toEqual(contents);
  }); // prettier-ignore
  expect(killed).toBeGreaterThan(10);
}, 120_000);

test('a disk that is full from any step on loses nothing, says so, and the next sync goes on', async () => {
  put(FIRST);
  const start = new World();
  const before = (await start.sync()).release.release;
  writeFileSync(join(start.volume.live, 'b.txt'), 'edited b');
  put(SECOND);
  let failed = 0;
  for (let from = 0; ; from += 2) {
    const world = start.copy();
    const error = await new FullDisk(from).run(() => world.sync());
    if (error === undefined) {
      world.remove();
      break;
    }
    failed++;
    expect(error).toMatchObject({ name: 'ArtifactError', message: expect.stringContaining('no space is left on the volume') }); // prettier-ignore
    for (const id of world.releases()) expect(world.tree(`releases/${id}`)).toEqual(id === before ? FIRST : SECOND);
    expect(world.releases()).toContain(before);
    const live = world.tree('live');
    for (const [path, text] of Object.entries(live)) expect([FIRST[path], SECOND[path], 'edited b']).toContain(text);
    expect([...Object.values(live), ...Object.values(world.tree('edited'))]).toContain('edited b');
    expect(existsSync(join(world.volume.work, 'lock'))).toBe(false);
    await world.sync();
    expect(world.tree('live')).toEqual(SECOND);
    expect(readdirSync(world.volume.work)).toEqual([]);
    world.remove();
  }
  start.remove();
  expect(failed).toBeGreaterThan(40);
}, 120_000);
