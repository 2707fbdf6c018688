import { chmod, lstat, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeOf } from '../error.js';
import { startOf } from '../process-start.js';

/**
 * A folder that only this user can read, for a credential that a program takes from a file alone. It is not on the volume. Its
 * name says whose it is, so that what a killed process left is found.
 */
export class PrivateFolder {
  private constructor(readonly path: string) {}

  static async make(): Promise<PrivateFolder> {
    const owner = `${PREFIX}${hostname()}.${process.pid}.${startOf(process.pid)}.`;
    const path = await mkdtemp(join(tmpdir(), owner));
    await chmod(path, 0o700);
    return new PrivateFolder(path);
  }

  /** Removes the folders of processes of this machine that were killed. */
  static async removeAbandoned(): Promise<void> {
    for (const name of await readdir(tmpdir())) {
      const [, pid, started] = new RegExp(`^${PREFIX}${escaped(hostname())}\\.(\\d+)\\.(\\w+)\\.`).exec(name) ?? [];
      if (pid === undefined || startOf(Number(pid)) === started) continue;
      const path = join(tmpdir(), name);
      if (await isOurs(path)) await rm(path, { recursive: true, force: true });
    }
  }

  /** Writes a file that only this user can read; its path. */
  async write(name: string, text: string): Promise<string> {
    const path = join(this.path, name);
    await writeFile(path, text, { mode: 0o600 });
    return path;
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

const PREFIX = 'gamezone-private.';

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Everybody may write to the folder for temporary files. */
async function isOurs(path: string): Promise<boolean> {
  try {
    const there = await lstat(path);
    return there.isDirectory() && there.uid === (process.getuid?.() ?? there.uid);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}
