import { describe, expect, test } from '@jest/globals';
import { sleep } from '../../src/kube/clock.js';
import { hexadecimal, random } from '../../src/cluster/random.js';
import { VirtualClock } from '../../src/cluster/virtual-clock.js';

describe('virtual time', () => {
  test('runs what is due, in its order, at its time; cancelled timers never', async () => {
    const clock = new VirtualClock({ start: 1000 });
    const ran: string[] = [];
    const note = (what: string) => () => void ran.push(`${what} at ${clock.monotonic()} ${clock.now()}`);
    clock.after(20, note('b'));
    const cancel = clock.after(10, note('never'));
    clock.after(10, note('a'));
    clock.after(20, note('c'));
    clock.after(30.5, note('late'));
    cancel();
    cancel();
    expect(clock.pending).toBe(4);
    await clock.advance(30);
    expect(ran).toEqual(['a at 10 1010', 'b at 20 1020', 'c at 20 1020']);
    expect([clock.monotonic(), clock.now(), clock.pending]).toEqual([30, 1030, 1]);
  });

  test('promises settle between two timers', async () => {
    const clock = new VirtualClock();
    const times: number[] = [];
    const work = async (): Promise<void> => {
      for (let turn = 0; turn < 3; turn++) {
        await sleep(clock, 10);
        await Promise.resolve().then(() => Promise.resolve());
        times.push(clock.monotonic());
      }
    };
    const done = work();
    await clock.advance(25);
    expect(times).toEqual([10, 20]);
    await clock.advance(5);
    await done;
    expect(times).toEqual([10, 20, 30]);
  });

  test('timers of one instant: as they were set, or as a seed draws them, the same each time', () => {
    const order = (seed?: number): string => {
      const clock = new VirtualClock(seed === undefined ? {} : { seed });
      let ran = '';
      for (const letter of 'abcdefgh') clock.after(5, () => (ran += letter));
      clock.run(5);
      return ran;
    };
    expect(order()).toBe('abcdefgh');
    expect(order(7)).toBe(order(7));
    expect(new Set([order(), order(1), order(2), order(3)]).size).toBe(4);
  });

  test('many timers come out sorted', () => {
    const clock = new VirtualClock();
    const draw = random(5);
    const ran: number[] = [];
    for (let count = 0; count < 2000; count++) {
      const due = Math.floor(draw() * 500);
      const cancel = clock.after(due, () => void ran.push(due));
      if (draw() < 0.3) cancel();
    }
    clock.run(500);
    expect(ran).toEqual([...ran].sort((one, other) => one - other));
    expect(ran.length).toBeGreaterThan(1200);
    expect(clock.pending).toBe(0);
  });

  test('until a condition holds, no further', async () => {
    const clock = new VirtualClock();
    let count = 0;
    const tick = (): void => {
      count++;
      clock.after(100, tick);
    };
    clock.after(100, tick);
    expect(await clock.until(() => count === 3, 1000)).toBe(true);
    expect(clock.monotonic()).toBe(300);
    expect(await clock.until(() => count === 99, 1000)).toBe(false);
    expect(clock.monotonic()).toBe(1300);
  });
});

describe('seeded numbers', () => {
  test('the same on every machine, evenly spread', () => {
    const draw = random(42);
    expect(Array.from({ length: 3 }, () => draw())).toEqual([
      0.6011037519201636, 0.44829055899754167, 0.8524657934904099,
    ]);
    const many = Array.from({ length: 20_000 }, () => draw());
    expect(many.reduce((sum, one) => sum + one) / many.length).toBeCloseTo(0.5, 1);
    expect(hexadecimal(random(1), 64)).toMatch(/^[0-9a-f]{64}$/);
  });

  test('a fork depends on its name alone, not on what was drawn', () => {
    const [one, other] = [random(1), random(1)];
    one();
    expect(one.fork('node-1')()).toBe(other.fork('node-1')());
    expect(one.fork('node-1')()).not.toBe(one.fork('node-2')());
  });
});
