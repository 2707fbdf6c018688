import { readIndex } from './release-index.js';
import type { IndexEntry } from './release-index.js';
import type { Volume } from './volume.js';

/** What is other about a path. */
export interface ReleaseDifference {
  readonly change: 'added' | 'removed' | 'changed' | 'mode';
  readonly path: string;
  /** In bytes; absent where there is no file. */
  readonly before?: number;
  readonly after?: number;
}

/** What changes from one release to another, by their indexes: no file is read. Sorted by path. */
export async function diffReleases(volume: Volume, from: string, to: string): Promise<ReleaseDifference[]> {
  const before = await entriesOf(volume, from);
  const after = await entriesOf(volume, to);
  const differences: ReleaseDifference[] = [];
  for (const path of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const [old, now] = [before.get(path), after.get(path)];
    const change = changeOf(old, now);
    if (change) differences.push({ change, path, ...sized('before', old), ...sized('after', now) });
  }
  return differences;
}

async function entriesOf(volume: Volume, release: string): Promise<ReadonlyMap<string, IndexEntry>> {
  const entries = new Map<string, IndexEntry>();
  for await (const entry of readIndex(volume.indexOf(release))) entries.set(entry.path, entry);
  return entries;
}

const sized = (name: 'before' | 'after', entry: IndexEntry | undefined): object =>
  entry?.kind === 'file' ? { [name]: entry.size } : {};

function changeOf(old: IndexEntry | undefined, now: IndexEntry | undefined): ReleaseDifference['change'] | undefined {
  if (!old) return 'added';
  if (!now) return 'removed';
  if (old.kind === 'link' || now.kind === 'link')
    return old.kind === 'link' && now.kind === 'link' && old.target === now.target ? undefined : 'changed';
  if (old.sha256 !== now.sha256) return 'changed';
  return old.executable === now.executable ? undefined : 'mode';
}
