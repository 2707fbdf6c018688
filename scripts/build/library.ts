import { relative } from 'node:path';
import { build, transform } from 'esbuild';
import type { Metafile } from 'esbuild';
import type { LibraryEntry } from './entries.js';
import type { OutputFile } from './output.js';

/** What the consumer has too: one copy of each, since constructs of two copies do not make one tree. */
const PEERS = ['cdk8s', 'constructs', 'cdk8s-plus-27', 'cdk8s-plus-33'];

/**
 * The library: CommonJS, with an ESM wrapper beside each entry that re-exports its names, so that a program that has both
 * kinds of modules still has one GameZone class. What entries share is a chunk, for the same reason.
 */
export async function libraryFiles(
  entries: readonly LibraryEntry[],
  folder: string,
): Promise<{ files: OutputFile[]; metafile: Metafile }> {
  const { outputFiles, metafile } = await build({
    entryPoints: Object.fromEntries(entries.map(({ name, source }) => [name, source])),
    outdir: folder,
    write: false,
    metafile: true,
    bundle: true,
    // esbuild divides ESM only; each file is turned into CommonJS afterwards.
    splitting: true,
    chunkNames: 'chunks/[hash]',
    platform: 'node',
    format: 'esm',
    target: 'es2022',
    external: PEERS,
    // A class that its own static members use is renamed otherwise, and a debugger shows `_ServiceIds`.
    keepNames: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  const modules = await Promise.all(
    outputFiles.map(async ({ path, text }): Promise<OutputFile> => {
      const file = relative('.', path);
      const { code, warnings } = await transform(text, {
        format: 'cjs',
        platform: 'node',
        target: 'es2022',
        legalComments: 'none',
        sourcefile: file,
      });
      if (warnings.length > 0) throw new Error(`${file} is no CommonJS: ${warnings.map((one) => one.text).join('; ')}`);
      return { path: file, content: code };
    }),
  );
  const wrappers = entries.map(({ name }): OutputFile => {
    const names = metafile.outputs[`${folder}/${name}.js`]!.exports.toSorted();
    return { path: `${folder}/${name}.mjs`, content: `export { ${names.join(', ')} } from './${name}.js';\n` };
  });
  // The package is ESM; this folder is not. Bundlers look for `sideEffects` in the nearest package.json too.
  const kind = { type: 'commonjs', sideEffects: false };
  const files = [
    ...modules,
    ...wrappers,
    { path: `${folder}/package.json`, content: `${JSON.stringify(kind, undefined, 2)}\n` },
  ];
  return { files, metafile };
}
