import type { ContainerStatus, Pod, PodCondition, PodStatus } from '../../api/pod.js';
import { isOwned, ownedConditions } from './conditions.js';
import { containerStatuses, type ContainerStatusInput } from './container-status.js';
import { phaseOf } from './phase.js';

export interface StatusInput extends Omit<ContainerStatusInput, 'previous'> {
  /** What the kubelet said last, or what the API holds where it has said nothing yet. */
  readonly previous: PodStatus;
  /** Nothing runs any more, nothing will. */
  readonly isOver: boolean;
  /** Node pressure wants the pod gone: the message. */
  readonly eviction: string | undefined;
  readonly hostIP: string;
  /** Kubelets from 1.34 on say which generation they act on. */
  readonly reportsGeneration: boolean;
  /** What the probes make of a container status. */
  readonly judge: (
    status: ContainerStatus,
    kind: 'init' | 'main',
  ) => { readonly started: boolean; readonly ready: boolean };
}

/** The status that a kubelet computes of a pod, before times of transitions. Source: generateAPIPodStatus of the kubelet. */
export function generateStatus(input: StatusInput): PodStatus {
  const { pod, observed, previous, isOver, hostIP, eviction } = input;
  const main = containerStatuses('main', { ...input, previous: previous.containerStatuses ?? [] });
  const init = containerStatuses('init', { ...input, previous: previous.initContainerStatuses ?? [] });
  const hasStarted = observed.containers.some(
    ({ name, sandbox }) => sandbox === observed.sandbox?.id && pod.spec.containers.some((one) => one.name === name),
  );
  const computed = phaseOf(pod, [...main, ...init], isOver, hasStarted);
  const phase = final(pod.status) ?? final(previous) ?? (eviction === undefined ? computed : 'Failed');
  const judged = (kind: 'init' | 'main') => (status: ContainerStatus) => ({ ...status, ...input.judge(status, kind) });
  const [mains, inits] = [main.map(judged('main')), init.map(judged('init'))];
  const foreign = (pod.status?.conditions ?? []).filter((condition) => !isOwned(condition));
  const owned = ownedConditions(pod, [...inits, ...mains], phase, foreign, observed.sandbox?.isReady === true);
  // Addresses of a pod that is over stay as they were.
  const ip = observed.sandbox?.ip ?? previous.podIP;
  return {
    phase,
    ...reasonOf(input, phase),
    conditions: numbered(input, [...evicted(foreign, eviction), ...owned]),
    hostIP,
    hostIPs: [{ ip: hostIP }],
    ...(ip !== undefined && { podIP: ip, podIPs: [{ ip }] }),
    ...(pod.status?.qosClass !== undefined && { qosClass: pod.status.qosClass }),
    ...(inits.length > 0 && { initContainerStatuses: inits }),
    containerStatuses: mains,
    ...(input.reportsGeneration &&
      pod.metadata.generation !== undefined && { observedGeneration: pod.metadata.generation }),
  };
}

/** A pod never leaves its last phase. */
function final(status: PodStatus | undefined): 'Succeeded' | 'Failed' | undefined {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed' ? status.phase : undefined;
}

function reasonOf({ pod, previous, eviction }: StatusInput, phase: string): Pick<PodStatus, 'reason' | 'message'> {
  if (eviction !== undefined) return { reason: 'Evicted', message: eviction };
  if (previous.phase !== phase) return {};
  const reason = previous.reason ?? pod.status?.reason;
  const message = previous.message ?? pod.status?.message;
  return { ...(reason !== undefined && { reason }), ...(message !== undefined && { message }) };
}

function evicted(foreign: readonly PodCondition[], message: string | undefined): PodCondition[] {
  if (message === undefined) return [...foreign];
  const others = foreign.filter(({ type }) => type !== 'DisruptionTarget');
  return [...others, { type: 'DisruptionTarget', status: 'True', reason: 'TerminationByKubelet', message }];
}

function numbered({ pod, reportsGeneration }: StatusInput, conditions: readonly PodCondition[]): PodCondition[] {
  const { generation } = pod.metadata;
  if (!reportsGeneration || generation === undefined) return [...conditions];
  return conditions.map((condition) =>
    isOwned(condition) ? { ...condition, observedGeneration: generation } : condition,
  );
}

/**
 * The last status of all: what still seems to run or wait is said to have ended, and the phase is a last one. Source: TerminatePod
 * of the kubelet.
 */
export function finishedStatus(pod: Pod, status: PodStatus): PodStatus {
  const phase = final(status) ?? 'Failed';
  const { initContainerStatuses: inits = [], containerStatuses: mains = [] } = status;
  const lastBegun = inits.findLastIndex(({ state, lastState }) => !state?.waiting || lastState?.terminated);
  const begun = inits.map((one, index) => (index <= Math.max(lastBegun, 0) ? ended(one) : one));
  const main = wasInitialized(pod, status) ? mains.map(ended) : mains;
  const conditions = (status.conditions ?? []).map((condition): PodCondition => {
    if (condition.type !== 'Ready' && condition.type !== 'ContainersReady') return condition;
    const { message: _message, ...rest } = condition;
    return { ...rest, status: 'False', reason: phase === 'Failed' ? 'PodFailed' : 'PodCompleted' };
  });
  return {
    ...status,
    phase,
    conditions,
    ...(inits.length > 0 && { initContainerStatuses: begun }),
    containerStatuses: main,
  };
}

function ended(status: ContainerStatus): ContainerStatus {
  if (status.state?.terminated) return status;
  const message = 'The container could not be located when the pod was terminated';
  return {
    ...status,
    ready: false,
    state: { terminated: { exitCode: 137, reason: 'ContainerStatusUnknown', message } },
  };
}

function wasInitialized(
  { spec }: Pod,
  { initContainerStatuses = [], containerStatuses: mains = [] }: PodStatus,
): boolean {
  if ((spec.initContainers ?? []).length === 0) return true;
  if (mains.some(({ state, lastState }) => lastState?.terminated !== undefined || state?.waiting === undefined)) {
    return true;
  }
  const last = initContainerStatuses.at(-1);
  return last?.state?.terminated?.exitCode === 0 || (last?.state?.running !== undefined && last.started === true);
}
