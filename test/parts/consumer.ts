import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder outside the repository, as somebody who uses the package would have it. */
export class Folder {
  public constructor(public readonly path: string) {}

  public static temporary(): Folder {
    return new Folder(mkdtempSync(join(tmpdir(), 'gamezone-package-')));
  }

  /** A folder in this one, with these files. */
  public with(name: string, files: Readonly<Record<string, string>>): Folder {
    const folder = new Folder(join(this.path, name));
    for (const [file, text] of Object.entries(files)) folder.write(file, text);
    return folder;
  }

  public write(file: string, text: string): void {
    const path = join(this.path, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }

  public read(file: string): string {
    return readFileSync(join(this.path, file), 'utf8');
  }

  /** Runs a program to its end; what it printed. Throws with all that it printed when it fails. */
  public run(program: string, ...args: readonly string[]): string {
    try {
      return execFileSync(program, args, {
        cwd: this.path,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
        env: outside(),
        maxBuffer: 1 << 26,
      });
    } catch (error) {
      const { stdout, stderr } = error as { readonly stdout?: string; readonly stderr?: string };
      throw new Error(`${program} ${args.join(' ')} failed in ${this.path}\n${stdout ?? ''}${stderr ?? ''}`, {
        cause: error,
      });
    }
  }

  public remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** The environment without what npm and jest tell the programs that they start: a consumer's npm knows nothing of ours. */
function outside(): NodeJS.ProcessEnv {
  const ours =
    /^(npm_(?!config_(cache|registry|userconfig|globalconfig)$)|JEST_|NODE_OPTIONS$|NODE_PATH$|INIT_CWD$|PROJEN)/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}
