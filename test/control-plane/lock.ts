import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { identify, isAlive, type ProcessIdentity } from './process-identity.js';

export interface Lock {
  release(): void;
}

const lookEvery = 250;

/**
 * Waits until this process is the only one that holds the lock. The lock of a process that is gone counts for nothing.
 *
 * Two that find such a lock at the same moment may both take it: what it protects must bear that, if need be.
 *
 * @param onWait called once, with the holder's process id, when there is something to wait for
 */
export async function holdLock(path: string, onWait: (owner: number) => void): Promise<Lock> {
  for (let isFirst = true; !take(path); isFirst = false) {
    const owner = ownerOf(path);
    if (owner && isFirst) onWait(owner.pid);
    if (owner) await new Promise((resolve) => setTimeout(resolve, lookEvery));
    else rmSync(path, { force: true });
  }
  return { release: () => rmSync(path, { force: true }) };
}

/** Written elsewhere and linked into its place, so that nobody ever reads a lock without an owner. */
function take(path: string): boolean {
  const { pid, birth } = identify(process.pid)!;
  const own = `${path}.${randomUUID()}`;
  writeFileSync(own, `${pid} ${birth}`);
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own);
  }
}

/** Undefined when it is gone, or its lock is. */
function ownerOf(path: string): ProcessIdentity | undefined {
  try {
    const [pid, birth = ''] = readFileSync(path, 'utf8').split(' ');
    const owner = { pid: Number(pid), birth };
    return isAlive(owner) ? owner : undefined;
  } catch {
    return undefined;
  }
}
