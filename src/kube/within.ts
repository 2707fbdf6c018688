import type { Clock } from './clock.js';
import { KubeError } from './error.js';
import { onAbort } from './on-abort.js';

/**
 * A call that ends when the clock or the signal says so, whether or not what it calls obeys: it then rejects with kind `timeout` or
 * `aborted`, and the signal given to `call` is aborted. `limit` is in milliseconds.
 */
export function within<T>(
  clock: Clock,
  limit: number,
  signal: AbortSignal,
  what: string,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const own = new AbortController();
    let forget = (): void => undefined;
    const settle = (): void => {
      cancel();
      forget();
    };
    const giveUp = (error: KubeError): void => {
      settle();
      reject(error);
      own.abort(error);
    };
    const cancel = clock.after(limit, () => giveUp(new KubeError('timeout', `${what}: no answer within ${limit} ms`)));
    forget = onAbort(signal, () => giveUp(new KubeError('aborted', `${what}: aborted`, { cause: signal.reason })));
    if (own.signal.aborted) return;
    // Async, so that one that throws at once is no exception.
    (async () => call(own.signal))().then(
      (value) => {
        settle();
        resolve(value);
      },
      (error: unknown) => {
        settle();
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}
