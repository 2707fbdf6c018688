import { afterAll, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderWith, gamezone, put, removeFolders } from '../cli/command-line.js';
import { Laboratory, zoneWith } from './laboratory.js';
import { Repository } from './repository.js';

afterAll(removeFolders);

const URL = 'https://gitlab.example.com/project1/data.git';
const COMMIT = '3f2504e04f8911d39a0c0305e82c33010f6e9a1b';
const locked = (settings: object, zone = 'zone1'): string =>
  JSON.stringify({ version: 1, zones: { [zone]: [{ kind: 'git', settings, pin: { commit: COMMIT } }] } });

/** What synth writes of a zone with this source and this lock. */
async function synth(git: object, lock?: string): Promise<{ code: number | null; err: string; text: string }> {
  const folder = folderWith({ 'zone.yaml': zoneWith([{ path: '/app/artifacts', git }]), ...(lock !== undefined && { 'gamezone.lock': lock }) }); // prettier-ignore
  const { code, err, out } = await gamezone('synth', join(folder, 'zone.yaml'), '--stdout');
  return { code, err: err.replaceAll(`${folder}/`, ''), text: out };
}

test('a locked zone is the same as one that names the commits itself', async () => {
  const pinned = await synth({ url: URL, commit: COMMIT });
  const withLock = await synth({ url: URL, branch: 'main' }, locked({ url: URL, branch: 'main' }));
  expect(withLock.text).toBe(pinned.text);
  expect(withLock.text).toContain('subPathExpr: releases/$(GAMEZONE_ARTIFACTS)');
  expect(withLock.text).toMatch(/gamezone\.dev\/artifacts: [0-9a-f]{64}/);
  expect(withLock.err).not.toContain('follow sources that move');
});

test('without a lock, and with the lock of another zone, a moving source stays live with one warning', async () => {
  for (const lock of [undefined, locked({ url: URL }, 'zone2')]) {
    const { code, text, err } = await synth({ url: URL, branch: 'main' }, lock);
    expect([code, err]).toEqual([0, expect.stringContaining('gamezone artifacts lock')]);
    expect(text).toContain('subPath: live');
  }
});

test('a zone that was locked does not become a test zone because its branch changed', async () => {
  const { code, err } = await synth({ url: URL, branch: 'other' }, locked({ url: URL, branch: 'main' }));
  expect([code, err]).toEqual([2, expect.stringMatching(/^zone\.yaml:1:\d+: spec\.artifacts\[0\]\.git: gamezone\.lock has the zone/)]); // prettier-ignore
});

test.each([
  ['no JSON', '{', 'it is not JSON'],
  ['a merge conflict', '{\n<<<<<<< ours\n', 'it has a merge conflict'],
  ['a later version', '{"version": 2, "zones": {}}', 'its version is 2'],
  ['a pin that is none', locked({}).replace(COMMIT, '--upload-pack=x'), 'it is not what'],
  ['something else', '{"version": 1, "zones": []}', 'it is not what'],
])('a lock that is %s is an error with its place', async (_, text, message) => {
  const { code, err } = await synth({ url: URL }, text);
  expect([code, err]).toEqual([2, expect.stringContaining(`gamezone.lock:1:1: ${message}`)]);
});

test('lock writes what a branch means now, says what moved, and --check asks nobody', async () => {
  const source = new Repository(join(folderWith(), 'repository'));
  const first = source.commit({ 'a.txt': 'one' });
  const laboratory = new Laboratory(zoneWith([{ path: '/app/artifacts', git: { url: source.url, branch: 'main' } }]));
  const lock = (...options: readonly string[]) => gamezone('artifacts', 'lock', laboratory.zone, ...options);
  expect(await lock('--check')).toMatchObject({
    code: 1,
    err: expect.stringContaining('1 of its sources are not in it'),
  });
  expect(await lock()).toMatchObject({ code: 0, out: expect.stringContaining(first.slice(0, 12)) });
  const path = join(laboratory.folder, 'gamezone.lock');
  const written = readFileSync(path, 'utf8');
  expect(JSON.parse(written)).toEqual({ version: 1, zones: { zone1: [{ kind: 'git', settings: { url: source.url, branch: 'main' }, pin: { commit: first } }] } }); // prettier-ignore
  const second = source.commit({ 'a.txt': 'two' });
  expect((await lock('--check')).code).toBe(0);
  const done = await laboratory.sync();
  expect(laboratory.release(done.release)).toEqual({ 'a.txt': 'one' });
  expect(done.live).toBeUndefined();
  expect(await lock()).toMatchObject({ code: 0, out: expect.stringContaining(`${first.slice(0, 12)} -> ${second.slice(0, 12)}`) }); // prettier-ignore
  expect(laboratory.release((await laboratory.sync()).release)).toEqual({ 'a.txt': 'two' });
  expect(await lock()).toMatchObject({ code: 0, out: expect.stringContaining('unchanged') });
  put(laboratory.folder, { 'zone.yaml': zoneWith([{ path: '/app/artifacts', git: { url: source.url, tag: 'v9' } }]) });
  expect((await lock('--check')).code).toBe(1);
  expect(await lock()).toMatchObject({ code: 2, err: expect.stringContaining('there is no tag v9') });
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ zones: { zone1: [{ pin: { commit: second } }] } });
});

test('zones of other files stay in the lock', async () => {
  const source = new Repository(join(folderWith(), 'repository'));
  const commit = source.commit({ 'a.txt': 'one' });
  const folder = folderWith({
    'one.yaml': zoneWith([{ path: '/a', git: { url: source.url } }]),
    'two.yaml': zoneWith([{ path: '/a', git: { url: source.url, branch: 'main' } }]).replace('"zone1"', '"zone2"'),
  });
  expect((await gamezone('artifacts', 'lock', join(folder, 'one.yaml'))).code).toBe(0);
  expect((await gamezone('artifacts', 'lock', join(folder, 'two.yaml'))).code).toBe(0);
  const pin = [expect.objectContaining({ pin: { commit } })];
  expect(JSON.parse(readFileSync(join(folder, 'gamezone.lock'), 'utf8'))).toEqual({ version: 1, zones: { zone1: pin, zone2: pin } }); // prettier-ignore
});
