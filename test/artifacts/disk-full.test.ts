import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { removeFolders } from '../cli/command-line.js';
import { describeWithPart } from '../parts/suite.js';
import { Laboratory, zoneWith } from './laboratory.js';
import { S3Store } from './s3-store.js';

afterAll(removeFolders);

const mount = (...args: readonly string[]): unknown => execFileSync('mount', [...args], { stdio: 'ignore' });
const unmount = (folder: string): unknown => execFileSync('umount', [folder], { stdio: 'ignore' });

/** Why there is no file system of a size of our own. */
function noMount(): string | undefined {
  const { folder } = new Laboratory('');
  try {
    mount('-t', 'tmpfs', 'tmpfs', folder);
    unmount(folder);
    return undefined;
  } catch {
    return 'a tmpfs cannot be mounted here: that takes root, and a container that may';
  }
}

describeWithPart('a volume that is full', noMount(), () => {
  let store: S3Store;
  let laboratory: Laboratory;
  beforeEach(async () => {
    store = await S3Store.start();
    laboratory = new Laboratory(zoneWith([{ path: '/a', s3: { url: store.url, path: 'games/p' } }]));
    mkdirSync(laboratory.volume);
  });
  afterEach(async () => {
    unmount(laboratory.volume);
    await store.stop();
  });

  const files = (version: number, size: number): Record<string, Buffer> =>
    Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`p/f${index}`, Buffer.alloc(size, `${version} ${index} `)])); // prettier-ignore
  const asText = (all: Record<string, Buffer>): Record<string, string> =>
    Object.fromEntries(Object.entries(all).map(([key, content]) => [key.slice(2), content.toString()]));

  test.each([
    ['while files arrive', 'size=4m', 512],
    ['while live is copied', 'size=7m', 512],
    ['of files, not of bytes', 'size=32m,nr_inodes=60', 1],
  ])('%s keeps what was there, and goes on when there is space', async (_, limit, kibibytes) => {
    mount('-t', 'tmpfs', '-o', limit, 'tmpfs', laboratory.volume);
    const first = files(1, 1024);
    store.put(first);
    const before = (await laboratory.sync()).release;
    const second = files(2, kibibytes << 10);
    store.put(second);
    expect(await laboratory.run()).toMatchObject({ code: 1, err: expect.stringMatching(/no space is left on the volume[^]*artifacts gc/) }); // prettier-ignore
    expect(laboratory.release(before)).toEqual(asText(first));
    const [old, now] = [asText(first), asText(second)];
    for (const [path, text] of Object.entries(laboratory.live())) expect([old[path], now[path]]).toContain(text);
    store.requests.length = 0;
    mount('-o', 'remount,size=64m,nr_inodes=1000', laboratory.volume);
    await laboratory.sync();
    expect(laboratory.live()).toEqual(now);
    expect(laboratory.release(before)).toEqual(old);
    // Not everything is fetched once more.
    expect(store.keys.length).toBeLessThan(8);
    expect(readdirSync(`${laboratory.volume}/work`)).toEqual([]);
  });
});
