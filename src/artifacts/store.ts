import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { chmod, copyFile, link, open, rename, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from './error.js';
import { makeFolder } from './make-folder.js';

/** A content in the store. */
export interface Stored {
  readonly sha256: string;
  /** In bytes. */
  readonly size: number;
}

/**
 * Contents by their SHA-256, each once for all releases. A content appears in it whole, under its name, or not at all; it is
 * never written again. What is executable is a file of its own, since hard links share their mode.
 */
export class Store {
  private readonly folders = new Set<string>();
  private next = 0;

  /**
   * @param folder the store
   * @param work for files that are not complete, on the same file system
   */
  constructor(
    private readonly folder: string,
    private readonly work: string,
  ) {}

  path(sha256: string, executable: boolean): string {
    return join(this.folder, sha256.slice(0, 2), `${sha256.slice(2)}${executable ? '.x' : ''}`);
  }

  /** Whether a content is there, in either mode and of that size. */
  async has({ sha256, size }: Stored): Promise<boolean> {
    return (await this.variant(sha256, size)) !== undefined;
  }

  private async variant(sha256: string, size: number): Promise<boolean | undefined> {
    for (const executable of [false, true])
      if ((await sizeOf(this.path(sha256, executable))) === size) return executable;
    return undefined;
  }

  /** A file that is being received. */
  receive(): Incoming {
    return new Incoming(this, this.temporary());
  }

  /** A path for a file that is not complete. */
  temporary(): string {
    return join(this.work, `${process.pid}-${this.next++}.part`);
  }

  /** Takes a complete file in, under its name. */
  async adopt(path: string, sha256: string, executable = false): Promise<void> {
    const to = this.path(sha256, executable);
    await chmod(path, executable ? 0o555 : 0o444);
    await this.folderOf(sha256);
    await rename(path, to);
  }

  /** Whether a content is what its name says; false where it is not there. */
  async verify({ sha256, size }: Stored): Promise<boolean> {
    const executable = await this.variant(sha256, size);
    return executable !== undefined && (await digestOfFile(this.path(sha256, executable))) === sha256;
  }

  /** Removes a content that is not what its name says. */
  async discard(sha256: string): Promise<void> {
    for (const executable of [false, true]) await rm(this.path(sha256, executable), { force: true });
  }

  /** Puts a content somewhere else on the volume: as a hard link, or as a copy where links cannot be. */
  async link({ sha256, size }: Stored, executable: boolean, to: string): Promise<void> {
    const from = this.path(sha256, executable);
    try {
      await link(from, to);
      return;
    } catch (error) {
      const code = codeOf(error);
      if (code === 'ENOENT' && (await this.variant(sha256, size)) === !executable) {
        await this.addVariant(sha256, executable);
        return this.link({ sha256, size }, executable, to);
      }
      if (code === undefined || !WITHOUT_LINKS.has(code)) throw error;
    }
    await copyFile(from, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    await chmod(to, executable ? 0o555 : 0o444);
  }

  private async addVariant(sha256: string, executable: boolean): Promise<void> {
    const path = this.temporary();
    await copyFile(this.path(sha256, !executable), path, constants.COPYFILE_FICLONE);
    await this.adopt(path, sha256, executable);
  }

  private async folderOf(sha256: string): Promise<void> {
    const name = sha256.slice(0, 2);
    if (this.folders.has(name)) return;
    await makeFolder(join(this.folder, name));
    this.folders.add(name);
  }
}

/** No hard links on this file system, or too many of one file already. */
export const WITHOUT_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV']);

/** Up to this many bytes a file is kept in memory until it is complete: most are, and many are in the store already. */
const KEPT_IN_MEMORY = 1 << 17;

/** A file on its way into the store. */
export class Incoming {
  private readonly sha256 = createHash('sha256');
  private readonly others: Hash[] = [];
  private kept: Uint8Array[] = [];
  private file: FileHandle | undefined;
  size = 0;

  constructor(
    private readonly store: Store,
    private readonly path: string,
  ) {}

  /** A further digest that the source tells, to be compared. */
  also(algorithm: 'md5' | 'sha1' | 'sha256'): Hash {
    const hash = createHash(algorithm);
    this.others.push(hash);
    return hash;
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.sha256.update(chunk);
    for (const hash of this.others) hash.update(chunk);
    this.size += chunk.byteLength;
    this.kept.push(chunk);
    if (this.size > KEPT_IN_MEMORY) await this.spill();
  }

  private async spill(): Promise<FileHandle> {
    this.file ??= await open(this.path, 'wx', 0o600);
    const chunks = this.kept;
    this.kept = [];
    for (const chunk of chunks) await writeAll(this.file, chunk);
    return this.file;
  }

  /** The file is complete. */
  async keep(): Promise<Stored> {
    const stored = { sha256: this.sha256.digest('hex'), size: this.size };
    if (!this.file && (await this.store.has(stored))) return stored;
    try {
      await (await this.spill()).close();
      await this.store.adopt(this.path, stored.sha256);
    } catch (error) {
      await this.abandon();
      throw error;
    }
    return stored;
  }

  async abandon(): Promise<void> {
    await this.file?.close().catch(() => undefined);
    await rm(this.path, { force: true });
  }
}

export async function writeAll(file: FileHandle, chunk: Uint8Array, position?: number): Promise<void> {
  for (let done = 0; done < chunk.byteLength;) {
    const at = position === undefined ? null : position + done;
    done += (await file.write(chunk, done, chunk.byteLength - done, at)).bytesWritten;
  }
}

export async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

export async function digestOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
