import { afterAll, afterEach, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import { BUILT, folderWith, removeFolders } from '../cli/command-line.js';
import { missingPrograms } from '../parts/debian.js';
import { describeWithPart } from '../parts/suite.js';
import { Laboratory, zoneWith } from './laboratory.js';
import { pathWithP4 } from './p4-depot.js';
import { keyPair } from './ssh-server.js';

const closing: Server[] = [];
afterEach(() => {
  for (const server of closing.splice(0)) server.close();
});
afterAll(removeFolders);

/** A run of `sync` that has a folder of its own for temporary files and as its home. */
class Run {
  readonly temporary = folderWith();

  constructor(
    private readonly laboratory: Laboratory,
    private readonly environment: Readonly<Record<string, string>>,
  ) {}

  private start() {
    const { zone, volume } = this.laboratory;
    return spawn(process.execPath, [BUILT, 'artifacts', 'sync', zone, '--to', volume], {
      stdio: 'ignore',
      detached: true,
      env: { PATH: process.env['PATH'], TMPDIR: this.temporary, HOME: this.temporary, ...this.environment },
    });
  }

  /** Kills it and all that it started, as the end of a container does, once `begun`. */
  async killedOnce(begun: Promise<unknown>): Promise<void> {
    const child = this.start();
    const ended = once(child, 'exit');
    await Promise.race([begun, ended]);
    process.kill(-child.pid!, 'SIGKILL');
    expect((await ended)[1]).toBe('SIGKILL');
  }

  async toItsEnd(): Promise<void> {
    await once(this.start(), 'exit');
  }

  /** The files that a secret stands in. */
  placesOf(secret: string): string[] {
    return [this.temporary, this.laboratory.volume].flatMap((folder) =>
      (existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : [])
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => join(parentPath, name))
        .filter((path) => readFileSync(path).includes(secret)),
    );
  }
}

/** A server that takes a connection, and then says nothing. */
async function silent(): Promise<{ readonly port: number; readonly asked: Promise<unknown> }> {
  const server = createServer();
  closing.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const asked = once(server, 'connection').then(([socket]) => (socket as { resume: () => unknown }).resume());
  return { port: (server.address() as AddressInfo).port, asked };
}

test('a token for git is in no file, whenever a sync is killed', async () => {
  const { port, asked } = await silent();
  const git = { url: `http://127.0.0.1:${port}/a.git`, tokenSecretRef: { name: 'git', key: 'token' } };
  const run = new Run(new Laboratory(zoneWith([{ path: '/a', git }])), { GAMEZONE_SECRET_GIT_TOKEN: 'TOKEN-glpat-9' });
  await run.killedOnce(asked);
  expect(run.placesOf('TOKEN-glpat-9')).toEqual([]);
});

test('neither a password of Perforce nor the ticket for it is in a file, whenever a sync is killed', async () => {
  const { port, asked } = await silent();
  const depot = join(folderWith(), 'depot.json');
  writeFileSync(depot, JSON.stringify({ users: { builder: 'PASSWORD-9' }, files: {}, silent: port }));
  const p4 = {
    server: `rsh:${depot}`,
    path: '//depot/data',
    user: 'builder',
    pwdSecretRef: { name: 'p4', key: 'pwd' },
  };
  const run = new Run(new Laboratory(zoneWith([{ path: '/a', p4 }])), {
    PATH: pathWithP4(),
    GAMEZONE_SECRET_P4_PWD: 'PASSWORD-9',
  });
  await run.killedOnce(asked);
  expect(readdirSync(run.temporary)).toEqual([]);
  const ticket = createHash('md5').update('ticket of builder').digest('hex').toUpperCase();
  expect([...run.placesOf('PASSWORD-9'), ...run.placesOf(ticket)]).toEqual([]);
});

describeWithPart('ssh', missingPrograms(['git', 'ssh']), () => {
  test('a key, which ssh wants as a file, is in a folder of this user alone, and the next run removes it', async () => {
    const key = join(folderWith(), 'key');
    keyPair(key);
    const secret = readFileSync(key, 'utf8');
    const { port, asked } = await silent();
    const git = { url: `ssh://git@127.0.0.1:${port}/a.git`, sshKeySecretRef: { name: 'git', key: 'key' } };
    const run = new Run(new Laboratory(zoneWith([{ path: '/a', git }])), { GAMEZONE_SECRET_GIT_KEY: secret });
    await run.killedOnce(asked);
    expect(run.placesOf(secret)).toHaveLength(1);
    // Whatever that run is about: this one has no key.
    const next = new Run(new Laboratory(zoneWith([{ path: '/a', git: { url: 'https://127.0.0.1:1/a.git' } }])), { TMPDIR: run.temporary }); // prettier-ignore
    await next.toItsEnd();
    expect(readdirSync(run.temporary)).toEqual([]);
  });
});
