import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { folderWith } from '../cli/command-line.js';
import { programPath } from '../parts/debian.js';
import { freePort } from '../parts/free-port.js';

/** The sshd of this machine, on the loopback, for whoever runs the tests. */
export class SshServer {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    private readonly port: number,
  ) {}

  static async start(): Promise<SshServer> {
    const folder = folderWith();
    keyPair(join(folder, 'host'));
    keyPair(join(folder, 'user'));
    const port = await freePort();
    // Where sshd runs as root it wants this folder, which systemd would make.
    if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true });
    const config = {
      ListenAddress: `127.0.0.1:${port}`,
      HostKey: join(folder, 'host'),
      AuthorizedKeysFile: join(folder, 'user.pub'),
      PidFile: 'none',
      StrictModes: 'no',
      UsePAM: 'no',
      PasswordAuthentication: 'no',
      KbdInteractiveAuthentication: 'no',
      PermitRootLogin: 'prohibit-password',
    };
    writeFileSync(join(folder, 'sshd_config'), Object.entries(config).map(([key, value]) => `${key} ${value}\n`).join('')); // prettier-ignore
    const child = spawn(programPath('sshd')!, ['-D', '-e', '-f', join(folder, 'sshd_config')], { stdio: ['ignore', 'ignore', 'pipe'] }); // prettier-ignore
    const server = new SshServer(child, folder, port);
    await server.listening();
    return server;
  }

  private async listening(): Promise<void> {
    let said = '';
    for await (const chunk of this.child.stderr!) {
      said += String(chunk);
      if (!said.includes('Server listening')) continue;
      this.child.stderr!.resume();
      return;
    }
    throw new Error(`sshd does not run: ${said}`);
  }

  url(path: string): string {
    return `ssh://${userInfo().username}@127.0.0.1:${this.port}${path}`;
  }

  /** The private key that may log in. */
  get key(): string {
    return readFileSync(join(this.folder, 'user'), 'utf8');
  }

  /** As `ssh-keyscan` prints it. */
  get knownHosts(): string {
    return knownHost(this.port, join(this.folder, 'host.pub'));
  }

  /** What another server would print for the same address. */
  get otherKnownHosts(): string {
    return knownHost(this.port, join(this.folder, 'user.pub'));
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill();
    await ended;
  }
}

const knownHost = (port: number, path: string): string =>
  `[127.0.0.1]:${port} ${readFileSync(path, 'utf8').split(' ').slice(0, 2).join(' ')}\n`;

export function keyPair(path: string, passphrase = '', options: readonly string[] = ['-t', 'ed25519']): void {
  execFileSync('ssh-keygen', ['-q', ...options, '-N', passphrase, '-C', 'test', '-f', path]);
}
