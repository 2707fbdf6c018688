import { afterAll, expect, test } from '@jest/globals';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Volume } from '../../src/artifacts/volume.js';
import { waitForRelease } from '../../src/artifacts/wait.js';
import { folderWith, gamezone, removeFolders } from '../cli/command-line.js';
import { Laboratory, tree, zoneWith } from './laboratory.js';
import { Repository } from './repository.js';

afterAll(removeFolders);

/** A volume that follows a repository. */
function world(files: Readonly<Record<string, string>>): { source: Repository; laboratory: Laboratory } {
  const source = new Repository(join(folderWith(), 'repository'));
  source.commit(files);
  return { source, laboratory: new Laboratory(zoneWith([{ path: '/a', git: { url: source.url, branch: 'main' } }])) };
}

test('what testers changed stays while the sources leave it alone, and is set aside when they do not', async () => {
  const { source, laboratory } = world({ 'a.txt': 'a', 'b.txt': 'b', 'c.txt': 'c', 'd/e.txt': 'e' });
  await laboratory.sync();
  const live = join(laboratory.volume, 'live');
  writeFileSync(join(live, 'a.txt'), 'edited a');
  writeFileSync(join(live, 'b.txt'), 'edited b');
  writeFileSync(join(live, 'c.txt'), 'edited c');
  writeFileSync(join(live, 'theirs.txt'), 'only a tester has it');
  rmSync(join(live, 'd/e.txt'));
  expect((await laboratory.sync()).live).toEqual({ written: 1, removed: 0, kept: 3, setAside: [] });
  source.commit({ 'b.txt': 'new b', 'c.txt': undefined, 'f.txt': 'f' });
  const second = await laboratory.sync();
  expect(second.live).toEqual({ written: 2, removed: 0, kept: 2, setAside: ['b.txt'] });
  expect(laboratory.live()).toEqual({ 'a.txt': 'edited a', 'b.txt': 'new b', 'c.txt': 'edited c', 'd/e.txt': 'e', 'f.txt': 'f', 'theirs.txt': 'only a tester has it' }); // prettier-ignore
  expect(tree(join(laboratory.volume, 'edited', second.release))).toEqual({ 'b.txt': 'edited b' });
});

test('nothing is written through a link that somebody put into live', async () => {
  const { source, laboratory } = world({ 'a.txt': 'a', 'd/e.txt': 'e' });
  await laboratory.sync();
  const outside = folderWith({ 'e.txt': 'mine' });
  rmSync(join(laboratory.volume, 'live/d'), { recursive: true });
  symlinkSync(outside, join(laboratory.volume, 'live/d'));
  source.commit({ 'd/e.txt': 'new e' });
  await laboratory.sync();
  expect(readFileSync(join(outside, 'e.txt'), 'utf8')).toBe('mine');
  expect(laboratory.live()).toEqual({ 'a.txt': 'a', 'd/e.txt': 'new e' });
  source.commit({ 'd/e.txt': undefined });
  rmSync(join(laboratory.volume, 'live/d'), { recursive: true });
  symlinkSync(outside, join(laboratory.volume, 'live/d'));
  await laboratory.sync();
  expect(readFileSync(join(outside, 'e.txt'), 'utf8')).toBe('mine');
});

test('a folder takes the place of a file, and a file that of a folder', async () => {
  const { source, laboratory } = world({ x: 'file', 'y/z.txt': 'z' });
  await laboratory.sync();
  source.commit({ x: undefined, y: undefined });
  source.commit({ 'x/now.txt': 'below', y: 'file' });
  await laboratory.sync();
  expect(laboratory.live()).toEqual({ 'x/now.txt': 'below', y: 'file' });
});

test('sources are laid over each other: order, subPath, into, and a later one wins over files and folders', async () => {
  const [one, two] = [new Repository(join(folderWith(), 'one')), new Repository(join(folderWith(), 'two'))];
  one.commit({
    'keep.txt': '1',
    'both.txt': '1',
    'was-file': '1',
    'was-folder/a': '1',
    'was-folder/b': '1',
    'case.txt': '1',
  });
  two.commit({
    'sub/both.txt': '2',
    'sub/was-file/x': '2',
    'sub/was-folder': '2',
    'sub/Case.txt': '2',
    'no.txt': 'outside sub',
  });
  const laboratory = new Laboratory(
    zoneWith([
      { path: '/a', git: { url: one.url } },
      { path: '/a', subPath: 'sub', git: { url: two.url } },
      { path: '/a/deep', into: 'er', subPath: 'sub', git: { url: two.url } },
    ]),
  );
  const done = await laboratory.sync();
  expect(laboratory.live()).toEqual({
    'Case.txt': '2',
    'both.txt': '2',
    'case.txt': '1',
    'keep.txt': '1',
    'was-file/x': '2',
    'was-folder': '2',
    ...Object.fromEntries([['both.txt', '2'], ['was-file/x', '2'], ['was-folder', '2'], ['Case.txt', '2']].map(([name, text]) => [`deep/er/${name}`, text])), // prettier-ignore
  });
  expect(done.notes).toEqual(['case.txt and Case.txt differ in case only: Windows and SMB show one of them']);
});

