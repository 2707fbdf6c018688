import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { build } from 'esbuild';
import type { Metafile, OutputFile as Built, Plugin } from 'esbuild';
import { commonJs } from './common-js.js';
import type { LibraryEntry } from './entries.js';
import type { OutputFile } from './output.js';

const COMMAND = 'bin/gamezone';

/** esbuild starts a program that stands beside it; the others are the user's, and there must be one copy of each. */
const EXTERNAL = ['esbuild', 'cdk8s', 'constructs', 'cdk8s-plus-27', 'cdk8s-plus-33'];

/** Large JSON as a text that is parsed when its chunk starts: several times faster to load than the same as a literal. */
const parsedJson: Plugin = {
  name: 'parsed-json',
  setup: (command) => {
    command.onLoad({ filter: /\.gen\.json$/ }, async ({ path }) => {
      const json = JSON.stringify(JSON.parse(await readFile(path, 'utf8')));
      return { contents: `export default JSON.parse(${JSON.stringify(json)})`, loader: 'js' };
    });
  },
};

/**
 * A source of artifacts is opened with the credentials of its zone or with none: what reads environment, profiles and
 * metadata services stays out of the bundle.
 */
const withoutAmbientCredentials: Plugin = {
  name: 'without-ambient-credentials',
  setup: (command) => {
    const filter = /^@aws-sdk\/credential-provider-node$/;
    command.onResolve({ filter }, ({ path }) => ({ path, namespace: 'no-ambient-credentials' }));
    command.onLoad({ filter, namespace: 'no-ambient-credentials' }, () => ({
      contents: "export const defaultProvider = () => () => Promise.reject(new Error('no credentials are given'));",
      loader: 'js',
    }));
  },
};

/**
 * The command and the library, divided into chunks by who needs them: each module is in the package once, so that
 * `gamezone synth zone.js` does not load a second copy of what the program has loaded with the library. Each command is a
 * chunk of its own, so that `--help` loads only the command line itself.
 *
 * CommonJS, with an ESM wrapper beside each entry of the library that re-exports its names. Why:
 * docs/decisions/0009-library-format.md.
 */
export async function moduleFiles(
  entries: readonly LibraryEntry[],
): Promise<{ files: OutputFile[]; metafile: Metafile }> {
  const { outputFiles, metafile } = await build({
    entryPoints: {
      [COMMAND]: `${COMMAND}.ts`,
      ...Object.fromEntries(entries.map(({ name, source }) => [`lib/${name}`, source])),
    },
    outdir: 'dist',
    write: false,
    metafile: true,
    bundle: true,
    // esbuild divides ESM only; each file is turned into CommonJS afterwards.
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    external: EXTERNAL,
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [parsedJson, withoutAmbientCredentials],
  });
  const readable = filesOfTheLibrary(metafile, entries);
  const modules = await Promise.all(
    outputFiles.map(async ({ path, text }: Built): Promise<OutputFile> => {
      const file = relative('.', path);
      const content = await commonJs(file, text, { minify: !readable.has(file) });
      return { path: file, content, executable: file === `dist/${COMMAND}.js` };
    }),
  );
  const wrappers = entries.map(({ name }): OutputFile => {
    const names = metafile.outputs[`dist/lib/${name}.js`]!.exports.toSorted();
    return { path: `dist/lib/${name}.mjs`, content: `export { ${names.join(', ')} } from './${name}.js';\n` };
  });
  // The package is ESM; this folder is not. Bundlers look for `sideEffects` in the nearest package.json too.
  const kind = { type: 'commonjs', sideEffects: false };
  const manifest = { path: 'dist/package.json', content: `${JSON.stringify(kind, undefined, 2)}\n` };
  return { files: [...modules, ...wrappers, manifest], metafile };
}

/** Those that a program loads with the library; people step through them, unless all that is in them was generated. */
function filesOfTheLibrary({ outputs }: Metafile, entries: readonly LibraryEntry[]): ReadonlySet<string> {
  const reached = new Set<string>();
  const reach = (file: string): void => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const { path, external } of outputs[file]!.imports) if (external !== true) reach(path);
  };
  for (const { name } of entries) reach(`dist/lib/${name}.js`);
  const isGenerated = (file: string): boolean => {
    const inputs = Object.keys(outputs[file]!.inputs);
    return inputs.length > 0 && inputs.every((input) => /(^|\/)(generated|node_modules)\//.test(input));
  };
  return new Set([...reached].filter((file) => !isGenerated(file)));
}
