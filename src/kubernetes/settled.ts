/**
 * Remembers frozen values in which nothing was wrong: what thousands of services share (variables, security settings,
 * resources) is the same frozen value in all of them, and is looked at once. Only for checks that ask nothing of what stands
 * around the value.
 */
export class Settled<Check extends object> {
  private readonly by = new WeakMap<object, Check>();

  /** Whether this check has passed on this very value. */
  has(check: Check, value: unknown): boolean {
    return isFrozen(value) && this.by.get(value) === check;
  }

  /** Says that this check has passed. A value that may still change is not remembered. */
  add(check: Check, value: unknown): void {
    if (isFrozen(value)) this.by.set(value, check);
  }
}

const isFrozen = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.isFrozen(value);
