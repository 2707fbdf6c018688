import { isSidecar, type ContainerStatus, type Pod, type PodPhase } from '../../api/pod.js';
import { restartPolicyOf } from './pod-actions.js';

/**
 * The phase that follows from the containers. `isOver`: nothing runs any more and nothing will. `hasStarted`: a main container has
 * been created in the current sandbox. Source: getPhase of the kubelet.
 */
export function phaseOf(
  pod: Pod,
  statuses: readonly ContainerStatus[],
  isOver: boolean,
  hasStarted: boolean,
): PodPhase {
  const init = countInit(pod, statuses);
  const main = countMain(pod, statuses);
  const sidecars = countSidecars(pod, statuses);
  const policy = restartPolicyOf(pod);
  if (init.failed > 0 && policy === 'Never') return 'Failed';
  const running = main.running + sidecars.running;
  const unknown = main.unknown + sidecars.unknown;
  if (init.pending > 0 || (sidecars.pending > 0 && !hasStarted)) return 'Pending';
  if (main.waiting + sidecars.waiting > 0) return 'Pending';
  if (running > 0 && unknown === 0) return 'Running';
  if (running > 0 || main.stopped === 0 || unknown > 0) return 'Pending';
  const outcome = main.stopped === main.succeeded ? 'Succeeded' : 'Failed';
  if (isOver) return outcome;
  if (policy === 'Always') return 'Running';
  return outcome === 'Failed' && policy === 'OnFailure' ? 'Running' : outcome;
}

function countInit(pod: Pod, statuses: readonly ContainerStatus[]): { pending: number; failed: number } {
  const counts = { pending: 0, failed: 0 };
  for (const container of (pod.spec.initContainers ?? []).filter((one) => !isSidecar(one))) {
    const status = statuses.find(({ name }) => name === container.name);
    const ended = status?.state?.terminated ?? (status?.state?.waiting && status.lastState?.terminated);
    if (ended === undefined) counts.pending++;
    else if (ended.exitCode !== 0) counts.failed++;
  }
  return counts;
}

function countSidecars(
  pod: Pod,
  statuses: readonly ContainerStatus[],
): Record<'pending' | 'running' | 'waiting' | 'unknown', number> {
  const counts = { pending: 0, running: 0, waiting: 0, unknown: 0 };
  for (const container of (pod.spec.initContainers ?? []).filter(isSidecar)) {
    const status = statuses.find(({ name }) => name === container.name);
    if (status === undefined) counts.unknown++;
    else if (status.state?.running) {
      counts.running++;
      if (status.started !== true) counts.pending++;
    } else if (status.state?.waiting && status.lastState?.terminated === undefined) {
      counts.pending++;
      counts.waiting++;
    }
  }
  return counts;
}

function countMain(
  pod: Pod,
  statuses: readonly ContainerStatus[],
): Record<'running' | 'stopped' | 'succeeded' | 'waiting' | 'unknown', number> {
  const counts = { running: 0, stopped: 0, succeeded: 0, waiting: 0, unknown: 0 };
  for (const container of pod.spec.containers) {
    const status = statuses.find(({ name }) => name === container.name);
    if (status?.state?.running) counts.running++;
    else if (status?.state?.terminated) {
      counts.stopped++;
      if (status.state.terminated.exitCode === 0) counts.succeeded++;
    } else if (status?.state?.waiting) {
      if (status.lastState?.terminated) counts.stopped++;
      else counts.waiting++;
    } else counts.unknown++;
  }
  return counts;
}
