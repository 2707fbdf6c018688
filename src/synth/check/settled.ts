import type { Problems } from './problem.js';

/**
 * Remembers frozen values in which nothing was wrong: what thousands of services share (variables, security settings,
 * resources) is the same frozen value in all of them, and is looked at once. Only for checks that ask nothing of what stands
 * around the value.
 */
export class Settled<Check extends object> {
  private readonly by = new WeakMap<object, Check>();

  /** Runs `look` unless this check has passed on this very value. */
  once(check: Check, value: unknown, problems: Problems, look: () => void): void {
    if (typeof value !== 'object' || value === null || !Object.isFrozen(value)) {
      look();
      return;
    }
    if (this.by.get(value) === check) return;
    const before = problems.found.length;
    look();
    if (problems.found.length === before) this.by.set(value, check);
  }
}
