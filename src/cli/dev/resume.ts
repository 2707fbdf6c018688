import { isReady, type Pod } from '../../api/pod.js';
import type { ApiServer } from '../../cluster/api-server/api-server.js';
import { sleep, systemClock } from '../../kube/clock.js';
import { pods } from '../../kube/resource.js';
import { say } from './say.js';
import type { World } from './world.js';

/** UIDs of the pods that a kept cluster says are Ready: asked before its kubelets begin, those that were when it ended. */
export function readyPods(server: ApiServer): ReadonlySet<string> {
  return new Set(podsOf(server).flatMap((pod) => (isReady(pod) ? [pod.metadata.uid ?? ''] : [])));
}

const podsOf = (server: ApiServer): readonly Pod[] => server.list(server.resource(pods), {}).items as readonly Pod[];

/** Waits until the pods that were Ready run and are Ready again, as after a reboot of their machines; for so many milliseconds at most. */
export async function untilBack(world: World, patience: number, signal: AbortSignal): Promise<void> {
  const { cluster, wereReady } = world;
  const end = systemClock.monotonic() + patience;
  let said = '';
  for (;;) {
    // The API still calls them Ready until a kubelet has looked.
    const there = podsOf(cluster.server).filter(({ metadata }) => wereReady.has(metadata.uid ?? ''));
    const back = there.filter((pod) => isReady(pod) && cluster.kubelets.runs(pod)).length;
    const text = `${back} of ${there.length} pods that were ready are so again`;
    if (text !== said) say(text);
    said = text;
    if (back === there.length || systemClock.monotonic() > end || signal.aborted) return;
    await sleep(systemClock, LOOK, signal).catch(() => undefined);
  }
}

const LOOK = 100;
