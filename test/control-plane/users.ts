import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { RunFolder } from './run-folder.js';

/** Somebody who talks to the API server, and whom its audit log names. */
export interface User {
  readonly name: string;
  /** In none of them, it may do what RBAC grants to its name. @default `['system:masters']`, who may do everything */
  readonly groups?: readonly string[];
  /** @default 'token' */
  readonly credential?: 'token' | 'certificate';
}

/** How a user proves who it is: with a token, or with a client certificate. */
export type Credential = { readonly name: string } & (
  | { readonly token: string; readonly certificate?: undefined; readonly key?: undefined }
  /** Paths of PEM files. */
  | { readonly token?: undefined; readonly certificate: string; readonly key: string }
);

export interface Credentials {
  readonly byUser: ReadonlyMap<string, Credential>;
  /** What `--token-auth-file` names. */
  readonly tokenFile: string;
  /** What `--client-ca-file` names; absent when nobody has a certificate. */
  readonly clientAuthority?: string;
}

export function issueCredentials(users: readonly User[], folder: RunFolder): Credentials {
  const byUser = new Map<string, Credential>();
  const tokens: string[] = [];
  let clientAuthority: string | undefined;
  for (const { name, groups = ['system:masters'], credential = 'token' } of users) {
    if (credential === 'token') {
      const token = randomBytes(16).toString('hex');
      tokens.push(`${token},${name},${name},"${groups.join(',')}"\n`);
      byUser.set(name, { name, token });
    } else {
      clientAuthority ??= makeAuthority(folder);
      byUser.set(name, { name, ...makeCertificate(name, groups, folder) });
    }
  }
  const tokenFile = folder.write('tokens.csv', tokens.join(''));
  return { byUser, tokenFile, ...(clientAuthority === undefined ? {} : { clientAuthority }) };
}

/** `system:kube-scheduler` is a fine name for a user and a poor one for a file. */
export function fileNameOf(user: string): string {
  return user.replaceAll(/[^\w.-]/g, '-');
}

const AUTHORITY = ['-CA', 'clients.crt', '-CAkey', 'clients.key', '-CAcreateserial'];
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
const VALID = ['-days', '7'];

function makeAuthority(folder: RunFolder): string {
  const files = ['-keyout', 'clients.key', '-out', 'clients.crt'];
  openssl(folder, 'req', '-x509', ...NEW_KEY, ...VALID, ...files, '-subj', '/CN=gamezone-clients');
  return folder.file('clients.crt');
}

function makeCertificate(
  user: string,
  groups: readonly string[],
  folder: RunFolder,
): { readonly certificate: string; readonly key: string } {
  const file = fileNameOf(user);
  const subject = [...groups.map((group) => `/O=${group}`), `/CN=${user}`].join('');
  openssl(folder, 'req', ...NEW_KEY, '-keyout', `${file}.key`, '-out', `${file}.csr`, '-subj', subject);
  openssl(folder, 'x509', '-req', '-in', `${file}.csr`, ...AUTHORITY, ...VALID, '-out', `${file}.crt`);
  return { certificate: folder.file(`${file}.crt`), key: folder.file(`${file}.key`) };
}

function openssl(folder: RunFolder, ...args: readonly string[]): void {
  try {
    execFileSync('openssl', args, { cwd: folder.path, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
  } catch (error) {
    const { code, stderr } = error as { readonly code?: string; readonly stderr?: string };
    const problem =
      code === 'ENOENT'
        ? 'There is no openssl to make client certificates with: install it, or give the users tokens.'
        : `openssl ${args.join(' ')} failed:\n${stderr ?? ''}`;
    throw new Error(problem, { cause: error });
  }
}
