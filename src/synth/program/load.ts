import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { UserError } from '../user-error.js';
import { deferYaml } from './deferred-yaml.js';
import { ZoneRegistry } from './registry.js';
import { runProgram } from './run.js';
import type { Running } from './run.js';
import { isConstruct } from './tree.js';
import type { BuiltConstruct } from './tree.js';

/** What a program built. */
export interface LoadedProgram {
  /** The Apps: that of the default export, then those under which zones were built, in their order. */
  readonly roots: readonly BuiltConstruct[];
}

/**
 * Runs a zone program with its own copies of cdk8s, constructs and gamezone, and hands what it built to `use`. Mistakes
 * that only show while it is used (a callback that throws) are the program's as well.
 *
 * @param file as the user wrote it
 * @throws UserError when there is no such program, or when it fails or builds nothing
 */
export async function withProgram<T>(file: string, use: (built: LoadedProgram) => Promise<T>): Promise<T> {
  const path = resolve(file);
  refuseUnreadable(file, path);
  const registry = new ZoneRegistry();
  const loadYamlAtOnce = deferYaml();
  try {
    return await runProgram(file, path, async (running) => use(await builtBy(file, running, registry)));
  } finally {
    loadYamlAtOnce();
    registry.close();
  }
}

async function builtBy(file: string, { exported, ended }: Running, registry: ZoneRegistry): Promise<LoadedProgram> {
  const named = isConstruct(exported) ? exported.node.root : undefined;
  // A program that exports its App says when it is complete; any other is when nothing keeps it going.
  if (!named) await ended();
  const roots = new Set([...(named ? [named] : []), ...registry.zones.map((zone) => zone.node.root)]);
  if (roots.size === 0) throw new UserError(`${file}: no App, and no GameZone in one`, { hint: EXAMPLE });
  for (const root of roots) refuseOther(file, root);
  return { roots: [...roots] };
}

const EXAMPLE = `build one and export it:
    const app = new App();
    new GameZone(app, 'zone1', { zoneId: 1, image: 'game:1' }).addService('game', { replicas: 1 });
    export default app;`;

function refuseOther(file: string, root: BuiltConstruct): void {
  if ('charts' in root && 'outdir' in root) return;
  throw new UserError(`${file}: ${root.node.path || 'the root'}: stands in no App`, {
    hint: "give an App as its scope: new GameZone(new App(), 'zone1', ...)",
  });
}

function refuseUnreadable(file: string, path: string): void {
  try {
    if (statSync(path).isFile()) return;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT')
      throw new UserError(`${file}:1:1: no such file`, { hint: 'give the path of a zone program' });
    throw new UserError(`${file}:1:1: cannot be read (${code ?? String(error)})`, {
      hint: 'check the path and its permissions',
    });
  }
  throw new UserError(`${file}:1:1: this is no file`, { hint: 'give the path of a zone program' });
}
