import { isReady, type Pod } from '../../api/pod.js';
import type { KubeApi } from '../../kube/api.js';
import { sleep, systemClock } from '../../kube/clock.js';
import type { KubeObject } from '../../kube/objects.js';
import { deployments, pods, statefulSets } from '../../kube/resource.js';
import { gameStatefulSets } from '../../controller/resources.js';

type Workload = KubeObject & { spec?: { replicas?: number } };
type SomePod = Omit<Pod, 'metadata'> & KubeObject;

export interface Readiness {
  readonly ready: number;
  readonly wanted: number;
}

/** How many pods the workloads want, and how many of all pods are Ready. */
export async function readiness(api: KubeApi): Promise<Readiness> {
  const lists = await Promise.all([gameStatefulSets, statefulSets, deployments].map((one) => api.list<Workload>(one)));
  const workloads = lists.flatMap(({ items }) => items).filter(({ metadata }) => !metadata.ownerReferences?.length);
  const { items } = await api.list<SomePod>(pods);
  return {
    ready: items.filter((pod) => pod.metadata.deletionTimestamp === undefined && isReady(pod)).length,
    wanted: workloads.reduce((sum, { spec }) => sum + (spec?.replicas ?? 1), 0),
  };
}

/** Waits until all are Ready, for so many milliseconds at most; the last count. */
export async function untilReady(
  api: KubeApi,
  patience: number,
  onProgress: (progress: Readiness) => void,
  signal: AbortSignal,
): Promise<Readiness> {
  const end = systemClock.monotonic() + patience;
  let said = -1;
  for (;;) {
    const now = await readiness(api);
    if (now.ready !== said) onProgress(now);
    said = now.ready;
    if (now.ready >= now.wanted || systemClock.monotonic() > end || signal.aborted) return now;
    await sleep(systemClock, LOOK, signal).catch(() => undefined);
  }
}

const LOOK = 100;
