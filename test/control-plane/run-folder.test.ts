import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identify, isAlive } from './process-identity.js';
import { removeLeftovers, RunFolder } from './run-folder.js';

/** A folder as a run of this process id and birth leaves it. */
function folderOf(pid: number, birth: string): string {
  return mkdtempSync(join(tmpdir(), `gamezone-control-plane.${pid}.${birth}.`));
}

const gone = '0123456789ab';

test('a folder whose starter is gone goes, with its processes, and with nobody else', async () => {
  const children = [spawn('sleep', ['60']), spawn('sleep', ['60'])] as const;
  const ours = identify(children[0].pid!)!;
  const stranger = identify(children[1].pid!)!;
  const folder = folderOf(process.pid, gone);
  writeFileSync(join(folder, 'etcd.pid'), `${ours.pid} ${ours.birth}`);
  // The id was given to another process since.
  writeFileSync(join(folder, 'kube-apiserver.pid'), `${stranger.pid} ${gone}`);

  const ended = once(children[0], 'exit');
  expect(await removeLeftovers()).toContain(folder);
  await ended;
  expect(existsSync(folder)).toBe(false);
  expect(isAlive(stranger)).toBe(true);

  children[1].kill();
  await once(children[1], 'exit');
});

test('a folder whose starter runs stays', async () => {
  const { pid, birth } = identify(process.pid)!;
  const folder = folderOf(pid, birth);
  expect(await removeLeftovers()).not.toContain(folder);
  expect(existsSync(folder)).toBe(true);
  rmSync(folder, { recursive: true });
});

test('a start cleans up first', async () => {
  const leftover = folderOf(process.pid, gone);
  const folder = await RunFolder.create();
  expect(existsSync(leftover)).toBe(false);
  expect(existsSync(folder.path)).toBe(true);
  folder.remove();
  expect(existsSync(folder.path)).toBe(false);
});
