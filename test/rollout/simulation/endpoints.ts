import type { Random } from '../../../src/cluster/random.js';
import type { VirtualClock } from '../../../src/cluster/virtual-clock.js';
import { isReady } from '../../../src/api/pod.js';
import type { Pod } from '../../../src/api/pod.js';
import type { ApiServer } from './api-server.js';
import type { Kubelets } from './kubelet.js';
import { isLeaving } from './stateful-set-controller.js';

/** Offers ready pods to players a little later than they become ready, and notes in which containers players may be. */
export function offerEndpoints(api: ApiServer, clock: VirtualClock, random: Random, kubelets: Kubelets): void {
  api.watch(({ stream, key, object }) => {
    if (stream !== 'pods' || object === undefined) return;
    const { uid } = (object as Pod).metadata;
    clock.after(10 + random() * 290, () => {
      const pod = api.pods.get(key);
      if (!pod || pod.metadata.uid !== uid) return;
      const isOffered = isReady(pod) && !isLeaving(pod);
      api.setTraffic(uid!, isOffered);
      if (isOffered) kubelets.runtimeOf(uid!)?.markServed();
    });
  });
}
