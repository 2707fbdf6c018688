import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MARKER } from './entry.js';
import { codeOf } from './error.js';
import type { Volume } from './volume.js';

/** What a release is, as the marker in its root says. */
export interface ReleaseInfo {
  readonly release: string;
  /** When it was made, in UTC. */
  readonly made: string;
  readonly files: number;
  /** In bytes, each file counted as often as it stands there. */
  readonly bytes: number;
  readonly sources: readonly SourceInfo[];
}

/** A source of a release, and what it was pinned to. */
export interface SourceInfo {
  readonly name: string;
  readonly pin: Readonly<Record<string, unknown>>;
}

/** `state.json` of a volume: for people and other programs. What is true stands in the folders; this is written after it. */
export interface VolumeState {
  readonly version: 1;
  readonly releases: readonly ReleaseInfo[];
  /** What `live` was last made from. */
  readonly live?: { readonly release: string; readonly at: string };
  /** What is being fetched, or was when a sync was killed: the next one goes on. */
  readonly fetching?: { readonly release: string; readonly since: string };
}

/** The state of a volume: from the releases themselves, and what `state.json` knows besides. */
export async function readState(volume: Volume): Promise<VolumeState> {
  const written = await readWritten(volume);
  return { ...written, version: 1, releases: await readReleases(volume) };
}

async function readWritten(volume: Volume): Promise<Partial<VolumeState>> {
  try {
    const { live, fetching } = JSON.parse(await readFile(volume.state, 'utf8')) as Partial<VolumeState>;
    return { ...(live && { live }), ...(fetching && { fetching }) };
  } catch (error) {
    // One that cannot be read says no more than one that is not there.
    if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError) return {};
    throw error;
  }
}

/** The complete releases, oldest first. */
export async function readReleases(volume: Volume): Promise<ReleaseInfo[]> {
  let names: string[];
  try {
    names = await readdir(volume.releases);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
  const found = await Promise.all(names.filter(isReleaseId).map((id) => readMarker(volume, id)));
  return found.filter((info) => info !== undefined).sort((a, b) => (a.made < b.made ? -1 : 1));
}

export const isReleaseId = (name: string): boolean => /^[0-9a-f]{64}$/.test(name);

/** What the marker of a release says; undefined where the release is not there. */
export async function readMarker(volume: Volume, id: string): Promise<ReleaseInfo | undefined> {
  try {
    return JSON.parse(await readFile(join(volume.release(id), MARKER), 'utf8')) as ReleaseInfo;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export async function writeState(
  volume: Volume,
  change: { readonly [Key in keyof Pick<VolumeState, 'live' | 'fetching'>]: VolumeState[Key] | undefined },
): Promise<void> {
  const { live, fetching } = { ...(await readWritten(volume)), ...change };
  const state: VolumeState = {
    version: 1,
    releases: await readReleases(volume),
    ...(live && { live }),
    ...(fetching && { fetching }),
  };
  const partial = join(volume.work, 'state.json.part');
  await writeFile(partial, `${JSON.stringify(state, undefined, 2)}\n`);
  await rename(partial, volume.state);
}
