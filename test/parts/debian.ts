import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { partsAreRequired } from './suite.js';

/** Programs that suites need, and the Debian package of each. */
export const PROGRAMS = {
  git: 'git',
  'git-lfs': 'git-lfs',
  ssh: 'openssh-client',
  sshd: 'openssh-server',
  script: 'bsdutils',
  smbd: 'samba',
  smbclient: 'smbclient',
} as const;

export type Program = keyof typeof PROGRAMS;

/** Where a program is; undefined where it is not. Daemons are in folders that the path of a user may lack. */
export function programPath(name: Program): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** Why a suite that needs these programs cannot run; undefined when it can. */
export function missingPrograms(names: readonly Program[]): string | undefined {
  const missing = names.filter((name) => programPath(name) === undefined);
  return missing.length === 0
    ? undefined
    : `${missing.join(' and ')} is not there; on Debian: apt-get install ${missing.map((name) => PROGRAMS[name]).join(' ')}`;
}

/** Installs what is missing, where all parts are required and this may be done: on a machine of CI, as root. */
export function installPrograms(): void {
  const missing = (Object.keys(PROGRAMS) as Program[]).filter((name) => programPath(name) === undefined);
  if (missing.length === 0 || !partsAreRequired() || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
    return;
  const run = (...args: readonly string[]): unknown =>
    execFileSync('apt-get', [...args], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      timeout: 600_000,
    });
  run('update', '-q');
  run('install', '-q', '-y', '--no-install-recommends', ...missing.map((name) => PROGRAMS[name]));
}
