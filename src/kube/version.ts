/**
 * Comparing resourceVersions. By the API's contract they are opaque, except that those of one resource (not of two, not of two
 * clusters) are decimal numbers that grow with every write. That is promised since Kubernetes 1.35 (KEP-5504) and has been so for every
 * resource kept in etcd before. A version of another form is not compared but refused: a guess here loses events.
 */

/** Whether this is a version of an object or a list: decimal, positive, no leading zero, of any length. `0` means "any" and is none. */
export function isVersion(text: unknown): text is string {
  return typeof text === 'string' && /^[1-9][0-9]*$/.test(text);
}

/**
 * Negative when `a` is older than `b`, 0 when they are the same, positive when it is newer. Both of one resource.
 * @throws RangeError when one of them is no version
 */
export function compareVersions(a: string, b: string): number {
  if (!isVersion(a) || !isVersion(b)) {
    const odd = isVersion(a) ? b : a;
    throw new RangeError(`${JSON.stringify(odd)} is no resourceVersion that can be compared`);
  }
  // Longer than any number type holds; without leading zeros the longer one is the larger one.
  if (a.length !== b.length) return a.length - b.length;
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Whether `a` was written after `b`. @throws RangeError as {@link compareVersions} */
export function newerThan(a: string, b: string): boolean {
  return compareVersions(a, b) > 0;
}
