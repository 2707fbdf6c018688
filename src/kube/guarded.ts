/** Told of what went wrong in code that is called back. Should it throw itself, that is ignored. */
export type OnError = (error: unknown) => void;

/** Calls somebody else's code: neither what it throws nor a promise of it that rejects gets any further than `onError`. */
export function guarded(run: () => unknown, onError: OnError): void {
  try {
    const result = run();
    if (result instanceof Promise) result.catch((error: unknown) => report(error, onError));
  } catch (error) {
    report(error, onError);
  }
}

export function report(error: unknown, onError: OnError): void {
  try {
    onError(error);
  } catch {
    // Who reports errors by throwing has nobody left to tell.
  }
}
