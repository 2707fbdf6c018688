import { ArtifactError } from '../error.js';
import { PrivateFolder } from './private-folder.js';
import type { GitSettings } from './git-command.js';

/** What a zone gives to open a repository with. */
export interface GitCredentials {
  readonly user?: string;
  readonly token?: string;
  /** A private key, as ssh-keygen writes it. */
  readonly sshKey?: string;
  /** The keys of hosts, as ssh-keyscan prints them. */
  readonly knownHosts?: string;
}

/**
 * How git opens a repository. A token is in the environment of git alone and in no file, so that a kill leaves none; a key must be
 * a file for ssh. Neither stands on a command line.
 */
export class GitAccess {
  private constructor(
    private readonly folder: PrivateFolder | undefined,
    readonly config: GitSettings['config'],
    readonly environment: Readonly<Record<string, string>>,
  ) {}

  static async open(url: string, { user = 'oauth2', token, sshKey, knownHosts }: GitCredentials): Promise<GitAccess> {
    if (sshKey !== undefined) demandNoPassphrase(sshKey);
    const [config, environment] = token !== undefined && /^https?:/.test(url) ? withToken(url, user, token) : [[], {}];
    const folder = sshKey === undefined && knownHosts === undefined ? undefined : await PrivateFolder.make();
    const ssh = ['ssh', SSH];
    if (sshKey !== undefined) {
      // Never what the machine itself has: its agent, its configuration.
      const path = await folder!.write('key', `${sshKey.replaceAll('\r\n', '\n').trimEnd()}\n`);
      ssh.push(`-F /dev/null -i ${quoted(path)} -o IdentitiesOnly=yes -o IdentityAgent=none`);
    }
    if (knownHosts !== undefined) {
      const path = await folder!.write('known_hosts', `${knownHosts.trimEnd()}\n`);
      ssh.push(`-o UserKnownHostsFile=${quoted(path)} -o GlobalKnownHostsFile=/dev/null`);
    }
    return new GitAccess(folder, config, { GIT_SSH_COMMAND: ssh.join(' '), ...environment });
  }

  async close(): Promise<void> {
    await this.folder?.remove();
  }
}

/** Never a question, and no host whose key is not known: whoever answers in its place would choose the files of the game. */
const SSH = '-o BatchMode=yes -o StrictHostKeyChecking=yes -o UpdateHostKeys=no -o ConnectTimeout=30';

/** ssh itself would pass over such a key without a word. In the format of OpenSSH (PROTOCOL.key) the name of a cipher comes first. */
function demandNoPassphrase(key: string): void {
  const [, body = ''] = /^-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]*)/.exec(key.trim()) ?? [];
  const bytes = Buffer.from(body, 'base64');
  const start = 'openssh-key-v1\0'.length + 4;
  const isEncrypted = body === '' ? /\bENCRYPTED\b/.test(key) : bytes.subarray(start, start + 4).toString() !== 'none';
  if (!isEncrypted) return;
  throw new ArtifactError('the key for ssh has a passphrase, and nobody can type it here', {
    fault: 'input',
    hint: 'give a key without one, which may do nothing but read this repository (`ssh-keygen -N ""`)',
  });
}

/** A helper that git asks for this host alone, whatever a redirect or a submodule says (gitcredentials(7)). */
function withToken(url: string, user: string, token: string): [GitSettings['config'], Record<string, string>] {
  const { origin } = new URL(url);
  // The answer of a helper has a line for each value.
  if (/[\r\n\0]/.test(`${user}${token}`))
    throw new ArtifactError('the user or the token for git has a line break in it', {
      fault: 'input',
      hint: 'write the Secret anew: a token is one line',
    });
  const helper = `!f() { test "$1" != get || printf 'username=%s\\npassword=%s\\n' "$${USER}" "$${TOKEN}"; }; f`;
  return [
    [
      ['credential.helper', ''],
      [`credential.${origin}.helper`, helper],
    ],
    { [USER]: user, [TOKEN]: token },
  ];
}

const USER = 'GAMEZONE_GIT_USER';
const TOKEN = 'GAMEZONE_GIT_TOKEN';

/** For the shell that git starts. */
const quoted = (path: string): string => `'${path.replaceAll("'", "'\\''")}'`;
