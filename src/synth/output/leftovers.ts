import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { INDEX_FILE, isOwnName } from './index-file.js';

/** The name of a file in the folder while a process works on it. */
export const asideName = (name: string, ending: 'tmp' | 'old'): string => `.${name}.${process.pid}.${ending}`;

const ASIDE = /^\.(.+)\.(\d+)\.(?:tmp|old)$/;

/**
 * Removes what a synth that was killed left in the folder. What a living process works on stays: whether it still is that
 * synth, nobody can tell.
 */
export function removeLeftovers(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const [, name = '', pid] = ASIDE.exec(entry.name) ?? [];
    const ours = name === INDEX_FILE || isOwnName(name);
    if (ours && entry.isFile() && !isAlive(Number(pid))) removeIfPossible(join(folder, entry.name));
  }
}

/** What cannot be removed is left to the next synth: the files that count are there. */
export function removeIfPossible(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Its folder may have become somebody else's; nothing that synth says depends on it.
  }
}

/** Whether another process has this id. In a container every synth may have the same one, and only this one is alive. */
function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Any other code says that there is one, and that it is somebody else's.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
