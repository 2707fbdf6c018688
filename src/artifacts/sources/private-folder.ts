import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that only this user can read, for credentials that a program takes from files. It is not on the volume. */
export class PrivateFolder {
  private constructor(readonly path: string) {}

  static async make(): Promise<PrivateFolder> {
    const path = await mkdtemp(join(tmpdir(), 'gamezone-'));
    await chmod(path, 0o700);
    return new PrivateFolder(path);
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
