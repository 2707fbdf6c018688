import type { Clock } from '../../../src/kube/clock.js';
import type { Store } from '../../../src/kube/store.js';

/**
 * Whether `isSo` becomes true within `limit` milliseconds. It is asked now and after each change of the store; what it throws is
 * thrown here.
 */
export function watchUntil(store: Store, clock: Clock, limit: number, isSo: () => boolean): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      unsubscribe();
      cancel();
      settle();
    };
    const look = (): void => {
      try {
        if (isSo()) end(() => resolve(true));
      } catch (error) {
        end(() => reject(error instanceof Error ? error : new Error(String(error))));
      }
    };
    const cancel = clock.after(limit, () => end(() => resolve(false)));
    const unsubscribe = store.subscribe(look);
    look();
  });
}
