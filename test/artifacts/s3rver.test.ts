import { afterAll, expect, test } from '@jest/globals';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeFolders } from '../cli/command-line.js';
import { Laboratory, zoneWith } from './laboratory.js';

interface Server {
  run(): Promise<{ readonly port: number }>;
  close(): Promise<void>;
}
type ServerClass = new (options: object) => Server;

// It has no types of its own.
const S3rver = createRequire(import.meta.url)('s3rver') as ServerClass;
/** The only keys that it knows. */
const KEYS = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };

afterAll(removeFolders);

test('a server that others wrote: signed requests, a prefix, a changed object', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'gamezone-s3rver-'));
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory,
    configureBuckets: [{ name: 'maps', configs: [] }],
  });
  const { port } = await server.run();
  const url = `http://127.0.0.1:${port}`;
  const client = new S3Client({ endpoint: url, region: 'us-east-1', forcePathStyle: true, credentials: KEYS });
  const put = (key: string, body: string | Buffer) =>
    client.send(new PutObjectCommand({ Bucket: 'maps', Key: key, Body: body }));
  const large = Buffer.alloc(20 << 20, Buffer.from('some twenty MiB. '));
  try {
    await put('0.1/world.bin', large);
    await put('0.1/tables/items.csv', 'sword,1');
    await put('0.10/other.csv', 'not of this prefix');
    const keys = { accessKey: KEYS.accessKeyId, secretKey: KEYS.secretAccessKey };
    const laboratory = new Laboratory(zoneWith([{ path: '/app/artifacts', s3: { url, path: 'maps/0.1/', ...keys } }]));
    const first = await laboratory.sync();
    expect(first).toMatchObject({ wasThere: false, files: 2, bytes: large.length + 7 });
    expect(laboratory.live()).toEqual({ 'world.bin': large.toString(), 'tables/items.csv': 'sword,1' });
    expect((await laboratory.sync()).fetched).toEqual({ files: 0, bytes: 0 });
    await put('0.1/tables/items.csv', 'sword,2');
    const second = await laboratory.sync();
    expect(second.release).not.toBe(first.release);
    expect(second.fetched).toEqual({ files: 1, bytes: 7 });
    expect(laboratory.release(first.release)['tables/items.csv']).toBe('sword,1');
  } finally {
    client.destroy();
    await server.close();
    rmSync(directory, { recursive: true });
  }
});
