import type { Clock } from '../kube/clock.js';
import { systemClock } from '../kube/clock.js';

/**
 * The machine's clock, so many times as fast: what takes a minute on it takes a second of `speed` 60. It begins at the machine's time,
 * or later: where an earlier one, that was fast, has stopped.
 */
export function fastClock(speed: number, clock: Clock = systemClock, notBefore = 0): Clock {
  const [begun, start] = [clock.monotonic(), Math.max(clock.now(), notBefore)];
  const elapsed = (): number => (clock.monotonic() - begun) * speed;
  return {
    now: () => start + elapsed(),
    monotonic: elapsed,
    after: (delay, run) => clock.after(delay / speed, run),
  };
}
