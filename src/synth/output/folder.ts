import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { UserError } from '../user-error.js';
import type { OutputFile } from './files.js';
import { INDEX_FILE, indexText, readIndex } from './index-file.js';
import type { OutputIndex } from './index-file.js';
import { asideName, removeIfPossible, removeLeftovers } from './leftovers.js';

/** A file that no zone makes any more. */
export interface StaleFile {
  readonly name: string;
  /** The zone file that made it, relative to the folder. */
  readonly source: string;
}

// All of it synchronous: nothing else goes on meanwhile, and each turn of a promise over a file takes longer than the file.

/** What a synth would do to an output folder. */
export interface FolderChange {
  readonly missing: readonly OutputFile[];
  readonly different: readonly OutputFile[];
  readonly same: readonly OutputFile[];
  /** Files of an earlier synth that left the model. */
  readonly stale: readonly StaleFile[];
  readonly index: OutputIndex;
  /** Whether the index in the folder says the same. Without it, files that leave the model would never be found. */
  readonly indexIsCurrent: boolean;
}

/**
 * Compares the folder with what a synth of `sources` gives. Files that come from other zone files are left alone, unless
 * their zone file is gone.
 *
 * @throws UserError when the folder is none, or a name in it is taken
 */
export function compareFolder(folder: string, files: readonly OutputFile[], sources: readonly string[]): FolderChange {
  if (existsSync(folder) && !statSync(folder).isDirectory())
    throw new UserError(`${folder}: is a file, and no folder to write to`, { hint: 'name a folder with --out' });
  const before = readIndex(folder);
  refuseTaken(folder, files, before);
  const missing: OutputFile[] = [];
  const different: OutputFile[] = [];
  const same: OutputFile[] = [];
  for (const file of files) {
    const content = contentOf(join(folder, file.name));
    (content === undefined ? missing : content.equals(file.content) ? same : different).push(file);
  }
  const read = new Set(sources.map((source) => sourceIn(folder, source)));
  const written = new Set(files.map(({ name }) => name));
  const left = Object.entries(before).filter(([name]) => !written.has(name));
  const isStale = ([, source]: readonly [string, string]): boolean =>
    read.has(source) || !existsSync(resolve(folder, source));
  const index = Object.fromEntries<string>([
    ...left.filter((entry) => !isStale(entry)),
    ...files.map(({ name, source }) => [name, sourceIn(folder, source)] as const),
  ]);
  const writtenIndex = contentOf(join(folder, INDEX_FILE));
  return {
    missing,
    different,
    same,
    stale: left
      .filter(isStale)
      .map(([name, source]) => ({ name, source }))
      .filter(({ name }) => isFile(join(folder, name))),
    index,
    indexIsCurrent: writtenIndex?.toString() === indexText(index),
  };
}

/** Two zone files that made one file would undo each other's work for ever. */
function refuseTaken(folder: string, files: readonly OutputFile[], before: OutputIndex): void {
  for (const { name, source } of files) {
    const path = join(folder, name);
    if (existsSync(path) && !isFile(path))
      throw new UserError(`${path}: something else than a file stands here`, { hint: 'move it away' });
    const maker = Object.hasOwn(before, name) ? resolve(folder, before[name]!) : undefined;
    if (maker === undefined || !isFile(path) || !isFile(maker) || realpathSync(maker) === realpathSync(source))
      continue;
    throw new UserError(`${path}: comes from another zone file, ${relative('.', maker)}`, {
      hint: 'give each zone a name of its own, or each a folder (--out)',
    });
  }
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/** The bytes of a file in the folder; undefined when there is none. */
export function contentOf(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

const sourceIn = (folder: string, source: string): string =>
  relative(resolve(folder), resolve(source)).split(sep).join('/');

const SECRET_MODE = 0o600;

/**
 * Carries a change out: every file is written whole under a temporary name first, and only when all are there are they
 * renamed. A failure leaves the folder as it was; a kill leaves each file either old or new, never half of it, and what it
 * leaves beside them goes with the next synth.
 */
export function applyChange(folder: string, change: FolderChange): void {
  mkdirSync(folder, { recursive: true });
  removeLeftovers(folder);
  const index = Buffer.from(indexText(change.index));
  const sameIndex = contentOf(join(folder, INDEX_FILE))?.equals(index) ?? false;
  const writes = [
    ...[...change.missing, ...change.different].map(({ name, content, secret }) => ({
      name,
      content,
      mode: secret ? SECRET_MODE : 0o644,
    })),
    ...(sameIndex ? [] : [{ name: INDEX_FILE, content: index, mode: 0o644 }]),
  ];
  const aside = (name: string, ending: 'tmp' | 'old'): string => join(folder, asideName(name, ending));
  const replaced: { readonly name: string; readonly existed: boolean }[] = [];
  try {
    for (const { name, content, mode } of writes) writeFileSync(aside(name, 'tmp'), content, { mode });
    for (const { name } of writes) {
      const existed = copyIfThere(join(folder, name), aside(name, 'old'));
      renameSync(aside(name, 'tmp'), join(folder, name));
      replaced.push({ name, existed });
    }
  } catch (error) {
    for (const { name, existed } of replaced) {
      if (existed) renameSync(aside(name, 'old'), join(folder, name));
      else rmSync(join(folder, name), { force: true });
    }
    throw error;
  } finally {
    for (const { name } of writes) for (const ending of ['tmp', 'old'] as const) removeIfPossible(aside(name, ending));
  }
  for (const { name } of change.stale) rmSync(join(folder, name), { force: true });
  // A copy or a checkout may have opened what we closed.
  for (const { name } of change.same.filter(({ secret }) => secret)) chmodSync(join(folder, name), SECRET_MODE);
}

function copyIfThere(from: string, to: string): boolean {
  try {
    copyFileSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
