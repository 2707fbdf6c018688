import type { ContainerStatus, Pod, PodCondition, PodStatus } from '../../../src/api/pod.js';
import type { Slot } from './pod-runtime.js';

export interface Waiting {
  readonly reason: string;
  readonly message?: string;
}

export interface Known {
  /** Absent where the kubelet has no time to look. */
  readonly slots: readonly Slot[] | undefined;
  readonly now: string;
  /** The node does not answer. */
  readonly isUnknown: boolean;
  readonly generation?: number;
}

/** The status that a kubelet writes, with the conditions of others left as they are. */
export function statusOf(pod: Pod, { slots, now, isUnknown, generation }: Known): PodStatus {
  const before = pod.status ?? {};
  const isInitialized = slots?.every(({ kind, done }) => kind !== 'init' || done) ?? holds(before, 'Initialized');
  const of = (kinds: readonly string[]) =>
    slots?.filter(({ kind }) => kinds.includes(kind)).map((slot) => containerStatusOf(slot, isInitialized));
  const containerStatuses = of(['main']) ?? before.containerStatuses ?? [];
  const initContainerStatuses = of(['init', 'sidecar']) ?? before.initContainerStatuses ?? [];
  const containersReady =
    !isUnknown && isInitialized && [...containerStatuses, ...initContainerStatuses].every(({ ready }) => ready);
  const gates = pod.spec.readinessGates ?? [];
  const isOpen = gates.every(({ conditionType }) =>
    before.conditions?.some(({ type, status }) => type === conditionType && status === 'True'),
  );
  const own = [
    condition(before, now, 'Initialized', isInitialized),
    condition(before, now, 'ContainersReady', containersReady),
    condition(before, now, 'Ready', containersReady && isOpen),
  ];
  const others = (before.conditions ?? []).filter(({ type }) => !own.some((mine) => mine.type === type));
  return {
    phase: containerStatuses.some(({ state }) => state?.running) || before.phase === 'Running' ? 'Running' : 'Pending',
    ...(generation !== undefined && { observedGeneration: generation }),
    conditions: [...others, ...own],
    ...(initContainerStatuses.length > 0 && { initContainerStatuses }),
    containerStatuses,
  };
}

const holds = ({ conditions }: PodStatus, type: string): boolean =>
  conditions?.find((one) => one.type === type)?.status === 'True';

function condition(before: PodStatus, now: string, type: string, holds: boolean): PodCondition {
  const status = holds ? 'True' : 'False';
  const same = before.conditions?.find((one) => one.type === type && one.status === status);
  return { type, status, lastTransitionTime: same?.lastTransitionTime ?? now };
}

function containerStatusOf(
  { name, kind, instance, last, waiting, restarts, done }: Slot,
  isInitialized: boolean,
): ContainerStatus {
  const shown = instance ?? last;
  const running = instance ? { running: { startedAt: new Date(instance.startedAt).toISOString() } } : undefined;
  const isDone = kind === 'init' && done;
  return {
    name,
    image: shown === undefined ? '' : shownName(shown.image),
    imageID: shown?.imageID ?? '',
    ...(shown && { containerID: shown.id }),
    restartCount: restarts,
    ready: instance?.ready ?? isDone,
    ...(instance && { started: true }),
    state: running ?? (isDone ? { terminated: { exitCode: 0 } } : stateWithout(last, waiting, isInitialized)),
    ...(instance && last && { lastState: { terminated: { exitCode: 1, containerID: last.id } } }),
  };
}

/** A container that has just ended is shown as ended; one that is held back waits, with the identity of the one before. */
function stateWithout(
  last: Slot['last'],
  waiting: Waiting | undefined,
  isInitialized: boolean,
): NonNullable<ContainerStatus['state']> {
  if (waiting) return { waiting };
  if (last) return { terminated: { exitCode: 1, containerID: last.id } };
  return { waiting: { reason: isInitialized ? 'ContainerCreating' : 'PodInitializing' } };
}

/** Of several names of one image, the one that sorts first. */
const shownName = (image: string): string => image.replace('-again', '').replace(/@.*/, '');
