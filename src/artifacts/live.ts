import { constants } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { chmod, copyFile, link, lstat, mkdir, readlink, rename, rm, rmdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf } from './error.js';
import { LiveRecord } from './live-record.js';
import type { Put } from './live-record.js';
import { makeFolder } from './make-folder.js';
import { parentsOf } from './overlay.js';
import type { Progress } from './progress.js';
import { readIndex } from './release-index.js';
import type { IndexEntry } from './release-index.js';
import type { ReleaseInfo } from './state.js';
import { digestOfFile, WITHOUT_LINKS } from './store.js';
import { together } from './together.js';
import type { Volume } from './volume.js';

/** What became of `live`. */
export interface LiveChange {
  readonly written: number;
  readonly removed: number;
  /** Files that a tester changed and that the sources leave as they were: they stay as the tester left them. */
  readonly kept: number;
  /** Files that a tester changed and the sources too: the sources won, the tester's file is in `edited`. */
  readonly setAside: readonly string[];
}

/** How many files are looked at, and written down before they are replaced, in one go. */
const BATCH = 512;
const FILES_AT_ONCE = 8;

/**
 * Brings `live` up to a release, file by file: a process that reads along sees each file old or new. What testers changed
 * stays while the sources leave that file alone; when they do not, the sources win and the tester's file is set aside. Files
 * that only testers have stay.
 */
export async function updateLive(volume: Volume, { release }: ReleaseInfo, progress: Progress): Promise<LiveChange> {
  await makeFolder(volume.live);
  const record = await LiveRecord.open(join(volume.index, 'live.jsonl'), volume.work);
  try {
    return await new LiveUpdate(volume, release, record, progress).run();
  } finally {
    await record.close();
  }
}

class LiveUpdate {
  private readonly setAside: string[] = [];
  private written = 0;
  private removed = 0;
  private kept = 0;
  private next = 0;
  private readonly folders = new Set<string>();

  constructor(
    private readonly volume: Volume,
    private readonly release: string,
    private readonly record: LiveRecord,
    private readonly progress: Progress,
  ) {}

  async run(): Promise<LiveChange> {
    const wanted = new Map<string, IndexEntry>();
    for await (const entry of readIndex(this.volume.indexOf(this.release))) wanted.set(entry.path, entry);
    this.progress.set({ totalFiles: wanted.size });
    for (const path of [...this.record.paths()]) if (!wanted.has(path)) await this.remove(path);
    const entries = [...wanted.values()];
    for (let start = 0; start < entries.length; start += BATCH) await this.write(entries.slice(start, start + BATCH));
    await this.record.compact();
    return { written: this.written, removed: this.removed, kept: this.kept, setAside: this.setAside };
  }

  private async remove(path: string): Promise<void> {
    const at = join(this.volume.live, path);
    const there = await this.find(path);
    if (there && !there.isDirectory()) {
      if ((await this.whose(path, at, there)) === 'edited') {
        this.kept++;
        return;
      }
      await rm(at);
      this.removed++;
    }
    this.record.forget(path);
    if (there) for (const parent of parentsOf(path)) if (!(await removedEmpty(join(this.volume.live, parent)))) break;
  }

  /** Makes the new files first, writes down how they look, and only then puts them in place: a kill leaves none unexplained. */
  private async write(entries: readonly IndexEntry[]): Promise<void> {
    const made: { readonly path: string; readonly part: string }[] = [];
    await together(entries, FILES_AT_ONCE, async (entry) => {
      this.progress.addFile();
      if (!(await this.mustWrite(entry))) return;
      const part = join(this.volume.work, `live-${this.next++}.part`);
      await this.copy(entry, part);
      made.push({ path: entry.path, part });
      this.record.add(entry.path, { content: contentOf(entry), stamp: stampOf((await look(part))!) });
    });
    await this.record.written();
    for (const { path, part } of made) {
      await this.makeFolders(path);
      const at = join(this.volume.live, path);
      if ((await look(at))?.isDirectory()) await this.putAside(path);
      await rename(part, at);
      this.written++;
    }
  }

