import { afterAll, expect, test } from '@jest/globals';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { folderWith, removeFolders } from '../cli/command-line.js';
import { Laboratory, zoneWith } from './laboratory.js';
import { Repository } from './repository.js';

afterAll(removeFolders);

const repository = (): Repository => new Repository(join(folderWith(), 'repository'));

/** A zone that follows a repository. */
const following = (git: object, entry: object = {}): Laboratory =>
  new Laboratory(zoneWith([{ path: '/app/artifacts', ...entry, git }]));

test('a branch becomes a release, live and a state', async () => {
  const source = repository();
  const commit = source.commit({
    'config/a.txt': 'a',
    'config/bin/start': { program: '#!/bin/sh\n' },
    'config/deep/er/b.txt': 'b',
    'config/link': { link: 'deep/er/b.txt' },
    'config/two\nlines': 'newline in its name',
    'config/-rf': 'hyphen',
    'other.txt': 'not below config',
  });
  const laboratory = following({ url: source.url, branch: 'main' }, { subPath: 'config' });
  const done = await laboratory.sync();
  const files = {
    '-rf': 'hyphen',
    'a.txt': 'a',
    'bin/start': 'x:#!/bin/sh\n',
    'deep/er/b.txt': 'b',
    link: '-> deep/er/b.txt',
    'two\nlines': 'newline in its name',
  };
  expect(laboratory.release(done.release)).toEqual(files);
  expect(laboratory.live()).toEqual(files);
  expect(done).toMatchObject({ wasThere: false, files: 6, sources: [{ pin: { commit } }], notes: [] });
  const state = JSON.parse(readFileSync(join(laboratory.volume, 'state.json'), 'utf8')) as object;
  expect(state).toMatchObject({ version: 1, releases: [{ release: done.release, files: 6 }], live: { release: done.release } }); // prettier-ignore
  const { mode, nlink } = statSync(join(laboratory.volume, 'releases', done.release, 'a.txt'));
  expect([(mode & 0o777).toString(8), nlink]).toEqual(['444', 2]);
  expect(statSync(join(laboratory.volume, 'live/a.txt')).nlink).toBe(1);
});

test('a second sync fetches only what changed, and the same again fetches nothing', async () => {
  const source = repository();
  source.commit({ 'a.txt': 'a', 'b.txt': 'b', 'gone.txt': 'gone' });
  const laboratory = following({ url: source.url, branch: 'main' });
  const first = await laboratory.sync();
  const again = await laboratory.sync();
  expect(again).toMatchObject({
    release: first.release,
    wasThere: true,
    fetched: { files: 0, bytes: 0 },
    live: { written: 0 },
  });
  source.commit({ 'b.txt': 'changed', 'gone.txt': undefined, 'new.txt': 'a' });
  const second = await laboratory.sync();
  expect(second).toMatchObject({ wasThere: false, fetched: { files: 1 }, live: { written: 2, removed: 1 } });
  expect(laboratory.live()).toEqual({ 'a.txt': 'a', 'b.txt': 'changed', 'new.txt': 'a' });
  expect(laboratory.release(first.release)).toEqual({ 'a.txt': 'a', 'b.txt': 'b', 'gone.txt': 'gone' });
});

test.each([
  ['a tag', 'v1', 'one'],
  ['an annotated tag', 'v1-annotated', 'one'],
])('%s names the commit that it stands on', async (_, tag, content) => {
  const source = repository();
  const commit = source.commit({ 'a.txt': 'one' });
  source.git('tag', 'v1');
  source.git('tag', '--annotate', '--message', 'release', 'v1-annotated');
  source.commit({ 'a.txt': 'two' });
  const laboratory = following({ url: source.url, tag });
  const done = await laboratory.sync();
  expect(done.sources[0]!.pin).toEqual({ commit });
  expect(laboratory.release(done.release)).toEqual({ 'a.txt': content });
});

test('a commit pins: no live, the same release anywhere, and no second question', async () => {
  const source = repository();
  const commit = source.commit({ 'a.txt': 'one' });
  source.commit({ 'a.txt': 'two' });
  const git = { url: source.url, commit };
  const [one, other] = [following(git), following(git)];
  const done = await one.sync();
  expect(one.release(done.release)).toEqual({ 'a.txt': 'one' });
  expect(existsSync(join(one.volume, 'live'))).toBe(false);
  expect((await other.sync('--release', done.release)).release).toBe(done.release);
  source.git('update-ref', '-d', 'refs/heads/main');
  expect((await one.sync()).wasThere).toBe(true);
  const { code, err } = await one.run('--release', 'f'.repeat(64));
  expect([code, err]).toEqual([2, expect.stringContaining('is wanted')]);
});

test('submodules are left out with a note, and fetched where that is asked for', async () => {
  const inner = repository();
  inner.commit({ 'inner.txt': 'inner' });
  const source = repository();
  source.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.url, 'lib/inner');
  source.commit({ 'a.txt': 'a' });
  const without = following({ url: source.url });
  const plain = await without.sync();
  expect(Object.keys(without.release(plain.release))).toEqual(['.gitmodules', 'a.txt']);
  expect(plain.notes).toEqual([expect.stringContaining('left out the submodule lib/inner')]);
  const withAll = following({ url: source.url, submodules: true }, { subPath: 'lib' });
  expect(withAll.release((await withAll.sync()).release)).toEqual({ 'inner/inner.txt': 'inner' });
});

test.each([
  ['a branch', { branch: 'nope' }, {}, 'there is no branch nope'],
  ['a tag', { tag: 'nope' }, {}, 'there is no tag nope'],
  ['a folder', {}, { subPath: 'nope' }, 'has no folder nope'],
  ['a file as a folder', {}, { subPath: 'a.txt' }, 'has no folder a.txt'],
])('%s that is not there is said so, and nothing appears', async (_, git, entry, message) => {
  const source = repository();
  source.commit({ 'a.txt': 'a' });
  const laboratory = following({ url: source.url, ...git }, entry);
  const { code, err } = await laboratory.run();
  expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  expect(laboratory.release('.')).toEqual({});
});
