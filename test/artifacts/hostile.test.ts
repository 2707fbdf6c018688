import { afterAll, afterEach, expect, jest, test } from '@jest/globals';
import { open, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceEntry } from '../../src/artifacts/entry.js';
import { checkLink, overlay } from '../../src/artifacts/overlay.js';
import { Secrets } from '../../src/artifacts/secrets.js';
import { addressOf } from '../../src/artifacts/sources/s3-address.js';
import { folderWith, removeFolders } from '../cli/command-line.js';
import { Laboratory, zoneWith } from './laboratory.js';
import { Repository } from './repository.js';
import { S3Store } from './s3-store.js';

afterEach(() => {
  jest.restoreAllMocks();
});
afterAll(removeFolders);

const entry = (path: string): SourceEntry => ({ path, kind: 'file', executable: false, identity: path, address: path });
const laid = (...paths: readonly string[]) => overlay([{ name: 'the source', entries: paths.map(entry) }]);

test.each([
  ['/etc/passwd', 'the path is absolute'],
  ['../x', 'could leave the release'],
  ['a/../../x', 'could leave the release'],
  ['a/./b', 'could leave the release'],
  ['a//b', 'an empty part'],
  ['a/', 'an empty part'],
  ['', 'the name is empty'],
  ['nul\0l', 'a NUL character'],
  ['\ud800', 'not Unicode'],
  ['x'.repeat(256), 'longer than 255 bytes'],
  [Array.from({ length: 2000 }, () => 'ab').join('/'), 'longer than 3500 bytes'],
  ['.gamezone-release', 'the marker of a release'],
])('the path %j is refused with its source, on one short line', (path, why) => {
  let message = '';
  try {
    laid('good.txt', path);
  } catch (error) {
    ({ message } = error as Error);
  }
  expect(message).toMatch(/^the source: /);
  expect(message).toContain(why);
  expect(message.length).toBeLessThan(400);
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  expect(message).not.toMatch(/[\u0000-\u001f]/);
});

test.each(['-rf', '--upload-pack=x', 'two\nlines', '\u001b[2J', ' ', '$(id)', 'a\\b', '.gitignore', 'a.git/x', '...'])(
  'the path %j is a name like any other',
  (path) => expect([...laid(path).files.keys()]).toEqual([path]),
);

test('.git folders are left out, whatever their case, and told', () => {
  const { files, notes } = laid('a', '.git/config', 'sub/.GIT/hooks/x');
  expect([[...files.keys()], notes]).toEqual([['a'], ['the source: left out 2 files in .git folders']]);
});

test.each<[string, Record<string, string>, string]>([
  ['absolute', { l: '/etc/passwd' }, 'is absolute'],
  ['out of the root', { l: '../x' }, 'leaves the release'],
  ['out from below', { 'a/b/l': '../../../x' }, 'leaves the release'],
  ['out over another link', { 'x/y/up': '../..', l: 'x/y/up/../secret' }, 'leaves the release'],
  ['a circle', { a: 'b', b: 'a' }, 'leads in a circle'],
  ['empty', { l: '' }, 'no target'],
  ['with NUL', { l: 'a\0b' }, 'no target'],
])('a link that is %s is refused', (_, links, why) => {
  const all = new Map(Object.entries(links));
  expect(() => {
    for (const path of all.keys()) checkLink(path, all, 'the source');
  }).toThrow(why);
});

test.each<[string, Record<string, string>]>([
  ['beside it', { 'a/l': 'b.txt' }],
  ['up and down again', { 'a/b/l': '../../c/d' }],
  ['to nothing', { l: 'missing' }],
  ['over another link that stays', { 'x/d': '../y', l: 'x/d/../z' }],
])('a link %s stays', (_, links) => {
  const all = new Map(Object.entries(links));
  for (const path of all.keys()) checkLink(path, all, 'the source');
});

test('a link out of the release stops a sync, and nothing appears', async () => {
  const source = new Repository(join(folderWith(), 'repository'));
  source.commit({ 'a.txt': 'a' });
  await symlink('../../outside', join(source.folder, 'way-out'));
  source.commit({});
  const laboratory = new Laboratory(zoneWith([{ path: '/a', git: { url: source.url } }]));
  expect(await laboratory.run()).toMatchObject({ code: 2, err: expect.stringMatching(/way-out: the link to \.\.\/\.\.\/outside leaves the release/) }); // prettier-ignore
  expect(laboratory.release('.')).toEqual({});
});

