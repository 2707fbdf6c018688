import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Progress } from '../../src/artifacts/progress.js';
import type { ProgressState } from '../../src/artifacts/progress.js';
import { removeFolders } from '../cli/command-line.js';
import { Depot, pathWithP4 } from './p4-depot.js';

const path = process.env['PATH'];
beforeAll(() => {
  process.env['PATH'] = pathWithP4();
});
afterEach(() => {
  delete process.env['GAMEZONE_SECRET_P4_PWD'];
});
afterAll(() => {
  process.env['PATH'] = path;
  removeFolders();
});

const binary = Buffer.from(Array.from({ length: 20_000 }, (_, index) => index % 256));
const HISTORY = {
  '//depot/data/a.txt': [
    { rev: 1, change: 10, content: 'one' },
    { rev: 2, change: 12, content: 'two' },
  ],
  '//depot/data/bin/tool': [{ rev: 1, change: 10, type: 'xtext', content: '#!/bin/sh\n' }],
  '//depot/data/map%40v2.pak': [{ rev: 3, change: 11, type: 'binary+F', content: binary }],
  '//depot/data/gone.txt': [
    { rev: 1, change: 10, content: 'gone' },
    { rev: 2, change: 11, action: 'delete' },
  ],
  '//depot/data/link': [{ rev: 1, change: 10, type: 'symlink', content: 'bin/tool\n' }],
  '//depot/database/no.txt': [{ rev: 1, change: 99, content: 'a neighbour' }],
};

test('the newest changelist of a path becomes a release, binaries byte for byte', async () => {
  const laboratory = new Depot(HISTORY).source();
  const done = await laboratory.sync();
  expect(done.sources[0]!.pin).toEqual({ changelist: 12 });
  expect(Object.keys(laboratory.live())).toEqual(['a.txt', 'bin/tool', 'link', 'map@v2.pak']);
  expect(laboratory.live()).toMatchObject({ 'a.txt': 'two', 'bin/tool': 'x:#!/bin/sh\n', link: '-> bin/tool' });
  expect(readFileSync(join(laboratory.volume, 'live/map@v2.pak')).equals(binary)).toBe(true);
});

test('a changelist pins, deleted files included that were there then', async () => {
  const laboratory = new Depot(HISTORY).source({ changelist: 10 });
  const done = await laboratory.sync();
  expect(done.live).toBeUndefined();
  expect(laboratory.release(done.release)).toEqual({ 'a.txt': 'one', 'bin/tool': 'x:#!/bin/sh\n', 'gone.txt': 'gone', link: '-> bin/tool' }); // prettier-ignore
});

test('a label names revisions, and a lock holds it to them', async () => {
  const labels = { 'v1@x': { '//depot/data/a.txt': 1 } };
  const depot = new Depot(HISTORY, { labels });
  const laboratory = depot.source({ label: 'v1@x' });
  const done = await laboratory.sync();
  expect(laboratory.live()).toEqual({ 'a.txt': 'one' });
  const pinned = depot.source({ label: 'v1@x', ...done.sources[0]!.pin });
  expect((await pinned.sync()).release).toBe(done.release);
  depot.write({ labels: { 'v1@x': { '//depot/data/a.txt': 2 } } });
  const moved = depot.source({ label: 'v1@x', ...done.sources[0]!.pin });
  expect(await moved.run()).toMatchObject({
    code: 2,
    err: expect.stringContaining('names other revisions than the lock'),
  });
});

test('a stream brings what it imports and leaves out what it excludes; no workspace is made', async () => {
  const files = {
    '//game/main/a.txt': [{ rev: 1, change: 1, content: 'own' }],
    '//game/main/docs/x.txt': [{ rev: 1, change: 1, content: 'excluded' }],
    '//libs/engine/e.txt': [{ rev: 1, change: 7, content: 'imported' }],
  };
  const streams = { '//game/main': ['//game/main/... //c/...', '-//game/main/docs/... //c/docs/...', '"//libs/engine/..." "//c/engine/..."'] }; // prettier-ignore
  const depot = new Depot(files, { streams });
  const laboratory = depot.source({ path: '//game/main' });
  const done = await laboratory.sync();
  expect(laboratory.live()).toEqual({ 'a.txt': 'own', 'engine/e.txt': 'imported' });
  expect(done.sources[0]!.pin).toEqual({ changelist: 7 });
  const commands = readFileSync(depot.log, 'utf8').trim().split('\n').map((line) => (JSON.parse(line) as { args: string[] }).args); // prettier-ignore
  expect(commands.filter((args) => args.includes('client') || args.includes('sync'))).toEqual([]);
});

test('a password goes through login and a ticket, and stands on no command line, in no environment, in no message', async () => {
  const depot = new Depot(HISTORY, { users: { builder: 'PASSWORD-9' } });
  const { log } = depot;
  process.env['GAMEZONE_SECRET_P4_PWD'] = 'PASSWORD-9';
  const entry = { user: 'builder', pwdSecretRef: { name: 'p4', key: 'pwd' } };
  await depot.source(entry).sync();
  const seen = readFileSync(log, 'utf8');
  expect(seen).toContain('"login"');
  expect(seen).not.toContain('PASSWORD-9');
  process.env['GAMEZONE_SECRET_P4_PWD'] = 'WRONG-PASSWORD';
  const { code, out, err } = await depot.source(entry).run();
  expect([code, err]).toEqual([1, expect.stringContaining('Password invalid')]);
  expect(out + err).not.toContain('WRONG-PASSWORD');
});

