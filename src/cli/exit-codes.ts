/** What the process tells its caller; part of the contract. */
export const EXIT = {
  done: 0,
  failed: 1,
  /** Wrong usage or input. */
  usage: 2,
  /** Waiting or paused (status commands). */
  waiting: 3,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