test('a million entries are laid over each other in a moment', () => {
  const many = function* (): Generator<SourceEntry> {
    for (let index = 0; index < 1_000_000; index++) yield entry(`dir${index % 1000}/file${index}`);
  };
  expect(overlay([{ name: 'many', entries: many() }]).files.size).toBe(1_000_000);
}, 120_000);

test('more bytes than allowed are refused, before they are fetched where the source says how many, else while', async () => {
  const store = await S3Store.start();
  try {
    store.put({ 'p/bomb': Buffer.alloc(2 << 20) });
    const fromS3 = new Laboratory(zoneWith([{ path: '/a', s3: { url: store.url, path: 'games/p' } }]));
    expect(await fromS3.run('--max-bytes', '1Mi')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--max-bytes'),
    });
    expect(store.keys).toEqual([]);
  } finally {
    await store.stop();
  }
  const source = new Repository(join(folderWith(), 'repository'));
  source.commit({ bomb: Buffer.alloc(2 << 20) });
  const fromGit = new Laboratory(zoneWith([{ path: '/a', git: { url: source.url } }]));
  expect((await fromGit.run('--max-bytes', '1Mi')).code).toBe(2);
  expect(fromGit.release('.')).toEqual({});
  expect((await fromGit.run('--max-bytes', '2Mi')).code).toBe(0);
});

test.each([
  ['ENOSPC', 'no space is left on the volume'],
  ['EDQUOT', 'quota'],
  ['EACCES', 'no permission'],
])('%s while files arrive loses nothing, and the next sync goes on', async (code, message) => {
  const source = new Repository(join(folderWith(), 'repository'));
  source.commit({ 'a.txt': 'a' });
  const laboratory = new Laboratory(zoneWith([{ path: '/a', git: { url: source.url } }]));
  const first = await laboratory.sync();
  source.commit({ 'b.txt': 'b', 'c.bin': Buffer.alloc(300_000, 1) });
  const file = await open(join(laboratory.folder, 'probe'), 'w');
  const handles = Object.getPrototypeOf(file) as { write: (...args: never[]) => Promise<unknown> };
  await file.close();
  const write = handles.write;
  let writes = 0;
  const spy = jest.spyOn(handles, 'write').mockImplementation(function (this: unknown, ...args: never[]) {
    return ++writes > 1 ? Promise.reject(Object.assign(new Error(code), { code })) : write.apply(this, args);
  });
  const failed = await laboratory.run();
  spy.mockRestore();
  expect(failed).toMatchObject({ code: 1, err: expect.stringContaining(message) });
  expect(laboratory.release(first.release)).toEqual({ 'a.txt': 'a' });
  expect(laboratory.live()).toEqual({ 'a.txt': 'a' });
  await laboratory.sync();
  expect(Object.keys(laboratory.live())).toEqual(['a.txt', 'b.txt', 'c.bin']);
});

test.each(['https://user:SECRET@git.example.com/a.git', 'https://SECRET@git.example.com/a.git'])(
  'the credential in %s is refused, with the way out, and not repeated',
  async (url) => {
    const { code, err } = await new Laboratory(zoneWith([{ path: '/a', git: { url } }])).run();
    expect([code, err]).toEqual([2, expect.stringContaining('tokenSecretRef')]);
    expect(err).not.toContain('SECRET');
  },
);

test('whatever a program repeats, credentials are masked and control characters spelled out', () => {
  const secrets = new Secrets();
  secrets.add('p@ss/word');
  const text = `x p@ss/word p%40ss%2Fword ${Buffer.from('p@ss/word').toString('base64')} https://me:other@host/ \u001b[2J`;
  expect(secrets.mask(text)).toBe('x *** *** *** https://***@host/ \\u001b[2J');
});

test.each([
  ['https://cos.ap-beijing.myqcloud.com', 'b', 'virtual', 'ap-beijing'],
  ['https://s3.eu-central-1.amazonaws.com', 'b', 'virtual', 'eu-central-1'],
  ['https://s3.amazonaws.com', 'b.with.dots', 'path', 'us-east-1'],
  ['https://oss-cn-hangzhou.aliyuncs.com', 'b', 'virtual', 'cn-hangzhou'],
  ['http://minio.games.svc:9000', 'b', 'path', 'us-east-1'],
  ['http://127.0.0.1:9000', 'b', 'path', 'us-east-1'],
])('%s with the bucket %s is asked by %s, in %s', (endpoint, bucket, style, region) => {
  expect(addressOf(endpoint, bucket)).toEqual({ style, region });
});
