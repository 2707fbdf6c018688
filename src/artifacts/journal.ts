import { open, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { linesOf } from './release-index.js';
import { writeAll } from './store.js';
import type { Stored } from './store.js';

/** Lines that are kept back for so many milliseconds are what a kill loses: their files are fetched again. */
const FLUSH_AFTER = 100;

/**
 * What was fetched for a release that is not complete yet: by identity, one line each. After a kill the next sync goes on
 * from here.
 */
export class Journal {
  private lines: string[] = [];
  private writing = Promise.resolve();
  private failure: unknown;
  private timer: NodeJS.Timeout | undefined;

  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
  ) {}

  static async open(path: string): Promise<Journal> {
    return new Journal(path, await open(path, 'a'));
  }

  /** What an earlier sync, ended or killed, had fetched. */
  static async *read(path: string): AsyncGenerator<Stored & { readonly identity: string }> {
    for await (const line of linesOf(path)) {
      const [identity, sha256, size] = parsed(line);
      if (identity !== undefined && sha256 !== undefined && size !== undefined) yield { identity, sha256, size };
    }
  }

  add(identity: string, { sha256, size }: Stored): void {
    this.lines.push(JSON.stringify([identity, sha256, size]));
    this.timer ??= setTimeout(() => this.flush(), FLUSH_AFTER);
  }

  private flush(): void {
    this.timer = undefined;
    // The first line of a run follows what a kill may have cut short.
    const text = `\n${this.lines.join('\n')}\n`;
    this.lines = [];
    this.writing = this.writing
      .then(() => writeAll(this.file, Buffer.from(text)))
      .catch((error: unknown) => void (this.failure ??= error));
  }

  /** Everything that was added is on disk. */
  async close(): Promise<void> {
    clearTimeout(this.timer);
    if (this.lines.length > 0) this.flush();
    await this.writing;
    await this.file.close();
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- whatever writing threw
    if (this.failure !== undefined) throw this.failure;
  }

  /** The release is complete: nobody goes on from here. */
  async remove(): Promise<void> {
    await rm(this.path, { force: true });
  }
}

function parsed(line: string): [identity?: string, sha256?: string, size?: number] {
  try {
    return JSON.parse(line) as [string, string, number];
  } catch {
    return [];
  }
}
