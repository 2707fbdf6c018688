import { resolve } from 'node:path';
import ts from 'typescript';
import { declarationFiles } from './declarations.js';
import type { LibraryEntry } from './entries.js';

/** What one entry of the library exports, as the compiler of a consumer sees it. */
export interface PublicEntry {
  readonly specifier: string;
  /** The exported symbols, aliases followed, by name. */
  readonly exports: readonly ts.Symbol[];
}

export interface PublicApi {
  readonly checker: ts.TypeChecker;
  readonly entries: readonly PublicEntry[];
}

/** The public API, read from the declarations as they would be published; `dist` is not looked at. */
export function publicApi(entries: readonly LibraryEntry[]): PublicApi {
  const files = declarationFiles(entries, 'dist/lib').map(
    ({ path, content }) => [resolve(path), String(content)] as const,
  );
  return apiOf(
    new Map(files),
    entries.map(({ name, specifier }) => ({ specifier, file: resolve(`dist/lib/${name}.d.ts`) })),
  );
}

/** The API that these declarations make; they need not be on disk. */
export function apiOf(
  files: ReadonlyMap<string, string>,
  entries: readonly { readonly specifier: string; readonly file: string }[],
): PublicApi {
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    target: ts.ScriptTarget.ES2022,
    types: [],
    skipLibCheck: true,
    noEmit: true,
  };
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (path) => files.has(path) || disk.fileExists(path),
    readFile: (path) => files.get(path) ?? disk.readFile(path),
    getSourceFile: (path, version, ...rest) => {
      const text = files.get(path);
      if (text !== undefined) return ts.createSourceFile(path, text, version, true);
      const known = libraries.get(path) ?? disk.getSourceFile(path, version, ...rest);
      if (known) libraries.set(path, known);
      return known;
    },
  };
  const program = ts.createProgram([...files.keys()], options, host);
  const checker = program.getTypeChecker();
  return {
    checker,
    entries: entries.map(({ specifier, file }) => {
      const module = checker.getSymbolAtLocation(program.getSourceFile(file)!)!;
      return { specifier, exports: checker.getExportsOfModule(module).map((symbol) => withoutAlias(checker, symbol)) };
    }),
  };
}

/** Declarations of others, which do not change while a program runs. */
const libraries = new Map<string, ts.SourceFile>();

const withoutAlias = (checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;

/** The text of a doc comment, without its tags. */
export const docOf = (checker: ts.TypeChecker, symbol: ts.Symbol): string =>
  ts.displayPartsToString(symbol.getDocumentationComment(checker));

/** The text of the first tag of this name. */
export function tagOf(symbol: ts.Symbol, name: string): string | undefined {
  const tag = symbol.getJsDocTags().find((one) => one.name === name);
  return tag && ts.displayPartsToString(tag.text);
}

/** Whether a member is for consumers. */
export const isPublic = (node: ts.Declaration): boolean =>
  (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Private) === 0;

/** Whether the class is a construct: whether `Construct` is above it. */
export function isConstruct(checker: ts.TypeChecker, type: ts.Type): boolean {
  const bases = type.isClassOrInterface() ? checker.getBaseTypes(type) : [];
  return bases.some((base) => base.symbol.name === 'Construct' || isConstruct(checker, base));
}
