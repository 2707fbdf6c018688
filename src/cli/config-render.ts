import { chmod, mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fillIn, placeholdersOf } from '../../constructs/manifests/config-files.js';
import { UserError } from '../synth/user-error.js';
import { EXIT } from './exit-codes.js';
import type { ExitCode } from './exit-codes.js';

/**
 * Fills the templates of a folder in with the environment, keeping each file's mode. Values are never printed.
 *
 * @throws UserError when a template uses a variable that is not set: a half-filled config would start a broken server
 */
export async function renderConfig(
  templates: string,
  to: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ExitCode> {
  // A mounted ConfigMap keeps its data in entries that begin with two dots, and links to them.
  const names = (await entriesOf(templates)).filter((name) => !name.startsWith('..')).sort();
  const rendered = await Promise.all(
    names.map(async (name) => {
      const path = join(templates, name);
      const content = await readFile(path, 'utf8');
      const missing = placeholdersOf(content).filter(
        // Own ones: every environment has a `constructor`.
        (variable) => !Object.hasOwn(environment, variable) || environment[variable] === undefined,
      );
      if (missing.length > 0)
        throw new UserError(`${path}: not set in the environment: ${missing.join(', ')}`, {
          hint: 'check `env` and the Secrets of the service',
        });
      return {
        name,
        text: fillIn(content, environment as Record<string, string>),
        mode: (await stat(path)).mode & 0o777,
      };
    }),
  );
  await mkdir(to, { recursive: true });
  for (const { name, text, mode } of rendered) {
    // A container that restarts finds the file of its last life, which its own user may not be allowed to write.
    const temporary = join(to, `.${name}.tmp`);
    await writeFile(temporary, text, { mode: 0o600 });
    await chmod(temporary, mode);
    await rename(temporary, join(to, name));
  }
  process.stderr.write(`filled in ${rendered.length} files\n`);
  return EXIT.done;
}

async function entriesOf(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
    throw new UserError(`${folder}: no such folder`, { hint: 'give the folder of the templates' });
  }
}
