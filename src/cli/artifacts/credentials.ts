import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactSource, Credential } from '../../../constructs/model/zone.js';
import type { SourceSpec } from '../../artifacts/sources/open.js';
import { UserError } from '../../synth/user-error.js';

/** Where the values of Secrets are looked for. */
export interface SecretPlaces {
  /** A folder with `<Secret>/<key>` files, as the Job mounts it. */
  readonly folder?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * A source with its credentials.
 *
 * @throws UserError naming the Secret that is not there, and both ways to give it
 */
export async function withCredentials(source: ArtifactSource, places: SecretPlaces): Promise<SourceSpec> {
  const { kind, subPath, into, settings, credentials } = source;
  const found: Record<string, string> = {};
  for (const [field, credential] of Object.entries(credentials)) found[field] = await valueOf(credential, places);
  return {
    kind,
    ...(subPath !== undefined && { subPath }),
    ...(into !== undefined && { into }),
    settings,
    credentials: found,
  };
}

async function valueOf(credential: Credential, { folder, environment }: SecretPlaces): Promise<string> {
  if (credential.kind === 'literal') return credential.value;
  const { name, key } = credential;
  const variable = variableOf(name, key);
  const fromEnvironment = environment[variable];
  if (fromEnvironment !== undefined) return fromEnvironment;
  if (folder !== undefined) {
    const path = join(folder, name, key);
    try {
      // An editor, or `echo`, ends a file with a line break that is no part of the credential.
      return (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && code !== 'ENOTDIR')
        throw new UserError(`${path}: cannot be read (${code ?? String(error)})`);
    }
  }
  const hint = `set ${variable}, or give a folder with the file ${name}/${key} by --credentials`;
  throw new UserError(`the key ${key} of the Secret ${name} is not there`, { hint });
}

/** `git-config`, `token` to `GAMEZONE_SECRET_GIT_CONFIG_TOKEN`. */
const variableOf = (name: string, key: string): string =>
  `GAMEZONE_SECRET_${name}_${key}`.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');
