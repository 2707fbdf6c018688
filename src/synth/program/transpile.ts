import { SourceMap } from 'node:module';
import type { SourceMapPayload } from 'node:module';
import { basename, dirname, join } from 'node:path';
import type { BuildFailure, BuildResult, Message } from 'esbuild';
import { UserError } from '../user-error.js';
import { moduleKind } from './module-kind.js';
import type { ModuleKind } from './module-kind.js';
import { ownPlaces } from './own-places.js';

/** A program in TypeScript as one module of JavaScript. What it imports from packages is still imported. */
export interface Transpiled {
  readonly kind: ModuleKind;
  readonly code: string;
  readonly map: SourceMap;
}

/**
 * One way on every Node version, whatever that version makes of TypeScript itself: esbuild puts the program and the files
 * that it imports by relative path into one module, of the kind that the nearest package.json says.
 *
 * @throws UserError with every error in the files
 */
export async function transpile(path: string): Promise<Transpiled> {
  const said = moduleKind(path);
  const { result, problems } = await bundle(path, said ?? 'commonjs');
  const esm = problems.find(needsEsm);
  if (!esm) return transpiled(path, said ?? 'commonjs', result, problems);
  // A package that does not say what it is may be either: Node decides by the syntax then, and so do we.
  if (said === undefined) {
    const again = await bundle(path, 'module');
    return transpiled(path, 'module', again.result, again.problems);
  }
  const what = esm.id === 'empty-import-meta' ? '`import.meta`' : '`await` at the top level';
  throw new UserError(`${placeOf(esm)}${what} needs an ES module`, {
    hint: `write "type": "module" into the nearest package.json, or rename the file to ${basename(path).replace(/\.c?ts$/, '.mts')}`,
  });
}

interface Bundled {
  /** Absent when there are errors. */
  readonly result?: BuildResult<{ write: false }>;
  readonly problems: readonly Message[];
}

async function bundle(path: string, kind: ModuleKind): Promise<Bundled> {
  const { build } = await import('esbuild');
  try {
    const result = await build({
      entryPoints: [path],
      outfile: join(dirname(path), `${basename(path)}.js`),
      write: false,
      bundle: true,
      packages: 'external',
      platform: 'node',
      target: `node${process.versions.node}`,
      format: kind === 'module' ? 'esm' : 'cjs',
      keepNames: true,
      charset: 'utf8',
      sourcemap: 'external',
      sourcesContent: false,
      logLevel: 'silent',
      plugins: [ownPlaces],
    });
    return { result, problems: result.warnings };
  } catch (error) {
    const { errors } = error as Partial<BuildFailure>;
    if (!errors) throw error;
    return { problems: errors };
  }
}

const needsEsm = ({ id, text }: Message): boolean =>
  id === 'empty-import-meta' || text.startsWith('Top-level await is currently not supported with the "cjs"');

function transpiled(
  path: string,
  kind: ModuleKind,
  result: Bundled['result'],
  problems: readonly Message[],
): Transpiled {
  if (!result) throw new UserError(problems.map((problem) => `${placeOf(problem)}${sentence(problem)}`).join('\n'));
  const textOf = (ending: string): string => result.outputFiles.find((file) => file.path.endsWith(ending))!.text;
  const code = textOf('.js');
  // A CommonJS file in an ES module asks for packages with this.
  const require = kind === 'module' && code.includes('__require(') ? REQUIRE : '';
  const map = JSON.parse(textOf('.js.map')) as SourceMapPayload;
  const sources = map.sources.map((source) => join(dirname(path), source));
  return {
    kind,
    code: require + code,
    map: new SourceMap({ ...map, sources, mappings: ';'.repeat(require === '' ? 0 : 1) + map.mappings }),
  };
}

const REQUIRE =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);\n";

const placeOf = ({ location }: Message): string =>
  location ? `${location.file}:${location.line}:${location.column + 1}: ` : '';

const sentence = ({ text, notes }: Message): string =>
  [text, ...notes.filter(({ location }) => location === null).map((note) => note.text)].join('; ');
