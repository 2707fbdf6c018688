import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FolderLock } from '../../../src/cluster/persistence/folder-lock.js';
import { folderWith, removeFolders } from '../../cli/command-line.js';

afterAll(removeFolders);

const inUse = new RegExp(`process ${process.pid} works in this folder`);

test('one at a time; what is given back can be taken', async () => {
  const folder = folderWith();
  const first = await FolderLock.take(folder);
  expect(readdirSync(folder)).toHaveLength(1);
  await expect(FolderLock.take(folder)).rejects.toThrow(inUse);
  await first.release();
  expect(readdirSync(folder)).toEqual([]);
  await (await FolderLock.take(folder)).release();
});

test('of many that come at the same moment at most one has it, ever', async () => {
  const folder = folderWith();
  let [holders, most, total] = [0, 0, 0];
  const come = async (): Promise<void> => {
    const lock = await FolderLock.take(folder).catch((error: unknown) => expect(String(error)).toMatch(inUse));
    if (!(lock instanceof FolderLock)) return;
    most = Math.max(most, ++holders);
    total++;
    await new Promise((resolve) => setImmediate(resolve));
    holders--;
    await lock.release();
  };
  for (let round = 0; round < 20; round++) await Promise.all(Array.from({ length: 4 }, come));
  expect(most).toBe(1);
  expect(total).toBeGreaterThan(0);
  expect(readdirSync(folder)).toEqual([]);
});

test('of a process that was killed nothing is left that keeps others out, though its id came again', async () => {
  const folder = folderWith();
  // Ours, so that the id is one of a living process.
  const name = `lock-${process.pid}-0badcafe`;
  const listen = `require('net').createServer().listen(process.argv[1], () => console.log('listens'))`;
  const child = spawn(process.execPath, ['-e', listen, join(folder, name)], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  await expect(FolderLock.take(folder)).rejects.toThrow(inUse);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(existsSync(join(folder, name))).toBe(true);
  const lock = await FolderLock.take(folder);
  expect(readdirSync(folder)).toHaveLength(1);
  expect(existsSync(join(folder, name))).toBe(false);
  await lock.release();
});

test('a folder whose path is longer than that of a socket may be', async () => {
  const folder = join(folderWith(), 'a'.repeat(100), 'b'.repeat(100));
  mkdirSync(folder, { recursive: true });
  const lock = await FolderLock.take(folder);
  await expect(FolderLock.take(folder)).rejects.toThrow(inUse);
  await lock.release();
  expect(readdirSync(folder)).toEqual([]);
});

test('a folder that cannot be locked is told', async () => {
  const folder = folderWith();
  writeFileSync(join(folder, 'file'), '');
  await expect(FolderLock.take(join(folder, 'file'))).rejects.toThrow(/file: cannot be locked: .*(ENOTDIR|EINVAL)/);
});
