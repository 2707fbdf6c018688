import { chmodSync, mkdirSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, DataError } from './data-error.js';
import { PRIVATE_FOLDER, realFiles, writeWhole } from './files.js';
import { FolderJournal, type FolderJournalOptions } from './folder-journal.js';
import { FolderLock, LOCK } from './folder-lock.js';

export interface DataFolderOptions {
  /** Which Kubernetes it is: `1.34`. */
  readonly kubernetes: string;
  readonly onTrouble?: FolderJournalOptions['onTrouble'];
}

/** The file that says what the folder is. */
const MARKER = 'gamezone-cluster.json';
const FORMAT = 1;

/** A folder in which a cluster is kept, ours alone until it is closed. Only this user may look into it: there are Secrets in it. */
export class DataFolder {
  private constructor(
    readonly path: string,
    readonly journal: FolderJournal,
    private readonly lock: FolderLock,
  ) {}

  /** @throws DataError where it is none of ours, in use, or damaged; nothing of it is changed then */
  static async open(folder: string, { kubernetes, onTrouble }: DataFolderOptions): Promise<DataFolder> {
    check(folder, kubernetes);
    const path = told(folder, () => {
      mkdirSync(folder, { recursive: true, mode: PRIVATE_FOLDER });
      return realpathSync(folder);
    });
    const lock = await FolderLock.take(path);
    try {
      // Again: until now somebody else may have worked in it.
      const isNew = check(folder, kubernetes) === 'empty';
      return told(folder, () => {
        chmodSync(path, PRIVATE_FOLDER);
        if (isNew) write(join(path, MARKER), { format: 'gamezone dev', version: FORMAT, kubernetes });
        return new DataFolder(path, FolderJournal.open(path, onTrouble && { onTrouble }), lock);
      });
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** What was put under a name, undefined where there is nothing. @throws DataError where it is not JSON */
  get(name: string): unknown {
    const path = join(this.path, name);
    const text = told(path, () => readWhereThere(path));
    return text === undefined ? undefined : parsed(path, text);
  }

  /** @throws DataError */
  put(name: string, value: unknown): void {
    const path = join(this.path, name);
    told(path, () => write(path, value));
  }

  async close(): Promise<void> {
    this.journal.close();
    await this.lock.release();
  }
}

/** Whether there is a cluster in it. @throws DataError where there is something else */
function check(folder: string, kubernetes: string): 'empty' | 'ours' {
  const names = told(folder, () => namesIn(folder)).filter((name) => !LOCK.test(name) && name !== `${MARKER}.tmp`);
  if (names.length === 0) return 'empty';
  if (!names.includes(MARKER))
    throw new DataError(`${folder}: this folder is not empty, and no cluster is kept in it`, {
      hint: 'name one that is empty, or is not there yet',
    });
  const path = join(folder, MARKER);
  const marker = (parsed(
    path,
    told(path, () => readFileSync(path, 'utf8')),
  ) ?? {}) as Record<string, unknown>;
  if (marker['format'] !== 'gamezone dev' || marker['version'] !== FORMAT)
    throw new DataError(
      `${path}: format ${shown(marker['format'])}, version ${shown(marker['version'])}: this gamezone reads "gamezone dev", version ${FORMAT}`,
      { hint: 'use the gamezone that wrote it, or take another folder' },
    );
  if (marker['kubernetes'] !== kubernetes)
    throw new DataError(`${path}: a cluster of Kubernetes ${shown(marker['kubernetes'])}, not ${kubernetes}`, {
      hint: 'use the gamezone that wrote it, or take another folder',
    });
  return 'ours';
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

function readWhereThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Nothing of what JSON.parse says: it quotes the text, and there are keys in it.
    throw new DataError(`${path}: this is not JSON`, {
      hint: 'put back a copy of the file, or take another folder',
    });
  }
}

function write(path: string, value: unknown): void {
  writeWhole(realFiles, path, [Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`)]);
}

function shown(value: unknown): string {
  return value === undefined ? 'none' : JSON.stringify(value);
}

/** What the system refuses is told with the name of the folder. */
function told<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    if (cause instanceof DataError || codeOf(cause) === '') throw cause;
    throw new DataError(`${path}: ${(cause as Error).message}`, {
      hint: 'name a folder in which this user may read and write, on a disk with room',
      cause,
    });
  }
}
