import { execa } from 'execa';
import { open } from 'node:fs/promises';
import { codeOf } from './error.js';

/**
 * Everything that was written to the file system of a path is on its disk. One call of coreutils for all files at once; where
 * it is not there, the folder alone: what a crash of the machine then loses, the next sync finds by its size.
 */
export async function flushed(path: string): Promise<void> {
  const { failed } = await execa('sync', ['-f', path], {
    reject: false,
    env: { PATH: process.env['PATH'] ?? '' },
    extendEnv: false,
  });
  if (!failed) return;
  try {
    const folder = await open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    if (!['EINVAL', 'ENOTSUP', 'EISDIR', 'EPERM'].includes(codeOf(error) ?? '')) throw error;
  }
}
