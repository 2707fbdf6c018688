import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import type { OutputFile } from './files.js';
import { INDEX_FILE, indexText, readIndex } from './index-file.js';
import type { OutputIndex } from './index-file.js';

/** What a synth would do to an output folder. */
export interface FolderChange {
  readonly missing: readonly OutputFile[];
  readonly different: readonly OutputFile[];
  readonly same: readonly OutputFile[];
  /** Names of files of an earlier synth that left the model. */
  readonly stale: readonly string[];
  readonly index: OutputIndex;
}

/**
 * Compares the folder with what a synth of `sources` gives. Files that come from other zone files are left alone, unless
 * their zone file is gone.
 */
export async function compareFolder(
  folder: string,
  files: readonly OutputFile[],
  sources: readonly string[],
): Promise<FolderChange> {
  const before = await readIndex(folder);
  const missing: OutputFile[] = [];
  const different: OutputFile[] = [];
  const same: OutputFile[] = [];
  for (const file of files) {
    const text = await textOf(join(folder, file.name));
    (text === undefined ? missing : text === file.text ? same : different).push(file);
  }
  const read = new Set(sources.map((source) => sourceIn(folder, source)));
  const written = new Set(files.map(({ name }) => name));
  const left = Object.entries(before).filter(([name]) => !written.has(name));
  const isStale = ([, source]: readonly [string, string]): boolean =>
    read.has(source) || !existsSync(resolve(folder, source));
  return {
    missing,
    different,
    same,
    stale: left
      .filter(isStale)
      .map(([name]) => name)
      .filter((name) => existsSync(join(folder, name))),
    index: Object.fromEntries<string>([
      ...left.filter((entry) => !isStale(entry)),
      ...files.map(({ name, source }) => [name, sourceIn(folder, source)] as const),
    ]),
  };
}

/** The text of a file in the folder; undefined when there is none. */
export async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

const sourceIn = (folder: string, source: string): string =>
  relative(resolve(folder), resolve(source)).split(sep).join('/');

/**
 * Carries a change out: every file is written whole under a temporary name first, and only when all are there are they
 * renamed. A failure leaves the folder as it was.
 */
export async function applyChange(folder: string, { missing, different, stale, index }: FolderChange): Promise<void> {
  await mkdir(folder, { recursive: true });
  const texts = [
    ...[...missing, ...different].map(({ name, text, secret }) => ({ name, text, mode: secret ? 0o600 : 0o644 })),
    { name: INDEX_FILE, text: indexText(index), mode: 0o644 },
  ];
  const temporary = (name: string): string => join(folder, `.${name}.${process.pid}.tmp`);
  try {
    for (const { name, text, mode } of texts) await writeFile(temporary(name), text, { mode });
  } catch (error) {
    await Promise.all(texts.map(({ name }) => rm(temporary(name), { force: true })));
    throw error;
  }
  for (const { name } of texts) await rename(temporary(name), join(folder, name));
  for (const name of stale) await rm(join(folder, name), { force: true });
}
