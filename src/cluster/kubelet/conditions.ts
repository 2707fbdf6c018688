import {
  conditionOf,
  isSidecar,
  type ContainerStatus,
  type Pod,
  type PodCondition,
  type PodPhase,
} from '../../api/pod.js';

// The conditions that a kubelet writes. Source: status/generate.go of the kubelet.

const OWNED = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'];

/** Whether the kubelet writes this condition: all others are somebody else's, readiness gates among them. */
export function isOwned({ type }: PodCondition): boolean {
  return OWNED.includes(type);
}

type Verdict = Omit<PodCondition, 'type'>;

/** Without the times, which {@link withTransitions} adds. */
export function ownedConditions(
  pod: Pod,
  statuses: readonly ContainerStatus[],
  phase: PodPhase,
  gates: readonly PodCondition[],
  hasSandbox: boolean,
): PodCondition[] {
  return [
    { type: 'PodReadyToStartContainers', status: hasSandbox ? 'True' : 'False' },
    { type: 'Initialized', ...initialized(pod, statuses, phase) },
    { type: 'Ready', ...ready(pod, statuses, phase, gates) },
    { type: 'ContainersReady', ...containersReady(pod, statuses, phase) },
    { type: 'PodScheduled', status: 'True' },
  ];
}

/** Ready: all containers are, and so is every readiness gate of the spec. */
export function ready(
  pod: Pod,
  statuses: readonly ContainerStatus[],
  phase: PodPhase,
  gates: readonly PodCondition[],
): Verdict {
  const containers = containersReady(pod, statuses, phase);
  if (containers.status !== 'True') return containers;
  const closed = (pod.spec.readinessGates ?? []).flatMap(({ conditionType }) => {
    const gate = gates.find(({ type }) => type === conditionType);
    if (gate === undefined) return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`];
    if (gate.status === 'True') return [];
    return [`the status of pod readiness gate "${conditionType}" is not "True", but ${gate.status}`];
  });
  if (closed.length === 0) return { status: 'True' };
  return { status: 'False', reason: 'ReadinessGatesNotReady', message: closed.join(', ') };
}

export function containersReady(pod: Pod, statuses: readonly ContainerStatus[], phase: PodPhase): Verdict {
  const containers = [...(pod.spec.initContainers ?? []).filter(isSidecar), ...pod.spec.containers];
  const found = containers.map(({ name }) => ({ name, status: statuses.find((status) => status.name === name) }));
  const unknown = found.filter(({ status }) => status === undefined).map(({ name }) => name);
  const unready = found.filter(({ status }) => status?.ready === false).map(({ name }) => name);
  if (phase === 'Failed') return { status: 'False', reason: 'PodFailed' };
  if (phase === 'Succeeded' && unknown.length === 0) return { status: 'False', reason: 'PodCompleted' };
  return unless('ContainersNotReady', [
    ['containers with unknown status', unknown],
    ['containers with unready status', unready],
  ]);
}

function initialized(pod: Pod, statuses: readonly ContainerStatus[], phase: PodPhase): Verdict {
  const unknown: string[] = [];
  const incomplete: string[] = [];
  for (const container of pod.spec.initContainers ?? []) {
    const status = statuses.find(({ name }) => name === container.name);
    if (status === undefined) unknown.push(container.name);
    else if (isSidecar(container) ? status.started !== true : !status.ready) incomplete.push(container.name);
  }
  if (phase === 'Succeeded' && unknown.length === 0) return { status: 'True', reason: 'PodCompleted' };
  const hasStarted = pod.spec.containers.some(({ name }) => {
    const state = statuses.find((status) => status.name === name)?.state;
    return state?.running !== undefined || state?.terminated !== undefined;
  });
  if (hasStarted) return { status: 'True' };
  return unless('ContainersNotInitialized', [
    ['containers with unknown status', unknown],
    ['containers with incomplete status', incomplete],
  ]);
}

function unless(reason: string, groups: readonly (readonly [string, readonly string[]])[]): Verdict {
  const messages = groups
    .filter(([, names]) => names.length > 0)
    .map(([what, names]) => `${what}: [${names.join(' ')}]`);
  return messages.length === 0 ? { status: 'True' } : { status: 'False', reason, message: messages.join(', ') };
}

/** Whether the Ready that the API holds is not the one that follows from the gates it holds. */
export function isReadyStale(pod: Pod): boolean {
  const { status } = pod;
  const current = conditionOf(status, 'Ready');
  if ((pod.spec.readinessGates ?? []).length === 0 || status === undefined || current === undefined) return false;
  const statuses = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  const right = ready(pod, statuses, status.phase ?? 'Pending', status.conditions ?? []);
  return right.status !== current.status || (right.message ?? '') !== (current.message ?? '');
}

/** Each condition keeps the time of its last change of status. */
export function withTransitions(
  conditions: readonly PodCondition[],
  previous: readonly PodCondition[],
  now: string,
): PodCondition[] {
  return conditions.map((condition) => {
    if (!isOwned(condition) && condition.type !== 'DisruptionTarget') return condition;
    const before = previous.find(({ type }) => type === condition.type);
    const lastTransitionTime = before?.status === condition.status ? before.lastTransitionTime : undefined;
    return { ...condition, lastTransitionTime: lastTransitionTime ?? now };
  });
}