  private async mustWrite(entry: IndexEntry): Promise<boolean> {
    const at = join(this.volume.live, entry.path);
    const there = await this.find(entry.path);
    if (!there) return true;
    if (there.isDirectory()) return true;
    const wanted = contentOf(entry);
    const last = this.record.puts(entry.path).at(-1);
    if (this.record.puts(entry.path).some((put) => put.stamp === stampOf(there) && put.content === wanted))
      return false;
    const whose = await this.whose(entry.path, at, there, wanted);
    if (whose === 'wanted') return false;
    if (whose === 'ours') return true;
    if (last?.content === wanted && !(await this.isBeingSetAside(entry.path, there))) {
      this.kept++;
      return false;
    }
    await this.putAside(entry.path, there);
    return true;
  }

  /** What stands at a path of `live` itself; what lies behind a link that somebody put there is not ours to touch. */
  private async find(path: string): Promise<BigIntStats | undefined> {
    for (const parent of [...parentsOf(path)].reverse())
      if (!this.folders.has(parent) && !(await look(join(this.volume.live, parent)))?.isDirectory()) return undefined;
    return look(join(this.volume.live, path));
  }

  /** Whether a file is what is wanted, what we once put there, or what somebody made of it. */
  private async whose(
    path: string,
    at: string,
    there: BigIntStats,
    wanted?: string,
  ): Promise<'wanted' | 'ours' | 'edited'> {
    const puts = this.record.puts(path);
    if (puts.some(({ stamp }) => stamp === stampOf(there))) return 'ours';
    const content = await contentAt(at, there);
    if (content === wanted) {
      this.record.add(path, { content, stamp: stampOf(there) });
      return 'wanted';
    }
    return puts.some((put) => put.content === content) ? 'ours' : 'edited';
  }

  private async copy(entry: IndexEntry, to: string): Promise<void> {
    if (entry.kind === 'link') return symlink(entry.target, to);
    await copyFile(join(this.volume.release(this.release), entry.path), to, constants.COPYFILE_FICLONE);
    await chmod(to, entry.executable ? 0o775 : 0o664);
  }

  /** Never through a link that somebody put there. */
  private async makeFolders(path: string): Promise<void> {
    for (const parent of [...parentsOf(path)].reverse()) {
      if (this.folders.has(parent)) continue;
      const at = join(this.volume.live, parent);
      const there = await look(at);
      if (there && !there.isDirectory()) await this.putAside(parent);
      if (!there?.isDirectory()) {
        await mkdir(at);
        await chmod(at, 0o775);
      }
      this.folders.add(parent);
    }
  }

  /** Whether a kill came before the file of the source took the place of this one. */
  private async isBeingSetAside(path: string, { dev, ino }: BigIntStats): Promise<boolean> {
    const aside = await look(join(this.volume.edited, this.release, path));
    return aside?.dev === dev && aside.ino === ino;
  }

  /** @param file what stands there, if it is to stay in its place as well until another one takes that */
  private async putAside(path: string, file?: BigIntStats): Promise<void> {
    const to = join(this.volume.edited, this.release, path);
    await makeFolder(dirname(to));
    await rm(to, { recursive: true, force: true });
    if (file?.isFile() !== true || !(await linked(join(this.volume.live, path), to)))
      await rename(join(this.volume.live, path), to);
    this.setAside.push(path);
  }
}

async function look(path: string): Promise<BigIntStats | undefined> {
  try {
    return await lstat(path, { bigint: true });
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** False where the file system has no hard links. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (WITHOUT_LINKS.has(codeOf(error) ?? '')) return false;
    throw error;
  }
}

async function removedEmpty(folder: string): Promise<boolean> {
  try {
    await rmdir(folder);
    return true;
  } catch {
    return false;
  }
}

async function contentAt(path: string, there: BigIntStats): Promise<Put['content']> {
  if (there.isSymbolicLink()) return `-> ${await readlink(path)}`;
  if (!there.isFile()) return 'something else';
  return `${await digestOfFile(path)}${(there.mode & 0o100n) === 0n ? '' : '.x'}`;
}

const contentOf = (entry: IndexEntry): Put['content'] =>
  entry.kind === 'link' ? `-> ${entry.target}` : `${entry.sha256}${entry.executable ? '.x' : ''}`;

const stampOf = (stats: BigIntStats): string => `${stats.mode.toString(8)}:${stats.size}:${stats.mtimeNs}`;
