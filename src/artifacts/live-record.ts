import { open, rename } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { linesOf } from './release-index.js';
import { writeAll } from './store.js';

/** What was put into `live` at a path, and how it looked: what looks otherwise was changed by somebody. */
export interface Put {
  /** The sha256, with `.x` where it is executable; `-> target` of a link. */
  readonly content: string;
  /** Mode, size and time of the last change: they tell an edit as well as reading the file would. */
  readonly stamp: string;
}

type Line = readonly [path: string, content: string, stamp: string];

/**
 * What we ever put into `live`, one line each time, written down before it is done. After a kill a file may be what the last
 * line says or what the one before says, and is ours either way.
 */
export class LiveRecord {
  private lines: string[] = [];

  private constructor(
    private readonly path: string,
    private readonly work: string,
    private readonly byPath: Map<string, Put[]>,
    private readonly file: FileHandle,
  ) {}

  static async open(path: string, work: string): Promise<LiveRecord> {
    const byPath = new Map<string, Put[]>();
    for await (const text of linesOf(path)) {
      const [at, content, stamp] = parsed(text);
      if (at === undefined || content === undefined || stamp === undefined) continue;
      byPath.set(at, [...(byPath.get(at) ?? []), { content, stamp }]);
    }
    return new LiveRecord(path, work, byPath, await open(path, 'a'));
  }

  paths(): IterableIterator<string> {
    return this.byPath.keys();
  }

  /** The oldest first. */
  puts(path: string): readonly Put[] {
    return this.byPath.get(path) ?? [];
  }

  add(path: string, put: Put): void {
    this.byPath.set(path, [...this.puts(path), put]);
    this.lines.push(lineOf(path, put));
  }

  forget(path: string): void {
    this.byPath.delete(path);
  }

  /** Everything that was added is written down. */
  async written(): Promise<void> {
    if (this.lines.length === 0) return;
    const text = `\n${this.lines.join('\n')}\n`; // begins a line: what a kill cut short stands by itself
    this.lines = [];
    await writeAll(this.file, Buffer.from(text));
  }

  /** Everything is in place: of each path the last line is enough. */
  async compact(): Promise<void> {
    const kept = [...this.byPath].map(([path, puts]) => lineOf(path, puts.at(-1)!));
    const partial = join(this.work, 'live.jsonl.part');
    const file = await open(partial, 'w');
    await writeAll(file, Buffer.from(`${kept.join('\n')}\n`));
    await file.close();
    await rename(partial, this.path);
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

const lineOf = (path: string, { content, stamp }: Put): string => JSON.stringify([path, content, stamp] satisfies Line);

function parsed(text: string): Partial<Line> {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return [];
  }
}
