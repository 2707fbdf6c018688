import { execFileSync, spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { sambaConfig } from '../../constructs/manifests/samba-config.js';
import { folderWith, gamezone, removeFolders } from '../cli/command-line.js';
import { missingPrograms, programPath } from '../parts/debian.js';
import { freePort } from '../parts/free-port.js';
import { describeWithPart } from '../parts/suite.js';
import { Laboratory, zoneWith } from './laboratory.js';
import { Repository } from './repository.js';

afterAll(removeFolders);

const missing =
  missingPrograms(['smbd', 'smbclient']) ?? (process.getuid?.() === 0 ? undefined : 'smbd changes its user, which only root may'); // prettier-ignore

describeWithPart('a real Samba server with the configuration that we print', missing, () => {
  let laboratory: Laboratory;
  let release: string;
  let server: ChildProcess;
  let port: number;
  const state = folderWith();
  const config = join(state, 'smb.conf');

  beforeAll(async () => {
    const source = new Repository(join(folderWith(), 'repository'));
    source.commit({ 'a.txt': 'from the source', 'maps/b.txt': 'b', link: { link: 'maps/b.txt' } });
    laboratory = new Laboratory(zoneWith([{ path: '/a', git: { url: source.url } }]));
    release = (await laboratory.sync()).release;
    port = await freePort();
    const { out, code } = await gamezone('artifacts', 'smb-conf', laboratory.volume, '--user', 'nobody', '--system-user', 'root', '--port', String(port), '--state', state); // prettier-ignore
    expect(code).toBe(0);
    writeFileSync(config, out.replace('[global]', '[global]\n  interfaces = lo\n  bind interfaces only = yes'));
    for (const name of ['private', 'state', 'cache', 'lock', 'run', 'ncalrpc']) mkdirSync(join(state, name));
    chmodSync(join(state, 'private'), 0o700);
    // smbd looks at every parent of a share as the user it serves.
    for (const folder of [laboratory.folder, state]) chmodSync(folder, 0o755);
    execFileSync('smbpasswd', ['-c', config, '-L', '-a', '-s', 'nobody'], {
      input: 'PASSWORD\nPASSWORD\n',
      stdio: 'pipe',
    });
    server = spawn(programPath('smbd')!, ['-F', '--no-process-group', '-s', config], {
      stdio: 'ignore',
      detached: true,
    });
    await answering(port);
  }, 60_000);
  afterAll(async () => {
    if (server.exitCode !== null) return;
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill();
    await ended;
  });

  /** What smbclient says to a command. */
  const ask = (share: string, command: string, password = 'PASSWORD'): string => {
    const args = [`//127.0.0.1/${share}`, '-p', String(port), '-U', `nobody%${password}`, '-c', command];
    try {
      return execFileSync('smbclient', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    } catch (error) {
      const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
      return `${stdout}${stderr}`;
    }
  };

  test('testparm knows every setting', () => {
    const { stdout, stderr } = spawnSync('testparm', ['-s', config], { encoding: 'utf8' });
    expect(stdout).toContain('server min protocol = SMB2');
    expect(stderr).toContain('Loaded services file OK');
    expect(stderr).not.toMatch(/unknown parameter|ERROR/i);
  });

  test('testers read and change live', () => {
    const mine = join(state, 'mine.txt');
    writeFileSync(mine, 'from a tester');
    expect(ask('live', 'ls maps/*')).toContain('b.txt');
    expect(ask('live', `put ${mine} a.txt; mkdir new; put ${mine} new/c.txt`)).not.toMatch(/NT_STATUS/);
    expect(laboratory.live()).toMatchObject({ 'a.txt': 'from a tester', 'new/c.txt': 'from a tester' });
  });

  test('releases can be read and not changed', () => {
    const got = join(state, 'got.txt');
    ask('releases', `get ${release}/a.txt ${got}`);
    expect(readFileSync(got, 'utf8')).toBe('from the source');
    expect(ask('releases', `del ${release}/a.txt`)).toMatch(/NT_STATUS_(ACCESS_DENIED|MEDIA_WRITE_PROTECTED)/);
    expect(ask('releases', `mkdir x`)).toMatch(/NT_STATUS_(ACCESS_DENIED|MEDIA_WRITE_PROTECTED)/);
    expect(laboratory.release(release)).toHaveProperty(['a.txt'], 'from the source');
  });

  test('nothing out of the volume is reached: no other share, no guest, no link', () => {
    symlinkSync('/etc/passwd', join(laboratory.volume, 'live/way-out'));
    const got = join(state, 'passwd.txt');
    expect(ask('live', `get way-out ${got}`)).toMatch(/NT_STATUS/);
    expect(ask('store', 'ls')).toContain('NT_STATUS_BAD_NETWORK_NAME');
    expect(ask('live', 'ls', 'WRONG')).toContain('NT_STATUS_LOGON_FAILURE');
    expect(ask('live', 'symlink /etc/passwd x')).toMatch(/NT_STATUS|not support|requires/i);
  });

  test('what a tester changed stays when the next sync finds the source as it was', async () => {
    await laboratory.sync();
    expect(laboratory.live()).toMatchObject({ 'a.txt': 'from a tester' });
  });
});

test.each(['/vol\n[global]', '/vol%u', 'a;b', '', ' x'])('%j cannot become another setting', (folder) => {
  expect(() => sambaConfig({ folder, systemUser: 'root', loginUser: 'tester' })).toThrow('cannot stand in smb.conf');
});

async function answering(port: number): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (open) return;
    if (attempt > 300) throw new Error(`nobody answers on port ${port}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
