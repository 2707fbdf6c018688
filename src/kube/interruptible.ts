/**
 * Reads an async iterator that may hang: `interrupt` makes the pending and every later `next` reject at once, and lets go of the
 * iterator, whatever that does about it. (`Promise.race` would do, but keeps a reaction for each item until the whole race is over.)
 */
export class Interruptible<T> {
  private readonly iterator: AsyncIterator<T>;
  private reject: ((error: Error) => void) | undefined;
  private interruption: Error | undefined;

  constructor(iterable: AsyncIterable<T>) {
    this.iterator = iterable[Symbol.asyncIterator]();
  }

  next(): Promise<IteratorResult<T>> {
    return new Promise((resolve, reject) => {
      this.reject = reject;
      if (this.interruption) reject(this.interruption);
      else this.iterator.next().then(resolve, reject);
    });
  }

  interrupt(error: Error): void {
    this.interruption ??= error;
    this.reject?.(this.interruption);
    // It waits behind the pending `next`, perhaps for ever.
    void Promise.resolve()
      .then(() => this.iterator.return?.())
      .catch(() => undefined);
  }
}
