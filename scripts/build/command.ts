import { relative } from 'node:path';
import { build } from 'esbuild';
import { readFile } from 'node:fs/promises';
import type { Metafile, Plugin } from 'esbuild';
import type { OutputFile } from './output.js';

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

/** The command line: ESM, with each command as a chunk of its own, so that `--help` loads only the command line itself. */
export async function commandFiles(): Promise<{ files: OutputFile[]; metafile: Metafile }> {
  const { outputFiles, metafile } = await build({
    entryPoints: { 'bin/gamezone': 'bin/gamezone.ts' },
    outdir: 'dist',
    write: false,
    metafile: true,
    bundle: true,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    // esbuild starts a program that stands beside it; the others are the user's, and there must be one copy of each.
    external: ['esbuild', 'cdk8s', 'constructs'],
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [parsedJson],
    banner: {
      js: "import{createRequire as gamezoneRequire}from'node:module';const require=gamezoneRequire(import.meta.url);",
    },
  });
  const files = outputFiles.map(({ path, contents }) => ({
    path: relative('.', path),
    content: contents,
    executable: path.endsWith('bin/gamezone.js'),
  }));
  return { files, metafile };
}
