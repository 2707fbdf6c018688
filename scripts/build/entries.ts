import { existsSync } from 'node:fs';

/** What can be imported: the name of the entry's files below `dist/lib`, and the module that it is built from. */
export interface LibraryEntry {
  readonly name: string;
  /** What stands in an import statement. */
  readonly specifier: string;
  readonly source: string;
}

/** The entries of the library. A module that is not written yet is left out, and with it its entry. */
export const ENTRIES: readonly LibraryEntry[] = [
  { name: 'index', specifier: 'gamezone', source: 'constructs/index.ts' },
  { name: 'zone-file', specifier: 'gamezone/zone-file', source: 'constructs/zone-file/index.ts' },
  { name: 'plus', specifier: 'gamezone/plus', source: 'constructs/plus/index.ts' },
].filter(({ source }) => existsSync(source));
