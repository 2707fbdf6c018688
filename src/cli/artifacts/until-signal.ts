import { setMaxListeners } from 'node:events';

/** Ctrl-C and the end of a pod stop what is under way; the next run goes on. */
export function untilSignal(): { readonly signal: AbortSignal; readonly forget: () => void } {
  const ended = new AbortController();
  setMaxListeners(0, ended.signal);
  const onInterrupt = (): void => ended.abort(new Stopped('SIGINT'));
  const onTerminate = (): void => ended.abort(new Stopped('SIGTERM'));
  process.once('SIGINT', onInterrupt).once('SIGTERM', onTerminate);
  return {
    signal: ended.signal,
    forget: () => void process.off('SIGINT', onInterrupt).off('SIGTERM', onTerminate),
  };
}

/** What a signal ended: no defect, and nothing is lost. */
export class Stopped extends Error {
  constructor(signal: string) {
    super(`stopped by ${signal}; what was fetched stays, and the next run goes on from here`);
  }
}
