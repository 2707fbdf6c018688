import type { GameStatefulSet } from '../../api/generated/types/game-stateful-set.js';
import { isReady, type Pod } from '../../api/pod.js';
import type { Workload } from '../../controller/game-stateful-set/objects.js';
import { gameStatefulSets } from '../../controller/resources.js';
import type { KubeApi } from '../../kube/api.js';
import { sleep, systemClock } from '../../kube/clock.js';
import type { KubeObject, Stored } from '../../kube/objects.js';
import { deployments, pods, statefulSets } from '../../kube/resource.js';
import { unsupportedIn } from '../../rollout/game-stateful-set/unsupported.js';

type NativeWorkload = KubeObject & {
  readonly spec?: {
    readonly replicas?: number;
    readonly updateStrategy?: { readonly type?: string; readonly rollingUpdate?: { readonly partition?: number } };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
  };
};
type SomePod = Omit<Pod, 'metadata'> & KubeObject;

/** How far the workloads of a cluster are. */
export interface Settling {
  readonly ready: number;
  /** Pods that the workloads want. */
  readonly wanted: number;
  /** `NAME: why`, one for each workload that has not come to rest at what its spec asks for. */
  readonly waiting: readonly string[];
  /** Likewise, for each that will not move by itself: something is asked for that this release does not do. */
  readonly stuck: readonly string[];
}

/** All wanted pods are Ready, and every workload is as its spec says, or does not move by itself. */
export const isSettled = ({ ready, wanted, waiting }: Settling): boolean => ready >= wanted && waiting.length === 0;

export async function settlingOf(api: KubeApi): Promise<Settling> {
  const games = (await api.list<Workload>(gameStatefulSets)).items;
  const native = (await Promise.all([statefulSets, deployments].map((one) => api.list<NativeWorkload>(one))))
    .flatMap(({ items }) => items)
    .filter(({ metadata }) => !metadata.ownerReferences?.length);
  const { items } = await api.list<SomePod>(pods);
  return {
    ready: items.filter((pod) => !isTask(pod) && pod.metadata.deletionTimestamp === undefined && isReady(pod)).length,
    wanted: [...games, ...native].reduce((sum, { spec }) => sum + (spec?.replicas ?? 1), 0),
    waiting: [...games.filter((one) => !isStuck(one)).flatMap(whyGameWaits), ...native.flatMap(whyNativeWaits)],
    stuck: games.filter(isStuck).flatMap(whyGameWaits),
  };
}

const isTask = ({ metadata }: SomePod): boolean =>
  metadata.ownerReferences?.some(({ kind }) => kind === 'Job') ?? false;

/** Touched no more until its spec changes. */
function isStuck(workload: Stored<Workload>): boolean {
  const { metadata, status } = workload;
  if (status?.observedGeneration !== metadata.generation || status?.phase !== 'Degraded') return false;
  const isImpossible = status.conditions?.some(
    ({ type, status }) => type === 'InPlaceNotPossible' && status === 'True',
  );
  return isImpossible === true || unsupportedIn(workload as unknown as GameStatefulSet).stopsUpdates !== undefined;
}

function whyGameWaits({ metadata: { name, generation }, status }: Stored<Workload>): string[] {
  if (status?.observedGeneration !== generation) return [`${name}: the controller has not looked at it yet`];
  if (status?.phase === 'Healthy' || status?.phase === 'Paused') return [];
  return [`${name}: ${status?.message ?? status?.phase ?? 'no status yet'}`];
}

function whyNativeWaits({ metadata: { name, generation }, spec, status }: Stored<NativeWorkload>): string[] {
  if (status?.observedGeneration !== generation) return [`${name}: its controller has not looked at it yet`];
  const { replicas = 1, updateStrategy } = spec ?? {};
  const heldBack = updateStrategy?.type === 'OnDelete' ? replicas : (updateStrategy?.rollingUpdate?.partition ?? 0);
  const { updatedReplicas = 0, readyReplicas = 0 } = status ?? {};
  if (updatedReplicas >= replicas - heldBack && readyReplicas >= replicas) return [];
  return [`${name}: ${updatedReplicas} of ${replicas} pods are updated, ${readyReplicas} are ready`];
}

/** Waits until all is at rest, for so many milliseconds at most; the last look. */
export async function untilSettled(
  api: KubeApi,
  patience: number,
  onProgress: (progress: Settling) => void,
  signal: AbortSignal,
): Promise<Settling> {
  const end = systemClock.monotonic() + patience;
  let said = '';
  for (;;) {
    const now = await settlingOf(api);
    const progress = JSON.stringify(now);
    if (progress !== said) onProgress(now);
    said = progress;
    if (isSettled(now) || systemClock.monotonic() > end || signal.aborted) return now;
    await sleep(systemClock, LOOK, signal).catch(() => undefined);
  }
}

const LOOK = 100;
