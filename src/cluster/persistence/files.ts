import fs from 'node:fs';

/** What is done to files here, so that a test can fail or end it at every step. Nothing of it waits for a promise. */
export type Files = Pick<
  typeof fs,
  | 'chmodSync'
  | 'closeSync'
  | 'fsyncSync'
  | 'ftruncateSync'
  | 'mkdirSync'
  | 'openSync'
  | 'readFileSync'
  | 'readdirSync'
  | 'renameSync'
  | 'rmSync'
  | 'writeSync'
>;

export const realFiles: Files = fs;

/** Of files: they hold Secrets. */
export const PRIVATE = 0o600;
/** Of the folder. */
export const PRIVATE_FOLDER = 0o700;

/** Writes all of it, from a position on. */
export function writeAll(files: Files, descriptor: number, bytes: Buffer, position: number): void {
  for (let at = 0; at < bytes.length;) at += files.writeSync(descriptor, bytes, at, bytes.length - at, position + at);
}

/** A file that is there whole or not at all. Its length in bytes. */
export function writeWhole(files: Files, path: string, parts: Iterable<Buffer>): number {
  const temporary = `${path}${TEMPORARY}`;
  const descriptor = files.openSync(temporary, 'w', PRIVATE);
  let length = 0;
  try {
    try {
      for (const part of parts) {
        writeAll(files, descriptor, part, length);
        length += part.length;
      }
      files.fsyncSync(descriptor);
    } finally {
      files.closeSync(descriptor);
    }
    files.renameSync(temporary, path);
  } catch (error) {
    files.rmSync(temporary, { force: true });
    throw error;
  }
  return length;
}

export const TEMPORARY = '.tmp';

/** What was renamed is so on the disk too, before what is done next. */
export function syncFolder(files: Files, folder: string): void {
  const descriptor = files.openSync(folder, 'r');
  try {
    files.fsyncSync(descriptor);
  } finally {
    files.closeSync(descriptor);
  }
}