interface Call {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const callsOf = (depot: Depot): Call[] =>
  readFileSync(depot.log, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Call); // prettier-ignore

test('a Unicode server is asked in the charset of the zone, and what it converts is taken as it comes', async () => {
  const files = { '//depot/data/\u5730\u56fe.txt': [{ rev: 1, change: 1, type: 'unicode', content: '\u5730\u56fe' }] };
  // What the server says of size and digest is that of its own encoding.
  const depot = new Depot(files, { unicode: true, digests: { '//depot/data/\u5730\u56fe.txt': 'F'.repeat(32) } });
  const laboratory = depot.source({ charset: 'utf8' });
  await laboratory.sync();
  expect(laboratory.live()).toEqual({ '\u5730\u56fe.txt': '\u5730\u56fe' });
  expect(new Set(callsOf(depot).map(({ env }) => env['P4CHARSET']))).toEqual(new Set(['utf8']));
});

test('nothing of this machine speaks along: no configuration, no ticket, no alias', async () => {
  const mine = { P4CONFIG: '.p4config', P4CLIENT: 'mine', P4PASSWD: 'MINE', P4TICKETS: '/mine', P4ALIASES: '/mine' };
  Object.assign(process.env, mine);
  const depot = new Depot(HISTORY);
  const laboratory = depot.source({ server: `ssl:rsh:${depot.file}` });
  await laboratory.sync();
  for (const name of Object.keys(mine)) Reflect.deleteProperty(process.env, name);
  const calls = callsOf(depot);
  expect(calls[0]!.args).toEqual(['-Mj', '-ztag', 'trust', '-y']);
  const cache = join(laboratory.volume, 'work/cache');
  for (const { env } of calls) {
    expect(env).toMatchObject({ P4CONFIG: '', P4TRUST: join(cache, 'p4trust'), HOME: join(cache, 'p4-home') });
    expect(Object.values(env).filter((value) => /mine/i.test(value))).toEqual([]);
    expect(env['P4ALIASES']).toBeUndefined();
  }
});

test('how far it is: files and bytes of how many, as the server told them before', async () => {
  const bars: ProgressState[] = [];
  const add = jest.spyOn(Progress.prototype, 'addFile').mockImplementation(function (this: Progress) {
    bars.push(this.state);
  });
  await new Depot(HISTORY).source().sync();
  add.mockRestore();
  const fetching = bars.filter(({ phase }) => phase === 'fetch');
  const total = 3 + '#!/bin/sh\n'.length + binary.length;
  expect(fetching).toHaveLength(3);
  for (const state of fetching) expect(state).toMatchObject({ source: expect.stringMatching(/^p4 rsh:/), totalFiles: 3, totalBytes: total }); // prettier-ignore
  expect(fetching.at(-1)!.bytes).toBe(total);
});

test('a ticket is used as it is', async () => {
  const ticket = 'A'.repeat(32);
  const depot = new Depot(HISTORY, { users: {}, tickets: [ticket] });
  process.env['GAMEZONE_SECRET_P4_PWD'] = ticket;
  await depot.source({ user: 'builder', pwdSecretRef: { name: 'p4', key: 'pwd' } }).sync();
  expect(readFileSync(depot.log, 'utf8')).not.toContain('"login"');
});

test.each([
  ['a server that is down', {}, { down: true }, 1, 'check `server`'],
  ['a Unicode server without a charset', {}, { unicode: true }, 1, 'set `charset`'],
  [
    'a ticket that has expired',
    { user: 'u', pwd: 'E'.repeat(32) },
    { users: {}, said: 'Your session has expired, please login again.' },
    1,
    'give a fresh one',
  ],
  ['a server with another fingerprint', {}, { said: 'WARNING P4PORT IDENTIFICATION HAS CHANGED!' }, 1, 'find out why'],
  [
    'a path that the user may not read',
    {},
    { said: '//depot/data/... - protected namespace - access denied.' },
    1,
    'p4 protect',
  ],
  ['no password where one is needed', { user: 'u' }, { users: { u: 'p' } }, 1, 'check `user` and `pwd`'],
  ['a path that is not there', { path: '//depot/nope' }, {}, 2, 'there is no submitted changelist'],
  ['a label that is not there', { label: 'nope' }, {}, 1, "Invalid changelist/client/label/date '@nope'"],
  [
    'a file that the server withholds',
    {},
    { withheld: ['//depot/data/a.txt'] },
    1,
    'a.txt: the server did not give it out',
  ],
  [
    'a content that is not what its digest says',
    {},
    { digests: { '//depot/data/a.txt': 'F'.repeat(32) } },
    1,
    'a.txt: its md5',
  ],
])('%s is told with what would be right', async (_, p4, more, code, message) => {
  const laboratory = new Depot(HISTORY, more).source(p4);
  expect(await laboratory.run()).toMatchObject({ code, err: expect.stringContaining(message) });
  expect(laboratory.release('.')).toEqual({});
});

test.each([
  ['an apple file', { '//depot/data/a': [{ rev: 1, change: 1, type: 'apple', content: '' }] }, 'no plain file'],
  ['a link out of the release', { '//depot/data/a/l': [{ rev: 1, change: 1, type: 'symlink', content: '../../x\n' }] }, 'leaves the release'], // prettier-ignore
  ['a path with ..', { '//depot/data/a/../../b': [{ rev: 1, change: 1, content: '' }] }, 'could leave the release'],
])('%s is refused with source and path', async (_, files, message) => {
  expect(await new Depot(files).source().run()).toMatchObject({ code: 2, err: expect.stringContaining(message) });
});
