import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import type { LibraryEntry } from './entries.js';
import type { OutputFile } from './output.js';

/**
 * The declarations of the library: those that can be reached from an entry, without what is marked `@internal`. An entry
 * gets a `.d.mts` beside its `.d.ts`, since an ESM program must not take the one for CommonJS.
 *
 * The sources are not type checked: that is a task of its own, and whoever builds need not wait for it.
 *
 * @throws Error when a declaration cannot be made, or refers to a file outside `constructs`
 */
export function declarationFiles(entries: readonly LibraryEntry[], folder: string): OutputFile[] {
  const emitted = emit(entries.map(({ source }) => source));
  const placed = new Map<string, string>();
  for (const { name, source } of entries) {
    const entry = `${name}.d.ts`;
    const inside = declarationOf(source);
    const path = place(inside);
    if (path !== entry) placed.set(entry, `export * from './${path.replace(/\.d\.ts$/, '.js')}';\n`);
    placed.set(`${name}.d.mts`, `export * from './${name}.js';\n`);
    reach(inside, emitted, placed);
  }
  return [...placed].map(([path, content]) => ({ path: join(folder, path), content }));
}

const declarationOf = (source: string): string => source.replace(/\.ts$/, '.d.ts');

/** Where the declaration of a module of `constructs` is put. */
function place(declaration: string): string {
  const path = relative('constructs', declaration);
  if (path.startsWith('..'))
    throw new Error(`a public declaration refers to ${declaration}, which is not in the package`);
  return path;
}

/** Adds a declaration and all that it refers to. */
function reach(declaration: string, emitted: ReadonlyMap<string, string>, placed: Map<string, string>): void {
  const path = place(declaration);
  if (placed.has(path)) return;
  const text = emitted.get(declaration);
  if (text === undefined) throw new Error(`no declaration was made for ${declaration}`);
  placed.set(path, text);
  for (const { fileName } of ts.preProcessFile(text, true, true).importedFiles.filter((file) => isOurs(file.fileName)))
    reach(join(dirname(declaration), fileName.replace(/\.js$/, '.d.ts')), emitted, placed);
}

const isOurs = (specifier: string): boolean => specifier.startsWith('.');

/** Every declaration of the program, by its path as if it stood beside its source. */
function emit(sources: readonly string[]): Map<string, string> {
  const { config } = ts.readConfigFile('tsconfig.json', (path) => ts.sys.readFile(path)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: sources }, ts.sys, '.');
  const program = ts.createProgram(sources, {
    ...options,
    declaration: true,
    emitDeclarationOnly: true,
    stripInternal: true,
    sourceMap: false,
    outDir: resolve('.'),
    rootDir: resolve('.'),
  });
  const emitted = new Map<string, string>();
  const { diagnostics } = program.emit(undefined, (path, text) => emitted.set(relative('.', path), text));
  const problems = [...program.getSyntacticDiagnostics(), ...program.getDeclarationDiagnostics(), ...diagnostics];
  if (problems.length > 0)
    throw new Error(
      ts.formatDiagnostics(problems, {
        getCanonicalFileName: (path) => path,
        getCurrentDirectory: () => resolve('.'),
        getNewLine: () => '\n',
      }),
    );
  return emitted;
}
