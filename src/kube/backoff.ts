/** How long to wait after the n-th failure in a row (the first is 1), in milliseconds. */
export type Backoff = (failures: number) => number;

export interface BackoffOptions {
  /** Milliseconds after the first failure, before jitter. */
  readonly base: number;
  /** Milliseconds that are never exceeded. */
  readonly cap: number;
  /** @default 2 */
  readonly factor?: number;
  /** The share of the delay that is left to chance: 0.5 gives half to all of it. @default 0.5 */
  readonly jitter?: number;
  /** From 0 up to, not including, 1. @default Math.random */
  readonly random?: () => number;
}

/** Exponential, capped, and jittered downwards, so that the cap holds and clients that failed together do not come back together. */
export function exponential({ base, cap, factor = 2, jitter = 0.5, random = Math.random }: BackoffOptions): Backoff {
  return (failures) => {
    const delay = Math.min(cap, base * factor ** Math.max(0, failures - 1));
    return delay * (1 - jitter * random());
  };
}
