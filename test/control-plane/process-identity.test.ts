import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { identify, isAlive, killForGood } from './process-identity.js';

test('this process is alive, and no other has its identity', () => {
  const own = identify(process.pid)!;
  expect(isAlive(own)).toBe(true);
  expect(isAlive({ ...own, birth: '0123456789ab' })).toBe(false);
});

test('a process is killed only when it is the one that is meant', async () => {
  const child = spawn('sleep', ['60']);
  const identity = identify(child.pid!)!;

  killForGood({ ...identity, birth: '0123456789ab' });
  expect(isAlive(identity)).toBe(true);

  killForGood(identity);
  await once(child, 'exit');
  expect(child.signalCode).toBe('SIGKILL');
  expect(isAlive(identity)).toBe(false);
});

test('a process that has ended is not alive, even while its parent has not noticed', () => {
  const child = spawn('sleep', ['60']);
  const identity = identify(child.pid!)!;
  process.kill(identity.pid, 'SIGKILL');
  const deadline = Date.now() + 5_000;
  // The event loop does not turn, so that nobody asks for its exit code.
  while (isAlive(identity) && Date.now() < deadline);
  expect(isAlive(identity)).toBe(false);
  expect(child.signalCode).toBeNull();
});
