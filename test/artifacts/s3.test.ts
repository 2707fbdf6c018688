import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeFolders } from '../cli/command-line.js';
import { Laboratory, zoneWith } from './laboratory.js';
import { refuse, S3Store } from './s3-store.js';

let store: S3Store;
beforeEach(async () => void (store = await S3Store.start()));
afterEach(() => store.stop());
afterAll(removeFolders);

const from = (path: string, s3: object = {}, entry: object = {}): Laboratory =>
  new Laboratory(zoneWith([{ path: '/app/artifacts', ...entry, s3: { url: store.url, path, ...s3 } }]));

const large = Buffer.alloc(40 << 20, Buffer.from('some forty MiB. '));

test('a prefix becomes a release; folder marks, neighbours and what lies elsewhere do not', async () => {
  store.put({ 'p/0.1/': '', 'p/0.1/a.txt': 'a', 'p/0.1/sub/': '', 'p/0.1/sub/b c+d.txt': 'b', 'p/0.10/no.txt': 'x', 'p/0.1': 'y', 'p/0.1/two\nlines': 'n' }); // prettier-ignore
  const laboratory = from('games/p/0.1');
  const done = await laboratory.sync();
  expect(laboratory.live()).toEqual({ 'a.txt': 'a', 'sub/b c+d.txt': 'b', 'two\nlines': 'n' });
  expect(store.requests.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
  const sub = from('games/p/0.1/', {}, { subPath: 'sub', into: 'inner' });
  await sub.sync();
  expect(sub.live()).toEqual({ 'inner/b c+d.txt': 'b' });
  expect(done.files).toBe(3);
});

test('all pages of a listing count, and requests are signed where keys are given', async () => {
  store.pageSize = 7;
  store.put(
    Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`p/${String(index).padStart(3, '0')}`, `${index}`])),
  );
  const laboratory = from('games/p/', { accessKey: 'AKID', secretKey: 'SECRETKEY', region: 'ap-beijing' });
  expect((await laboratory.sync()).files).toBe(50);
  const signed = store.requests.every(({ headers }) => /Credential=AKID\/\d+\/ap-beijing\/s3\//.test(headers.authorization ?? '')); // prettier-ignore
  expect(signed).toBe(true);
  expect(JSON.stringify(store.requests)).not.toContain('SECRETKEY');
});

test('a new prefix with the same files is fetched by its changes', async () => {
  store.put({ 'v1/a': 'a', 'v1/b': 'b', 'v2/a': 'a', 'v2/b': 'changed' });
  const laboratory = from('games/v1');
  await laboratory.sync();
  const { s3 } = { s3: { url: store.url, path: 'games/v2' } };
  const next = new Laboratory(zoneWith([{ path: '/app/artifacts', s3 }]));
  const second = await new (class extends Laboratory {
    override readonly volume = laboratory.volume;
  })(readFileSync(next.zone, 'utf8')).sync();
  expect(second.fetched).toEqual({ files: 1, bytes: 7 });
});

test.each<[string, S3Store['fault']]>([
  [
    '503 SlowDown',
    ({ key, time }, answer) => key !== undefined && time <= 2 && (refuse(answer, 503, 'SlowDown'), true),
  ],
  ['500', ({ key, time }, answer) => key !== undefined && time <= 2 && (refuse(answer, 500, 'InternalError'), true)],
  ['a broken line', ({ key, time }, answer) => key !== undefined && time === 1 && (answer.destroy(), true)],
  [
    'an answer that breaks off',
    ({ key, time }, answer) =>
      key !== undefined && time === 1 && (answer.writeHead(200, { 'content-length': 1000 }).write('half'), setTimeout(() => answer.destroy(), 20), true), // prettier-ignore
  ],
  [
    'an answer that is too short and says so',
    ({ key, time }, answer) => key !== undefined && time === 1 && (answer.writeHead(200, { 'content-length': 1 }).end('s'), true), // prettier-ignore
  ],
  [
    'another content of the same length',
    ({ key, time }, answer) => key !== undefined && time === 1 && (answer.writeHead(200).end('X'.repeat(large.length > 0 ? 7 : 0)), true), // prettier-ignore
  ],
  [
    'a listing that is refused at first',
    ({ key, time }, answer) => key === undefined && time <= 2 && (refuse(answer, 503, 'SlowDown'), true),
  ],
])('%s passes', async (_, fault) => {
  store.put({ 'p/a': 'seven b', 'p/b': 'seven c' });
  store.fault = fault;
  const laboratory = from('games/p');
  const done = await laboratory.sync();
  expect(laboratory.live()).toEqual({ a: 'seven b', b: 'seven c' });
  expect(done.fetched).toEqual({ files: 2, bytes: 14 });
});

