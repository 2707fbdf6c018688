import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { sleep, systemClock } from '../../src/kube/clock.js';
import { VirtualClock } from './virtual-clock.js';

/** Runs a program that has our clock in a process of its own, and says what it wrote. */
function run(program: string): { stdout: string; stderr: string } {
  const clock = fileURLToPath(new URL('../../src/kube/clock.ts', import.meta.url));
  const text = `import { sleep, systemClock } from ${JSON.stringify(clock)};${program}`;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', text];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { stdout, stderr };
}

test('who waits is heard of again, even where nothing else keeps the process alive', () => {
  expect(run("sleep(systemClock, 50).then(() => console.log('awake'));")).toEqual({ stdout: 'awake\n', stderr: '' });
});

test('one signal for hundreds of waits is no leak to warn of', () => {
  const program = `const { signal } = new AbortController();
    for (let wait = 0; wait < 100; wait++) sleep(systemClock, 10, signal);`;
  expect(run(program)).toEqual({ stdout: '', stderr: '' });
});

test('a timer longer than a timer can be does not end at once', async () => {
  let ended = false;
  const cancel = systemClock.after(Number.MAX_SAFE_INTEGER, () => (ended = true));
  await sleep(systemClock, 10);
  cancel();
  expect(ended).toBe(false);
});

test('sleep ends with its time or with the signal, and leaves neither timer nor listener behind', async () => {
  const clock = new VirtualClock();
  const controller = new AbortController();
  const first = sleep(clock, 100, controller.signal);
  await clock.advance(100);
  await first;
  const second = sleep(clock, 100, controller.signal);
  controller.abort(new Error('enough'));
  await expect(second).rejects.toThrow('enough');
  await expect(sleep(clock, 100, controller.signal)).rejects.toThrow('enough');
  expect(clock.pending).toBe(0);
});
