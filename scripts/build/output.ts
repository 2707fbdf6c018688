import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A file to be written, by its path below the repository. */
export interface OutputFile {
  readonly path: string;
  readonly content: string | Uint8Array;
  readonly executable?: boolean;
}

/** Empties the folder and writes all files at once: nobody who runs the old files meanwhile waits for a compiler. */
export async function replaceFolder(folder: string, files: readonly OutputFile[]): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await Promise.all(
    [...new Set(files.map(({ path }) => dirname(path)))].map((path) => mkdir(path, { recursive: true })),
  );
  await Promise.all(
    files.map(({ path, content, executable }) => writeFile(path, content, { mode: executable ? 0o755 : 0o644 })),
  );
}
