import { fastClock } from '../../src/cluster/fast-clock.js';
import { VirtualClock } from '../../src/cluster/virtual-clock.js';

test('a clock ten times as fast: its time, its timers, and what is cancelled', async () => {
  const machine = new VirtualClock({ start: 1000 });
  await machine.advance(500);
  const clock = fastClock(10, machine);
  expect([clock.now(), clock.monotonic()]).toEqual([1500, 0]);
  const rung: number[] = [];
  clock.after(1000, () => rung.push(clock.monotonic()));
  clock.after(1000, () => rung.push(-1))();
  await machine.advance(99);
  expect(rung).toEqual([]);
  await machine.advance(1);
  expect(rung).toEqual([1000]);
  expect(clock.now()).toBe(2500);
});
