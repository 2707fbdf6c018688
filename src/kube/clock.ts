/** Time as the code of this folder sees it: injected, so that tests and the embedded cluster own it. Milliseconds throughout. */
export interface Clock {
  /** Wall time since 1970: for what other machines read. It may jump. */
  now(): number;
  /** Time that only moves forward: for how long something took or may take. */
  monotonic(): number;
  /** Calls `run` once after `delay`; the returned function cancels it. */
  after(delay: number, run: () => void): () => void;
}

/** The machine's own clock. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (delay, run) => {
    const timer = setTimeout(run, delay).unref();
    return () => clearTimeout(timer);
  },
};

/** Waits on a clock; rejects with the signal's reason when it is aborted first. */
export function sleep(clock: Clock, delay: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const onAbort = (): void => {
      cancel();
      reject(signal?.reason as Error);
    };
    const cancel = clock.after(delay, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
