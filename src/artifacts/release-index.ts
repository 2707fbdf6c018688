import { createReadStream } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { codeOf } from './error.js';
import { writeAll } from './store.js';

/** One file or link of a release. */
export type IndexEntry =
  | {
      readonly path: string;
      readonly kind: 'file';
      readonly executable: boolean;
      readonly size: number;
      readonly sha256: string;
      readonly identity: string;
    }
  | { readonly path: string; readonly kind: 'link'; readonly target: string };

/** `[path, "f" or "x", size, sha256, identity]` of a file, `[path, "l", target]` of a link. */
type Line =
  | readonly [path: string, kind: 'f' | 'x', size: number, sha256: string, identity: string]
  | readonly [path: string, kind: 'l', target: string];

/** Writes what a release holds, one entry a line; it appears whole or not at all. */
export async function writeIndex(path: string, entries: Iterable<IndexEntry>): Promise<void> {
  const partial = `${path}.part`;
  const file = await open(partial, 'w');
  try {
    let lines: string[] = [];
    for (const entry of entries) {
      lines.push(JSON.stringify(lineOf(entry)));
      if (lines.length < LINES_AT_ONCE) continue;
      await writeAll(file, Buffer.from(`${lines.join('\n')}\n`));
      lines = [];
    }
    if (lines.length > 0) await writeAll(file, Buffer.from(`${lines.join('\n')}\n`));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(partial, path);
}

const LINES_AT_ONCE = 1000;

/** What a release holds, in the order of the paths; nothing where there is no index. */
export async function* readIndex(path: string): AsyncGenerator<IndexEntry> {
  for await (const line of linesOf(path)) {
    const entry = entryOf(line);
    if (entry) yield entry;
  }
}

/** The lines of a file; nothing where there is none. */
export async function* linesOf(path: string): AsyncGenerator<string> {
  const stream = createReadStream(path, { encoding: 'utf8' });
  try {
    await new Promise((resolve, reject) => stream.once('open', resolve).once('error', reject));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  yield* createInterface({ input: stream, crlfDelay: Infinity });
}

const lineOf = (entry: IndexEntry): Line =>
  entry.kind === 'link'
    ? [entry.path, 'l', entry.target]
    : [entry.path, entry.executable ? 'x' : 'f', entry.size, entry.sha256, entry.identity];

/** Undefined for a line that a kill cut short. */
function entryOf(text: string): IndexEntry | undefined {
  let line: Line;
  try {
    line = JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
  if (line[1] === 'l') return { path: line[0], kind: 'link', target: line[2] };
  const [path, kind, size, sha256, identity] = line;
  return { path, kind: 'file', executable: kind === 'x', size, sha256, identity };
}