test('several volumes of a file are told apart by --volume', async () => {
  const { source } = world({ 'a.txt': 'a' });
  const git = { url: source.url };
  const laboratory = new Laboratory(
    zoneWith([
      { path: '/one', git },
      { path: '/two', subPath: 'x', git },
    ]),
  );
  expect(await laboratory.run()).toMatchObject({
    code: 2,
    err: expect.stringContaining('name one with --volume: artifacts, two'),
  });
  expect((await laboratory.run('--volume', 'artifacts')).code).toBe(0);
});

test('gc removes what nobody needs: not what is in use, not live, not the newest', async () => {
  const { source, laboratory } = world({ 'a.txt': '0', 'same.txt': 'same' });
  const ids: string[] = [];
  for (let index = 0; index < 5; index++) {
    source.commit({ 'a.txt': `content ${index}` });
    ids.push((await laboratory.sync()).release);
  }
  const gc = (...options: readonly string[]) =>
    gamezone('artifacts', 'gc', laboratory.volume, '-o', 'json', ...options);
  const dry = JSON.parse((await gc('--keep', '2', '--in-use', ids[1]!.slice(0, 10), '--dry-run')).out) as object;
  expect(dry).toMatchObject({ removed: [ids[0], ids[2]], freed: 18 });
  expect(readdirSync(join(laboratory.volume, 'releases'))).toHaveLength(5);
  const { out } = await gc('--keep', '2', '--in-use', ids[1]!.slice(0, 10));
  expect(JSON.parse(out)).toMatchObject({
    removed: [ids[0], ids[2]],
    freed: 18,
    kept: [{ why: 'in use' }, {}, { why: 'live' }],
  });
  for (const id of [ids[1]!, ids[3]!, ids[4]!]) expect(laboratory.release(id)).toHaveProperty(['same.txt'], 'same');
  expect((await gamezone('artifacts', 'ls', laboratory.volume, '--verify')).code).toBe(0);
  expect(JSON.parse((await gc('--keep', '0', '--in-use', 'none')).out)).toMatchObject({ removed: [ids[1], ids[3]] });
  expect(await gc('--in-use', 'nope')).toMatchObject({
    code: 2,
    err: expect.stringContaining('not the id of a release'),
  });
});

test('diff tells two releases apart', async () => {
  const { source, laboratory } = world({ 'a.txt': 'a', 'b.txt': 'b', 'c.sh': 'c' });
  const one = (await laboratory.sync()).release;
  source.commit({ 'a.txt': 'longer', 'b.txt': undefined, 'new\nline': 'n', 'c.sh': { program: 'c' } });
  const two = (await laboratory.sync()).release;
  const { out } = await gamezone('artifacts', 'diff', laboratory.volume, one.slice(0, 10), two);
  expect(out).toBe('~ a.txt  (1 B -> 6 B)\n- b.txt  (1 B)\nx c.sh  (1 B -> 1 B)\n+ new\\nline  (1 B)\n1 added, 1 removed, 1 changed, 1 with another mode\n'); // prettier-ignore
  expect(await gamezone('artifacts', 'diff', laboratory.volume, 'ffff', two)).toMatchObject({ code: 2 });
});

test('ls --verify finds a file that is not what it was', async () => {
  const { laboratory } = world({ 'a.txt': 'a', 'b.txt': 'b' });
  const { release } = await laboratory.sync();
  rmSync(join(laboratory.volume, 'releases', release, 'a.txt'));
  writeFileSync(join(laboratory.volume, 'releases', release, 'a.txt'), 'x');
  const { code, err } = await gamezone('artifacts', 'ls', laboratory.volume, '--verify');
  expect([code, err]).toEqual([1, expect.stringContaining('a.txt: another content')]);
});

test('wait: an empty folder, such as the kubelet makes, is no release', async () => {
  const { laboratory } = world({ 'a.txt': 'a' });
  const volume = new Volume(laboratory.volume);
  const id = 'a'.repeat(64);
  mkdirSync(volume.release(id), { recursive: true });
  let now = 0;
  const clock = { now: () => now, sleep: (milliseconds: number) => Promise.resolve(void (now += milliseconds)) };
  expect(await waitForRelease(volume, id, 5500, new AbortController().signal, clock)).toBeUndefined();
  expect(now).toBe(5500);
  expect(await gamezone('artifacts', 'wait', id, '--in', laboratory.volume, '--timeout', '0')).toMatchObject({
    code: 3,
  });
  const { release } = await laboratory.sync();
  expect(await gamezone('artifacts', 'wait', release, '--in', laboratory.volume, '--timeout', '0')).toMatchObject({
    code: 0,
  });
});

test('a lock that a dead process left is taken over; the state is made anew where it is damaged', async () => {
  const { source, laboratory } = world({ 'a.txt': 'a' });
  const { release } = await laboratory.sync();
  const { hostname } = await import('node:os');
  writeFileSync(
    join(laboratory.volume, 'work/lock'),
    JSON.stringify({ host: hostname(), pid: 2 ** 22 + 1, started: '1' }),
  );
  writeFileSync(join(laboratory.volume, 'state.json'), '{"half');
  source.commit({ 'a.txt': 'b' });
  await laboratory.sync();
  const state = JSON.parse(readFileSync(join(laboratory.volume, 'state.json'), 'utf8')) as {
    releases: { release: string }[];
  };
  expect(state.releases.map((one) => one.release)).toContain(release);
  expect(existsSync(join(laboratory.volume, 'work/lock'))).toBe(false);
});
