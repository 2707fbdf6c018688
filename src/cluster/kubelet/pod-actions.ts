import { isSidecar, type Pod, type StoredContainer } from '../../api/pod.js';
import type { RuntimeContainer, RuntimePod } from './container-runtime.js';

// What a kubelet does next about a pod, from its spec and from what it last saw running. Source: computePodActions and
// computeInitContainerActions of the kubelet, without ephemeral containers, resizing and restart rules.

/** Results of the probes of a container; undefined where there is none yet. */
export interface ProbeOutcomes {
  startup(containerID: string): boolean | undefined;
  liveness(containerID: string): boolean | undefined;
}

export type StopReason = 'changed' | 'startupProbe' | 'livenessProbe';

export interface StopAction {
  readonly container: StoredContainer;
  readonly id: string;
  readonly reason: StopReason;
}

export interface PodActions {
  /** Everything is stopped, the sandbox too. */
  readonly stopPod: boolean;
  readonly createSandbox: boolean;
  readonly stop: readonly StopAction[];
  readonly startInit: readonly StoredContainer[];
  readonly start: readonly StoredContainer[];
}

/** The newest container of a name. */
export function latest(observed: RuntimePod, name: string): RuntimeContainer | undefined {
  return observed.containers.find((container) => container.name === name);
}

export function restartPolicyOf(pod: Pod): 'Always' | 'OnFailure' | 'Never' {
  return pod.spec.restartPolicy ?? 'Always';
}

/** Whether a container that does not run is to be started. */
export function shouldRun(container: StoredContainer, pod: Pod, observed: RuntimePod): boolean {
  if (pod.metadata.deletionTimestamp !== undefined) return false;
  const last = latest(observed, container.name);
  if (last === undefined) return true;
  if (last.end === undefined) return false;
  if (isSidecar(container)) return true;
  const policy = restartPolicyOf(pod);
  return policy === 'Always' || (policy === 'OnFailure' && last.end.code !== 0);
}

export function podActions(pod: Pod, observed: RuntimePod, probes: ProbeOutcomes): PodActions {
  if (observed.sandbox?.isReady !== true) return withoutSandbox(pod, observed);
  const init = initActions(pod, observed, probes);
  const stop = [...init.stop];
  if (init.stopPod || !init.isInitialized) {
    return { stopPod: init.stopPod, createSandbox: false, stop, startInit: init.start, start: [] };
  }
  const start: StoredContainer[] = [];
  let kept = 0;
  for (const container of pod.spec.containers) {
    const last = latest(observed, container.name);
    if (last === undefined || last.end !== undefined) {
      if (shouldRun(container, pod, observed)) start.push(container);
      continue;
    }
    const reason = reasonToStop(container, last, probes);
    if (reason === undefined) {
      kept++;
      continue;
    }
    stop.push({ container, id: last.id, reason });
    if (reason === 'changed' || restartPolicyOf(pod) !== 'Never') start.push(container);
  }
  const isOver = kept === 0 && start.length === 0;
  return { stopPod: isOver, createSandbox: false, stop, startInit: isOver ? [] : init.start, start };
}

function reasonToStop(
  container: StoredContainer,
  running: RuntimeContainer,
  probes: ProbeOutcomes,
): StopReason | undefined {
  if (running.image !== container.image) return 'changed';
  if (probes.liveness(running.id) === false) return 'livenessProbe';
  return probes.startup(running.id) === false ? 'startupProbe' : undefined;
}

function withoutSandbox(pod: Pod, observed: RuntimePod): PodActions {
  const over: PodActions = { stopPod: true, createSandbox: false, stop: [], startInit: [], start: [] };
  const isFirst = observed.sandbox === undefined;
  if (restartPolicyOf(pod) === 'Never' && !isFirst && observed.containers.length > 0) return over;
  const hasSucceeded = ({ name }: StoredContainer): boolean => latest(observed, name)?.end?.code === 0;
  const start = pod.spec.containers.filter(
    (container) => !(restartPolicyOf(pod) === 'OnFailure' && hasSucceeded(container)),
  );
  const wasInitialized = pod.spec.containers.some(({ name }) => latest(observed, name) !== undefined);
  if (start.length === 0 && wasInitialized) return over;
  const [firstInit] = pod.spec.initContainers ?? [];
  if (firstInit) return { ...over, createSandbox: true, startInit: [firstInit] };
  return { ...over, createSandbox: true, start };
}

interface InitActions {
  readonly stopPod: boolean;
  readonly isInitialized: boolean;
  readonly stop: readonly StopAction[];
  readonly start: readonly StoredContainer[];
}

/** From the last init container to the first, since those that are done may have been removed. */
function initActions(pod: Pod, observed: RuntimePod, probes: ProbeOutcomes): InitActions {
  const init = pod.spec.initContainers ?? [];
  if (init.length === 0) return { stopPod: false, isInitialized: true, stop: [], start: [] };
  const isRunning = ({ name }: StoredContainer): boolean => {
    const last = latest(observed, name);
    return last !== undefined && last.end === undefined;
  };
  let isInitialized = pod.spec.containers.some(isRunning);
  let isPastInit = isInitialized;
  const stop: StopAction[] = [];
  const start: number[] = [];
  const isInitializedBy = (index: number): void => {
    if (index === init.length - 1) isInitialized = true;
    else if (!isPastInit) start.push(index + 1);
  };

  for (let index = init.length - 1; index >= 0; index--) {
    const container = init[index]!;
    const last = latest(observed, container.name);
    if (last === undefined) {
      if (isPastInit && isSidecar(container)) start.push(index);
      continue;
    }
    if (isPastInit && !isSidecar(container)) continue;
    if (isSidecar(container)) {
      if (last.end !== undefined) start.push(index);
      else {
        const startup = container.startupProbe === undefined ? true : probes.startup(last.id);
        if (startup === true) isInitializedBy(index);
        const reason = startup === undefined ? undefined : reasonToStop(container, last, probes);
        // Before its startup probe has succeeded only that one counts.
        if (reason !== undefined && (startup === true || reason === 'startupProbe')) {
          stop.push({ container, id: last.id, reason });
          start.push(index);
        }
      }
    } else if (last.end !== undefined) {
      if (last.end.code === 0) isInitializedBy(index);
      else if (restartPolicyOf(pod) === 'Never') return { stopPod: true, isInitialized: false, stop: [], start: [] };
      else start.push(index);
    }
    isPastInit = true;
  }
  if (!isPastInit) start.push(0);
  const ordered = [...new Set(start)].sort((one, other) => one - other);
  return { stopPod: false, isInitialized, stop, start: ordered.map((index) => init[index]!) };
}
