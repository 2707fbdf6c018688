import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from './error.js';
import { Journal } from './journal.js';
import { journalsOf } from './contents.js';
import { readIndex } from './release-index.js';
import { isReleaseId, readReleases, readState, writeState } from './state.js';
import type { ReleaseInfo } from './state.js';
import { sizeOf } from './store.js';
import { VolumeLock } from './volume-lock.js';
import { onVolume } from './volume.js';
import type { Volume } from './volume.js';

export interface CollectRequest {
  readonly volume: Volume;
  /**
   * Releases that pods use, in full or by the first ten characters at least. Asked for when nobody else works on the volume: what
   * comes into use after that is made again by its own sync, which waits.
   */
  readonly inUse: () => Promise<readonly string[]>;
  /** So many of the newest stay in any case. */
  readonly keep: number;
  /** Only tell. */
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  readonly onWait: (holder: string) => void;
}

export interface Collected {
  readonly removed: readonly ReleaseInfo[];
  readonly kept: readonly { readonly release: string; readonly why: string }[];
  /** Bytes that the store does not hold any more. */
  readonly freed: number;
}

/** Removes releases that nobody needs, and of the store what no release holds any more. */
export async function collect(request: CollectRequest): Promise<Collected> {
  const { volume, signal, onWait } = request;
  try {
    const lock = await VolumeLock.take(volume, signal, onWait);
    try {
      return await collectAlone(request);
    } finally {
      await lock.release();
    }
  } catch (error) {
    throw onVolume(error, volume.folder);
  }
}

async function collectAlone({ volume, inUse: asked, keep, dryRun }: CollectRequest): Promise<Collected> {
  const inUse = await asked();
  const { releases, live } = await readState(volume);
  const newest = new Set(
    releases.slice(releases.length - Math.min(keep, releases.length)).map(({ release }) => release),
  );
  const kept: { release: string; why: string }[] = [];
  const removed: ReleaseInfo[] = [];
  for (const info of releases) {
    const { release } = info;
    const why = inUse.some((id) => id.length >= SHORTEST && release.startsWith(id))
      ? 'in use'
      : live?.release === release
        ? 'live'
        : newest.has(release)
          ? `one of the newest ${keep}`
          : undefined;
    if (why === undefined) removed.push(info);
    else kept.push({ release, why });
  }
  if (dryRun) return { removed, kept, freed: await unneeded(volume, removed, () => Promise.resolve()) };
  for (const { release } of removed) await removeRelease(volume, release);
  await removeStrayIndexes(volume);
  const freed = await unneeded(volume, [], (path) => rm(path, { force: true }));
  await writeState(volume, {});
  return { removed, kept, freed };
}

/** An id may be shortened to what the labels of Jobs carry. */
const SHORTEST = 10;

/** It vanishes at once, under another name, and then file by file. */
async function removeRelease(volume: Volume, release: string): Promise<void> {
  const trash = join(volume.work, `${release}.trash`);
  await rm(trash, { recursive: true, force: true });
  await rename(volume.release(release), trash);
  await rm(volume.indexOf(release), { force: true });
  await rm(trash, { recursive: true, force: true });
}

/** A kill may have left the index of a release that never appeared. */
async function removeStrayIndexes(volume: Volume): Promise<void> {
  const there = new Set((await readReleases(volume)).map(({ release }) => release));
  for (const name of await readdir(volume.index)) {
    const id = name.replace(/\.jsonl(\.part)?$/, '');
    if (isReleaseId(id) && !there.has(id)) await rm(join(volume.index, name), { force: true });
  }
}

/** Goes through the store; what no release and no sync that may go on needs is handed to `remove`. Its bytes. */
async function unneeded(
  volume: Volume,
  without: readonly ReleaseInfo[],
  remove: (path: string) => Promise<void>,
): Promise<number> {
  const gone = new Set(without.map(({ release }) => release));
  const needed = new Set<string>();
  for (const { release } of await readReleases(volume)) {
    if (gone.has(release)) continue;
    for await (const entry of readIndex(volume.indexOf(release))) if (entry.kind === 'file') needed.add(entry.sha256);
  }
  for (const path of await journalsOf(volume)) for await (const { sha256 } of Journal.read(path)) needed.add(sha256);
  let bytes = 0;
  for (const folder of await namesIn(volume.store)) {
    for (const name of await namesIn(join(volume.store, folder))) {
      if (needed.has(`${folder}${name.replace(/\.x$/, '')}`)) continue;
      const path = join(volume.store, folder, name);
      bytes += (await sizeOf(path)) ?? 0;
      await remove(path);
    }
  }
  return bytes;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return [];
    throw error;
  }
}
