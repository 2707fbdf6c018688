import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { INDEX_FILE, isOwnName } from './index-file.js';

/** The name of a file in the folder while a process works on it. */
export const asideName = (name: string, ending: 'tmp' | 'old'): string => `.${name}.${process.pid}.${ending}`;

const ASIDE = /^\.(.+)\.(\d+)\.(?:tmp|old)$/;

/**
 * Removes what a synth that was killed left in the folder. What a living process works on stays: whether it still is that
 * synth, nobody can tell.
 */
export async function removeLeftovers(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const [, name = '', pid] = ASIDE.exec(entry.name) ?? [];
    const ours = name === INDEX_FILE || isOwnName(name);
    if (ours && entry.isFile() && !isAlive(Number(pid))) await rm(join(folder, entry.name)).catch(() => undefined);
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
