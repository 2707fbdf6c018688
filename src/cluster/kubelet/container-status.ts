import {
  isSidecar,
  type ContainerState,
  type ContainerStateTerminated,
  type ContainerStatus,
  type Pod,
  type StoredContainer,
} from '../../api/pod.js';
import type { ContainerEnd, RuntimeContainer, RuntimePod } from './container-runtime.js';
import type { NodeImages } from './images.js';
import { latest, shouldRun } from './pod-actions.js';

/** Why the last start of a container did not succeed. */
export interface WaitReason {
  readonly reason: string;
  readonly message: string;
}

export interface ContainerStatusInput {
  readonly pod: Pod;
  readonly observed: RuntimePod;
  readonly previous: readonly ContainerStatus[];
  readonly reasons: ReadonlyMap<string, WaitReason>;
  readonly images: NodeImages;
}

/** Seconds and no finer, as the API keeps times. */
export function timestamp(milliseconds: number): string {
  return new Date(Math.floor(milliseconds / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}

/**
 * What a kubelet says of its containers, in the order of their names; of init containers in that of the spec. `ready` and `started`
 * come later, from the probes. Source: convertToAPIContainerStatuses of the kubelet.
 */
export function containerStatuses(kind: 'init' | 'main', input: ContainerStatusInput): ContainerStatus[] {
  const { spec } = input.pod;
  const containers = (kind === 'init' ? spec.initContainers : spec.containers) ?? [];
  const statuses = containers.map((container) => statusOf(container, kind, input));
  return kind === 'init' ? statuses : statuses.sort((one, other) => (one.name < other.name ? -1 : 1));
}

function statusOf(container: StoredContainer, kind: 'init' | 'main', input: ContainerStatusInput): ContainerStatus {
  const { pod, observed, reasons } = input;
  const status = withoutReason(container, input);
  const last = latest(observed, container.name);
  const hasSucceededOnce = kind === 'init' && !isSidecar(container) && last?.end?.code === 0;
  if (hasSucceededOnce || !shouldRun(container, pod, observed)) return status;
  const reason = reasons.get(container.name);
  // Without a reason it has just ended and is about to start: it is shown as ended.
  if (reason === undefined) return status;
  const { terminated } = status.state ?? {};
  return {
    ...status,
    ...(terminated && { lastState: { terminated } }),
    state: { waiting: { reason: reason.reason, ...(reason.message !== '' && { message: reason.message }) } },
  };
}

function withoutReason(container: StoredContainer, input: ContainerStatusInput): ContainerStatus {
  const { observed, images } = input;
  const [newest, before] = observed.containers.filter(({ name }) => name === container.name);
  if (newest === undefined) return neverSeen(container, input);
  return {
    name: container.name,
    state: stateOf(newest),
    lastState: before?.end === undefined ? {} : stateOf(before),
    ready: false,
    restartCount: newest.attempt,
    ...images.describe(newest.digest),
    containerID: newest.id,
  };
}

/** The runtime knows no container of this name: none was created yet, or they were all removed. */
function neverSeen(container: StoredContainer, { pod, previous }: ContainerStatusInput): ContainerStatus {
  const old = previous.find(({ name }) => name === container.name);
  if (old?.state?.terminated) return old;
  const waiting = { reason: (pod.spec.initContainers ?? []).length > 0 ? 'PodInitializing' : 'ContainerCreating' };
  const status: ContainerStatus = {
    name: container.name,
    state: { waiting },
    lastState: old?.lastState ?? {},
    ready: false,
    restartCount: old?.restartCount ?? 0,
    image: container.image,
    imageID: '',
  };
  if (old?.state?.running === undefined || status.lastState?.terminated) return status;
  return {
    ...status,
    lastState: {
      terminated: {
        exitCode: 137,
        reason: 'ContainerStatusUnknown',
        message: 'The container could not be located when the pod was deleted.  The container used to be Running',
      },
    },
    restartCount: status.restartCount + (pod.metadata.deletionTimestamp === undefined ? 1 : 0),
  };
}

function stateOf(container: RuntimeContainer): ContainerState {
  const startedAt = timestamp(container.startedAt);
  if (container.end === undefined) return { running: { startedAt } };
  return { terminated: terminatedState(container.end, startedAt, container.id) };
}

function terminatedState(end: ContainerEnd, startedAt: string, containerID: string): ContainerStateTerminated {
  return { exitCode: end.code, reason: end.reason, startedAt, finishedAt: timestamp(end.finishedAt), containerID };
}
