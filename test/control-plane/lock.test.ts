import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { holdLock } from './lock.js';

const folder = mkdtempSync(join(tmpdir(), 'gamezone-lock-'));
const path = join(folder, 'lock');
afterAll(() => rmSync(folder, { recursive: true }));

test('whoever comes second waits for the first, and is told for whom', async () => {
  const first = await holdLock(path, () => undefined);
  const owners: number[] = [];
  const order: string[] = [];
  const second = holdLock(path, (owner) => {
    owners.push(owner);
    order.push('first lets go');
    first.release();
  }).then((lock) => {
    order.push('second has it');
    return lock;
  });
  (await second).release();
  expect(owners).toEqual([process.pid]);
  expect(order).toEqual(['first lets go', 'second has it']);
  expect(readdirSync(folder)).toEqual([]);
});

test.each([
  ['of a process that is gone', `${process.pid} 0123456789ab`],
  ['that makes no sense', 'nonsense'],
])('a lock %s counts for nothing', async (_, content) => {
  writeFileSync(path, content);
  const lock = await holdLock(path, () => {
    throw new Error('waited');
  });
  lock.release();
  expect(readdirSync(folder)).toEqual([]);
});
