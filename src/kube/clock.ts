import { onAbort } from './on-abort.js';

/** Time as the code of this folder sees it: injected, so that tests and the embedded cluster own it. Milliseconds throughout. */
export interface Clock {
  /** Wall time since 1970: for what other machines read. It may jump. */
  now(): number;
  /** Time that only moves forward: for how long something took or may take. */
  monotonic(): number;
  /** Calls `run` once after `delay`; the returned function cancels it. */
  after(delay: number, run: () => void): () => void;
}

/** What a timer can hold; a longer one would end at once. */
const LONGEST = 2 ** 31 - 1;

/** The machine's own clock. Its timers keep the process alive: who waits on one would otherwise never be heard of again. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (delay, run) => {
    const timer = setTimeout(run, Math.min(delay, LONGEST));
    return () => clearTimeout(timer);
  },
};

/** Waits on a clock; rejects with the signal's reason when it is aborted first. */
export function sleep(clock: Clock, delay: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let forget = (): void => undefined;
    const cancel = clock.after(delay, () => {
      forget();
      resolve();
    });
    forget = onAbort(signal, () => {
      cancel();
      reject(signal?.reason as Error);
    });
  });
}
