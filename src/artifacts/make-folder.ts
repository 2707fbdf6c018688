import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from './error.js';

/** A folder and those above it. Node's own way says of a full disk that the folder does not exist. */
export async function makeFolder(path: string): Promise<void> {
  if (await made(path, ['EEXIST', 'ENOENT'])) return;
  await makeFolder(dirname(path));
  await made(path, ['EEXIST']);
}

/** False where it takes another folder first. */
async function made(path: string, passing: readonly string[]): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    const code = codeOf(error) ?? '';
    if (!passing.includes(code)) throw error;
    return code === 'EEXIST';
  }
}
