import { lstat, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from './error.js';
import { readIndex } from './release-index.js';
import type { IndexEntry } from './release-index.js';
import { digestOfFile } from './store.js';
import type { Volume } from './volume.js';

/** Reads a release once more; what is not as it was made. */
export async function* verifyRelease(
  volume: Volume,
  release: string,
): AsyncGenerator<{ readonly path: string; readonly why: string }> {
  for await (const entry of readIndex(volume.indexOf(release))) {
    const why = await whatIsWrong(join(volume.release(release), entry.path), entry);
    if (why !== undefined) yield { path: entry.path, why };
  }
}

async function whatIsWrong(path: string, entry: IndexEntry): Promise<string | undefined> {
  try {
    const there = await lstat(path);
    if (entry.kind === 'link') return there.isSymbolicLink() && (await readlink(path)) === entry.target ? undefined : 'another link'; // prettier-ignore
    if (!there.isFile()) return 'no file any more';
    if (there.size !== entry.size) return `${there.size} bytes instead of ${entry.size}`;
    return (await digestOfFile(path)) === entry.sha256 ? undefined : 'another content';
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return 'missing';
    throw error;
  }
}
