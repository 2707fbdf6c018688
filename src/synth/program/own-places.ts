import { readFile } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Loader, Plugin } from 'esbuild';

/** What tells a file where it is, and the name that stands for it in the bundle. */
const PLACES: Readonly<Record<string, string>> = {
  __filename: '$ownFilename',
  __dirname: '$ownDirname',
  'import.meta.url': '$ownUrl',
  'import.meta.filename': '$ownFilename',
  'import.meta.dirname': '$ownDirname',
};

/** Each file of a bundle keeps its own `__dirname` and `import.meta.url`, as if it were loaded by itself. */
export const ownPlaces: Plugin = {
  name: 'own-places',
  setup(build) {
    build.initialOptions.define = { ...build.initialOptions.define, ...PLACES };
    build.onLoad({ filter: /\.[cm]?[jt]sx?$/, namespace: 'file' }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      if (!/\b(__filename|__dirname|import\.meta)\b/.test(text)) return undefined;
      const values = { $ownFilename: path, $ownDirname: dirname(path), $ownUrl: pathToFileURL(path).href };
      const declared = Object.entries(values).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
      // On the first line of code, so that the lines stay where they are.
      const [, first = ''] = /^(#!.*\n)?/.exec(text)!;
      const contents = `${first}const ${declared.join(',')};${text.slice(first.length)}`;
      return { contents, loader: extname(path).replace(/^\.[cm]?/, '') as Loader };
    });
  },
};
