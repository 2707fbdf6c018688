import { transform } from 'esbuild';

/**
 * A chunk of ESM as CommonJS. What it imports under a fixed name, `await import('./synth.js')`, is required when the line is
 * reached: starting Node's loader for ESM takes as long as all that `--help` does. An import under a name that is only known
 * at run time stays one, since what a user names may be ESM.
 *
 * @throws Error when the chunk cannot be CommonJS
 */
export async function commonJs(file: string, esm: string, { minify }: { readonly minify: boolean }): Promise<string> {
  const required = esm.replaceAll(
    /\bimport\(("[^"]*")\)/g,
    (_, name: string) => `Promise.resolve().then(() => require(${name}))`,
  );
  const { code, warnings } = await transform(required, {
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    minify,
    define: { 'import.meta.url': 'urlOfThisFile' },
    legalComments: 'none',
    sourcefile: file,
  });
  if (warnings.length > 0) throw new Error(`${file} is no CommonJS: ${warnings.map(({ text }) => text).join('; ')}`);
  const head = code.includes('urlOfThisFile') ? `"use strict";\n${URL_OF_THIS_FILE}\n` : '"use strict";\n';
  const named = minify ? code : withNamesOfClasses(code);
  return inAscii(named.replace(/^(?:#!.*\n)?/, (shebang) => shebang + head));
}

const URL_OF_THIS_FILE = 'const urlOfThisFile = require("node:url").pathToFileURL(__filename).href;';

/** esbuild writes `var GameZone = class _GameZone` for a class that uses itself, and a debugger would show that name. */
function withNamesOfClasses(code: string): string {
  const names = new Map([...code.matchAll(/\bvar (\w+) = class (_\1)\b/g)].map(([, name, inner]) => [inner!, name!]));
  return code.replaceAll(/(?<![\w.$])_\w+/g, (inner) => names.get(inner) ?? inner);
}

/**
 * V8 keeps a file with any other letter in two bytes per letter, and takes longer to read it. esbuild escapes them in strings,
 * and leaves them in regular expressions.
 */
const inAscii = (code: string): string =>
  code.replaceAll(/[^\0-\x7F]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
