import { afterAll, afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import dns from 'node:dns';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lock } from '../../constructs/model/lock.js';
import { gamezone, removeFolders } from '../cli/command-line.js';
import { Laboratory, zoneWith } from './laboratory.js';
import { S3Store } from './s3-store.js';

let store: S3Store;
beforeEach(async () => void (store = await S3Store.start()));
afterEach(async () => {
  jest.restoreAllMocks();
  await store.stop();
});
afterAll(removeFolders);

const from = (s3: object): Laboratory => new Laboratory(zoneWith([{ path: '/a', s3: { path: 'games/p', ...s3 } }]));
const KEYS = { accessKey: 'AKID', secretKey: 'SECRETKEY' };

/** Every name is that of this machine. */
function withOneHost(): void {
  type Found = (error: null, found: unknown, family?: number) => void;
  jest.spyOn(dns, 'lookup').mockImplementation(((_: string, options: { all?: boolean }, done: Found) => {
    if (options.all === true) done(null, [{ address: '127.0.0.1', family: 4 }]);
    else done(null, '127.0.0.1', 4);
  }) as never);
}

test.each([
  ['cos.ap-beijing.myqcloud.com', {}, 'games.cos.ap-beijing.myqcloud.com', 'ap-beijing'],
  ['s3.eu-central-1.amazonaws.com', {}, 'games.s3.eu-central-1.amazonaws.com', 'eu-central-1'],
  ['minio.games.svc', {}, 'minio.games.svc', 'us-east-1'],
  ['minio.games.svc', { style: 'virtual' }, 'games.minio.games.svc', 'us-east-1'],
  ['cos.ap-beijing.myqcloud.com', { style: 'path', region: 'other' }, 'cos.ap-beijing.myqcloud.com', 'other'],
])('%s with %j is asked at %s, signed for %s', async (host, options, asked, region) => {
  withOneHost();
  store.put({ 'p/a b+c': 'a', 'p/large': Buffer.alloc(17 << 20) });
  const laboratory = from({ url: `http://${host}:${store.port}`, ...options, ...KEYS });
  expect((await laboratory.sync()).files).toBe(2);
  expect(laboratory.live()).toMatchObject({ 'a b+c': 'a' });
  // The list, one object in a piece and one in ranges.
  expect(store.requests.length).toBe(5);
  for (const { headers } of store.requests) {
    expect(headers.host).toBe(`${asked}:${store.port}`);
    expect(headers.authorization).toContain(`/${region}/s3/aws4_request`);
  }
});

/** Answers listings itself: page after page of objects that nobody has. */
function listingOf(count: number): (index: number) => readonly [key: string, size: number, etag: string] {
  const object = (index: number) =>
    [`f${String(index).padStart(6, '0')}`, index, createHash('md5').update(String(index)).digest('hex')] as const;
  store.fault = ({ query, key }, answer) => {
    if (key !== undefined) return false;
    const start = Number(query.get('continuation-token') ?? 0);
    const page = Array.from({ length: Math.min(1000, count - start) }, (_, index) => object(start + index));
    const contents = page.map(([name, size, etag]) => `<Contents><Key>p/${name}</Key><ETag>"${etag}"</ETag><Size>${size}</Size></Contents>`); // prettier-ignore
    const next = start + page.length;
    const more = next < count ? `<IsTruncated>true</IsTruncated><NextContinuationToken>${next}</NextContinuationToken>` : '<IsTruncated>false</IsTruncated>'; // prettier-ignore
    answer.writeHead(200, { 'content-type': 'application/xml' }).end(`<ListBucketResult>${more}${contents.join('')}</ListBucketResult>`); // prettier-ignore
    return true;
  };
  return object;
}

test('a prefix of 100,000 objects is listed page by page, and each of them counts', async () => {
  const object = listingOf(100_000);
  const laboratory = from({ url: store.url });
  expect((await gamezone('artifacts', 'lock', laboratory.zone)).code).toBe(0);
  expect(store.requests).toHaveLength(100);
  const hash = createHash('sha256');
  for (let index = 0; index < 100_000; index++) hash.update(`${JSON.stringify(object(index))}\n`);
  const lock = JSON.parse(readFileSync(join(laboratory.folder, 'gamezone.lock'), 'utf8')) as Lock;
  expect(lock.zones['zone1']![0]!.pin).toEqual({ objects: hash.digest('hex') });
}, 120_000);

test('a store that lists the same page for ever is told, and not listened to for ever', async () => {
  store.fault = ({ key }, answer) => {
    const body = '<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>again</NextContinuationToken><Contents><Key>p/a</Key><ETag>"x"</ETag><Size>1</Size></Contents></ListBucketResult>'; // prettier-ignore
    return key === undefined && (answer.writeHead(200, { 'content-type': 'application/xml' }).end(body), true);
  };
  expect(await from({ url: store.url }).run()).toMatchObject({ code: 1, err: expect.stringContaining('same page again and again') }); // prettier-ignore
  expect(store.requests.length).toBeLessThan(4);
});

test('an object that changes between the list and its turn is an error, and nothing of it appears', async () => {
  store.put({ 'p/a': 'a', 'p/b': 'b' });
  store.fault = ({ key, time }) => {
    if (key === 'p/b' && time === 1) store.put({ 'p/b': 'other' });
    return false;
  };
  const laboratory = from({ url: store.url });
  expect(await laboratory.run()).toMatchObject({ code: 1, err: expect.stringContaining('changed while it was fetched') }); // prettier-ignore
  expect(laboratory.release('.')).toEqual({});
});
