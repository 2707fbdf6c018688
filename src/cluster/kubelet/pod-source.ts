import type { Pod } from '../../api/pod.js';
import type { Observed } from '../../kube/store.js';
import type { Store } from '../../kube/store.js';

/** Where a modelled kubelet hears of pods, of its own nodes and of others. */
export interface PodSource {
  /** Reports every pod that is there, and from then on every change. Returns what ends it. */
  follow(listener: PodListener): () => void;
}

export interface PodListener {
  /** The same state may come again. */
  changed(pod: Pod): void;
  gone(pod: Pod): void;
  /** All that is there has been reported once. */
  synced(): void;
}

/** The pods of a reflector's store. */
export function podsOf(store: Pick<Store<Pod>, 'list' | 'subscribe' | 'whenSynced'>): PodSource {
  return {
    follow: (listener) => {
      const stop = new AbortController();
      const end = store.subscribe((event) => {
        const pod: Observed<Pod> = event.object;
        if (event.type === 'removed') listener.gone(pod);
        else listener.changed(pod);
      });
      for (const pod of store.list()) listener.changed(pod);
      store.whenSynced(stop.signal).then(
        () => listener.synced(),
        () => undefined,
      );
      return () => {
        end();
        stop.abort();
      };
    },
  };
}
