import { promises } from 'node:fs';
import { dirname, join } from 'node:path';
import { LOCK_FILE, parseLock } from '../../../constructs/model/lock.js';
import type { Lock } from '../../../constructs/model/lock.js';
import { UserError } from '../user-error.js';
import type { ZoneFile } from './read.js';

/**
 * Zone files with what the lock files beside them say.
 *
 * @throws UserError when a lock file is there and is none
 */
export async function withLocks(files: readonly ZoneFile[]): Promise<ZoneFile[]> {
  const locks = new Map<string, Lock | undefined>();
  const locked: ZoneFile[] = [];
  for (const file of files) {
    const folder = dirname(file.name);
    if (!locks.has(folder)) locks.set(folder, await readLock(folder));
    const lock = locks.get(folder);
    locked.push({ ...file, ...(lock && { lock }) });
  }
  return locked;
}

/** @throws UserError when the lock file of a folder is there and is none */
export async function readLock(folder: string): Promise<Lock | undefined> {
  const path = join(folder, LOCK_FILE);
  let text: string;
  try {
    text = await promises.readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new UserError(`${path}:1:1: cannot be read (${code ?? String(error)})`, { hint: 'check its permissions' });
  }
  const lock = parseLock(text);
  if ('zones' in lock) return lock;
  throw new UserError(`${path}:1:1: ${lock.message}`, { hint: lock.hint });
}
