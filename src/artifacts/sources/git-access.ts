import { join } from 'node:path';
import { PrivateFolder } from './private-folder.js';
import type { GitSettings } from './git-command.js';

/** What a zone gives to open a repository with. */
export interface GitCredentials {
  readonly user?: string;
  readonly token?: string;
  /** A private key, as ssh-keygen writes it. */
  readonly sshKey?: string;
}

/** How git opens a repository. Nothing of it stands on a command line or in an environment: only where it can be read. */
export class GitAccess {
  private constructor(
    private readonly folder: PrivateFolder | undefined,
    readonly config: GitSettings['config'],
    readonly environment: Readonly<Record<string, string>>,
  ) {}

  /** @param cache where the keys of hosts that were seen before are kept */
  static async open(url: string, credentials: GitCredentials, cache: string): Promise<GitAccess> {
    const { user, token, sshKey } = credentials;
    if (token === undefined && sshKey === undefined)
      return new GitAccess(undefined, [], { GIT_SSH_COMMAND: `ssh ${SSH}` });
    const folder = await PrivateFolder.make();
    const config: [string, string][] = [];
    let ssh = `ssh ${SSH}`;
    if (token !== undefined && /^https?:/.test(url)) {
      // git-credential-store hands a token to that host only, whatever a redirect or a submodule says.
      const path = await folder.write('credentials', credentialLine(url, user ?? 'oauth2', token));
      config.push(['credential.helper', ''], ['credential.helper', `store --file=${quoted(path)}`]);
    }
    if (sshKey !== undefined) {
      const path = await folder.write('key', `${sshKey.replaceAll('\r\n', '\n').trimEnd()}\n`);
      const hosts = quoted(join(cache, 'known_hosts'));
      ssh = `ssh -F /dev/null -i ${quoted(path)} -o IdentitiesOnly=yes -o IdentityAgent=none -o UserKnownHostsFile=${hosts} ${SSH}`;
    }
    return new GitAccess(folder, config, { GIT_SSH_COMMAND: ssh });
  }

  async close(): Promise<void> {
    await this.folder?.remove();
  }
}

/** Never a question; a host is believed the first time, and never again when its key is another one. */
const SSH = '-o BatchMode=yes -o StrictHostKeyChecking=accept-new -o ConnectTimeout=30';

/** One line of the format of git-credential-store. */
function credentialLine(url: string, user: string, token: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${encodeURIComponent(user)}:${encodeURIComponent(token)}@${host}\n`;
}

/** For the shell that git starts. */
const quoted = (path: string): string => `'${path.replaceAll("'", "'\\''")}'`;
