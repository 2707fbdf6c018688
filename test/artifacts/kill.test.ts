import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { BUILT, removeFolders } from '../cli/command-line.js';
import { Laboratory, zoneWith } from './laboratory.js';
import { S3Store } from './s3-store.js';

/** Real kills take half a second each: every run of the suite has so many, and kill-steps.test.ts hundreds of others. `GAMEZONE_KILLS=200` for more. */
const KILLS = Number(process.env['GAMEZONE_KILLS'] ?? 12);
const SEED = Number(process.env['GAMEZONE_SEED'] ?? 7);

let store: S3Store;
beforeAll(async () => void (store = await S3Store.start()));
afterAll(async () => {
  await store.stop();
  removeFolders();
});

/** mulberry32: the same seed gives the same moments. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The files of a version: some stay, some change, some come and go, one comes in ranges. */
function version(number: number): Record<string, string | Buffer> {
  const files: Record<string, string | Buffer> = {};
  for (let index = 0; index < 200; index++)
    files[`p/dir${index % 7}/file${index}`] = `${index} ${index % 3 === 0 ? number : 'same'}`;
  files[`p/only-${number}`] = 'comes and goes';
  files['p/large'] = Buffer.alloc(18 << 20, `large ${number} `);
  return files;
}

/** What a version is, by the digests of its files: two hundred of them as they are would be too much for memory. */
type Digests = Readonly<Record<string, string>>;

const digest = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

const digestsOf = (files: Record<string, string | Buffer>): Digests =>
  Object.fromEntries(Object.entries(files).map(([key, content]) => [key.slice(2), digest(content)]));

function digestsIn(folder: string): Digests {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name !== '.gamezone-release');
  return Object.fromEntries(
    files.map(({ parentPath, name }) => join(parentPath, name)).map((path) => [relative(folder, path), digest(readFileSync(path))]),
  ); // prettier-ignore
}

test(`killed ${KILLS} times at any moment (seed ${SEED}), a volume never shows half of anything, and the next sync goes on`, async () => {
  const laboratory = new Laboratory(zoneWith([{ path: '/a', s3: { url: store.url, path: 'games/p' } }]));
  const chance = random(SEED);
  const known: Digests[] = [];
  let killed = 0;
  let inTheMiddle = 0;
  let typical = 0;
  for (let round = 1; killed < KILLS; round++) {
    const files = version(round);
    store.objects.clear();
    store.put(files);
    known.push(digestsOf(files));
    // The first is left alone: how long it works says what a moment is. Of a version some are killed several times, so that
    // going on is gone on from too.
    for (let attempt = 0; attempt < (round === 1 ? 1 : 3) && killed < KILLS; attempt++) {
      const { code, working } = await syncUntil(laboratory, round === 1 ? undefined : chance() * typical);
      if (code === null) killed++;
      else typical = Math.max(typical, working);
      if (existsSync(join(laboratory.volume, 'work/lock'))) inTheMiddle++;
      holds(laboratory, known);
    }
  }
  const { code } = await syncUntil(laboratory, undefined);
  expect(code).toBe(0);
  expect(digestsIn(join(laboratory.volume, 'live'))).toEqual(known.at(-1));
  expect(readdirSync(join(laboratory.volume, 'work'))).toEqual([]);
  // A test that never hits the work would prove nothing.
  expect(inTheMiddle).toBeGreaterThan(KILLS / 2);
}, 1_200_000);

/** Releases that were found whole: they are not written any more. */
const checked = new Set<string>();

/** What must be true whenever a sync was killed. */
function holds({ volume }: Laboratory, known: readonly Digests[]): void {
  const state = join(volume, 'state.json');
  if (existsSync(state)) JSON.parse(readFileSync(state, 'utf8'));
  const releases = join(volume, 'releases');
  for (const id of existsSync(releases) ? readdirSync(releases) : []) {
    if (checked.has(`${volume} ${id}`)) continue;
    const found = digestsIn(join(releases, id));
    expect(known.some((files) => same(files, found))).toBe(true);
    checked.add(`${volume} ${id}`);
  }
  const live = join(volume, 'live');
  for (const [path, found] of Object.entries(existsSync(live) ? digestsIn(live) : {}))
    expect(known.some((files) => files[path] === found)).toBe(true);
}

const same = (one: Digests, other: Digests): boolean =>
  Object.keys(one).length === Object.keys(other).length &&
  Object.entries(one).every(([path, content]) => other[path] === content);

/** Runs a sync, and kills it so many milliseconds after it began to work on the volume; for how long it worked. */
function syncUntil(
  { zone, volume }: Laboratory,
  delay: number | undefined,
): Promise<{ readonly code: number | null; readonly working: number }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [BUILT, 'artifacts', 'sync', zone, '--to', volume], { stdio: 'ignore' });
    let began: number | undefined;
    const watch = setInterval(() => {
      if (began === undefined && holderOf(volume) === child.pid) began = performance.now();
      if (began !== undefined && delay !== undefined && performance.now() - began >= delay) child.kill('SIGKILL');
    }, 1);
    child.on('exit', (code) => {
      clearInterval(watch);
      resolve({ code, working: performance.now() - (began ?? performance.now()) });
    });
  });
}

/** The process that works on a volume, or was killed while it did. */
function holderOf(volume: string): number | undefined {
  try {
    return (JSON.parse(readFileSync(join(volume, 'work/lock'), 'utf8')) as { readonly pid: number }).pid;
  } catch {
    return undefined;
  }
}