test('a content that never is what its ETag says is an error, and nothing of it appears', async () => {
  store.put({ 'p/good': 'good', 'p/sub/bad': 'bad' });
  store.etags.set('p/sub/bad', 'f'.repeat(32));
  const laboratory = from('games/p');
  const { code, err } = await laboratory.run();
  expect([code, err]).toEqual([1, expect.stringMatching(/sub\/bad: its md5 is not f{32}/)]);
  expect(laboratory.release('.')).toEqual({});
}, 120_000);

test('an ETag that is no MD5 is no reason to doubt', async () => {
  store.put({ 'p/a': 'multipart' });
  store.etags.set('p/a', `${'a'.repeat(32)}-3`);
  const laboratory = from('games/p');
  await laboratory.sync();
  expect(laboratory.live()).toEqual({ a: 'multipart' });
});

test('a large object comes in ranges, and goes on after an end with those that are missing', async () => {
  store.put({ 'p/large.pak': large });
  const laboratory = from('games/p');
  let served = 0;
  store.fault = ({ key }, answer) => key !== undefined && ++served > 3 && (refuse(answer, 403, 'AccessDenied'), true);
  expect((await laboratory.run('--concurrency', '1')).code).toBe(1);
  store.requests.length = 0;
  store.fault = () => false;
  const done = await laboratory.sync();
  expect(store.keys).toHaveLength(2);
  expect(done.files).toBe(1);
  const digest = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');
  expect(digest(join(laboratory.volume, 'live/large.pak'))).toBe(createHash('sha256').update(large).digest('hex'));
  expect(readdirSync(join(laboratory.volume, 'work'))).toEqual([]);
});

test('a large object that is damaged on its way is fetched once more', async () => {
  store.put({ 'p/large.pak': large });
  store.fault = ({ headers, time }, answer) => {
    const [, start] = /bytes=(\d+)-/.exec(headers.range ?? '') ?? [];
    if (start !== '0' || time > 5) return false;
    const length = 8 << 20;
    answer.writeHead(206, { 'content-length': length, 'content-range': `bytes 0-${length - 1}/${large.length}` }).end(Buffer.alloc(length)); // prettier-ignore
    return true;
  };
  const laboratory = from('games/p');
  await laboratory.sync('--concurrency', '2');
  expect(readFileSync(join(laboratory.volume, 'live/large.pak')).equals(large)).toBe(true);
});

test.each([
  ['NoSuchBucket', 'other/p', 2, 'there is no such bucket'],
  ['nothing below the prefix', 'games/nope', 2, 'there are no objects'],
])('%s is told with what to check', async (_, path, code, message) => {
  store.put({ 'p/a': 'a' });
  const laboratory = from(path);
  expect(await laboratory.run()).toMatchObject({
    code: path === 'games/nope' ? code : 1,
    err: expect.stringContaining(message),
  });
});

test('an object that a folder is too, and a path that leaves, are refused with source and path', async () => {
  store.put({ 'p/a': 'file', 'p/a/b': 'below it' });
  expect(await from('games/p').run()).toMatchObject({ code: 2, err: expect.stringMatching(/p\/: a: the source has a file and a folder of this name/) }); // prettier-ignore
  store.objects.clear();
  store.put({ 'p/x/../../../etc/passwd': 'no' });
  expect(await from('games/p').run()).toMatchObject({ code: 2, err: expect.stringMatching(/etc\/passwd: the path has `\.\.`/) }); // prettier-ignore
});
