import type { Clock } from '../../kube/clock.js';
import type { ContainerStatus, Pod, PodCondition, PodStatus } from '../../api/pod.js';
import { isSame } from '../json.js';
import { containersReady, isOwned, ready, withTransitions } from './conditions.js';
import { timestamp } from './container-status.js';

/** What a kubelet wants the API to say of a pod. */
export interface CachedStatus {
  readonly status: PodStatus;
  /** Rises with every change. */
  readonly version: number;
  /** The last status of all: a pod that is being deleted may go. */
  readonly isFinished: boolean;
}

/** The statuses of one kubelet, before they are sent. Source: status_manager.go of the kubelet. */
export class StatusCache {
  private readonly entries = new Map<string, CachedStatus>();

  constructor(
    private readonly clock: Clock,
    private readonly onChange: (uid: string) => void,
  ) {}

  get(uid: string): CachedStatus | undefined {
    return this.entries.get(uid);
  }

  forget(uid: string): void {
    this.entries.delete(uid);
  }

  set(pod: Pod, status: PodStatus, isFinished = false): void {
    const uid = pod.metadata.uid ?? '';
    const cached = this.entries.get(uid);
    const previous = cached?.status ?? pod.status ?? {};
    const now = timestamp(this.clock.now());
    const next: PodStatus = {
      ...status,
      conditions: withTransitions(status.conditions ?? [], previous.conditions ?? [], now),
      startTime: previous.startTime ?? status.startTime ?? now,
    };
    // A pod that is being deleted is written again, so that its deletion proceeds.
    const isForced = isFinished || pod.metadata.deletionTimestamp !== undefined;
    if (cached && !isForced && isSameByKubelet(cached.status, next)) return;
    this.entries.set(uid, {
      status: next,
      version: (cached?.version ?? 0) + 1,
      isFinished: isFinished || cached?.isFinished === true,
    });
    this.onChange(uid);
  }

  /** A readiness probe's new result shows at once, without waiting for the next look at the pod. */
  setReady(pod: Pod, containerID: string, isReady: boolean): void {
    this.edit(pod, containerID, (container, status) => {
      if (container.ready === isReady) return undefined;
      const changed = replaced(status, containerID, { ready: isReady });
      const statuses = [...(changed.initContainerStatuses ?? []), ...(changed.containerStatuses ?? [])];
      const phase = changed.phase ?? 'Pending';
      const gates = changed.conditions ?? [];
      const verdicts = new Map([
        ['Ready', ready(pod, statuses, phase, gates)],
        ['ContainersReady', containersReady(pod, statuses, phase)],
      ]);
      const conditions = gates.map((condition): PodCondition => {
        const { type, observedGeneration } = condition;
        const verdict = verdicts.get(type);
        if (verdict === undefined) return condition;
        return { type, ...verdict, ...(observedGeneration !== undefined && { observedGeneration }) };
      });
      return { ...changed, conditions };
    });
  }

  setStarted(pod: Pod, containerID: string, started: boolean): void {
    this.edit(pod, containerID, (container, status) =>
      container.started === started ? undefined : replaced(status, containerID, { started }),
    );
  }

  private edit(
    pod: Pod,
    containerID: string,
    change: (container: ContainerStatus, status: PodStatus) => PodStatus | undefined,
  ): void {
    const cached = this.entries.get(pod.metadata.uid ?? '');
    if (cached === undefined) return;
    const { initContainerStatuses = [], containerStatuses = [] } = cached.status;
    const container = [...initContainerStatuses, ...containerStatuses].find((one) => one.containerID === containerID);
    const changed = container && change(container, cached.status);
    if (changed) this.set(pod, changed);
  }
}

function replaced(status: PodStatus, containerID: string, change: Partial<ContainerStatus>): PodStatus {
  const replace = (statuses: readonly ContainerStatus[]): ContainerStatus[] =>
    statuses.map((one) => (one.containerID === containerID ? { ...one, ...change } : one));
  return {
    ...status,
    ...(status.initContainerStatuses && { initContainerStatuses: replace(status.initContainerStatuses) }),
    ...(status.containerStatuses && { containerStatuses: replace(status.containerStatuses) }),
  };
}

/** Whether a patch would say nothing new of what is the kubelet's. */
export function isSameByKubelet(one: PodStatus, other: PodStatus): boolean {
  const { conditions: left = [], ...oneRest } = one;
  const { conditions: right = [], ...otherRest } = other;
  const [mine, theirs] = [left, right].map((conditions) =>
    conditions
      .filter((condition) => isOwned(condition) || condition.type === 'DisruptionTarget')
      .map(({ type, status, reason, message }) => ({ type, status, reason, message }))
      .sort((a, b) => (a.type < b.type ? -1 : 1)),
  );
  return isSame(oneRest, otherRest) && isSame(mine, theirs);
}
