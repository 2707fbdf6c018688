import { readFileSync } from 'node:fs';
import { Module, register } from 'node:module';
import * as nodeModule from 'node:module';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileFunction } from 'node:vm';
import { moduleKind } from './module-kind.js';
import type { Transpiled } from './transpile.js';

/** Node's CommonJS modules, as far as their types leave it out. */
interface CommonJs extends Module {
  readonly _compile: (code: string, filename: string) => unknown;
}
const { _nodeModulePaths: foldersAbove, _load: load } = Module as unknown as {
  readonly _nodeModulePaths: (folder: string) => string[];
  readonly _load: (path: string, parent: undefined, isMain: boolean) => unknown;
};

/** Runs a program that is JavaScript: by Node's own rules, as `node zone.js` would, so that CommonJS is the main module. */
export function evaluateFile(path: string): Promise<unknown> {
  if (!isCommonJs(path)) return import(pathToFileURL(path).href);
  return Promise.resolve({ default: load(path, undefined, true) });
}

/** Where no name and no package.json says what a file is, Node takes for CommonJS what can be read as such. */
function isCommonJs(path: string): boolean {
  const said = moduleKind(path);
  if (said !== undefined) return said === 'commonjs';
  try {
    const text = readFileSync(path, 'utf8').replace(/^#!.*/, '');
    compileFunction(text, ['exports', 'require', 'module', '__filename', '__dirname']);
    return true;
  } catch {
    return false; // Whatever is wrong with it, Node itself says so.
  }
}

/**
 * Runs a program that was TypeScript, in memory, as if it were the file itself: what it imports is found from there, and
 * nothing is written beside it.
 */
export function evaluateSource(path: string, { kind, code }: Transpiled): Promise<unknown> {
  return kind === 'module' ? evaluateEsm(path, code) : Promise.resolve(evaluateCommonJs(path, code));
}

function evaluateCommonJs(path: string, code: string): unknown {
  const module = new Module(path) as CommonJs;
  module.filename = path;
  module.paths = foldersAbove(dirname(path));

  Object.assign(process, { mainModule: module }); // so that `require.main === module`, as in `node zone.js`
  module._compile(code, path);
  module.loaded = true;
  return { default: module.exports as unknown };
}

interface Loaded {
  readonly format: string;
  readonly source: string;
  readonly shortCircuit: true;
}
type Load = (url: string, context: object, next: (url: string, context: object) => unknown) => unknown;

/** Node 22.15 and later; without it, hooks live in a thread of their own. */
const { registerHooks } = nodeModule as { registerHooks?: (hooks: { load: Load }) => { deregister(): void } };

async function evaluateEsm(path: string, code: string): Promise<unknown> {
  const url = pathToFileURL(path).href;
  if (registerHooks) {
    const loaded: Loaded = { format: 'module', source: code, shortCircuit: true };
    const hooks = registerHooks({ load: (asked, context, next) => (asked === url ? loaded : next(asked, context)) });
    try {
      return await import(url);
    } finally {
      hooks.deregister();
    }
  }
  register(`data:text/javascript,${encodeURIComponent(HOOKS)}`, { data: { url, code } });
  return import(url);
}

const HOOKS = `
let given;
export const initialize = (data) => { given = data; };
export const load = (url, context, next) =>
  url === given.url ? { format: 'module', source: given.code, shortCircuit: true } : next(url, context);
`;
