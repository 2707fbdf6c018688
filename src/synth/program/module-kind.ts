import { readFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';

export type ModuleKind = 'module' | 'commonjs';

/** What a file's name or the nearest package.json says about its kind, by Node's rules. Undefined when neither does. */
export function moduleKind(path: string): ModuleKind | undefined {
  const extension = extname(path);
  if (extension === '.mts' || extension === '.mjs') return 'module';
  if (extension === '.cts' || extension === '.cjs') return 'commonjs';
  for (let folder = dirname(path); basename(folder) !== 'node_modules'; folder = dirname(folder)) {
    const type = typeIn(join(folder, 'package.json'));
    if (type !== undefined) return type === 'module' || type === 'commonjs' ? type : undefined;
    if (folder === dirname(folder)) break;
  }
  return undefined;
}

/** The `type` of a package.json; an empty text when it has none, undefined when there is no such file. */
function typeIn(path: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  try {
    const { type } = JSON.parse(text) as { readonly type?: unknown };
    return typeof type === 'string' ? type : '';
  } catch {
    return ''; // Node itself complains about it.
  }
}
