import { setMaxListeners } from 'node:events';

const nothing = (): void => undefined;

/**
 * Runs something once when a signal is aborted, at once where it is already. The returned function forgets it. A controller has one
 * signal for hundreds of calls, which Node would take for a leak from the eleventh on.
 */
export function onAbort(signal: AbortSignal | undefined, run: () => void): () => void {
  if (!signal) return nothing;
  if (signal.aborted) {
    run();
    return nothing;
  }
  setMaxListeners(0, signal);
  signal.addEventListener('abort', run, { once: true });
  return () => signal.removeEventListener('abort', run);
}
