import { isReady, isSidecar } from '../../../api/pod.js';
import type { SeenPod } from '../objects.js';
import { isActive, readySince } from '../pod-state.js';

const COST = 'controller.kubernetes.io/pod-deletion-cost';
const PHASES: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/** By which a pod is to go before others; the less the sooner. */
type Rule = (one: SeenPod, other: SeenPod) => number;

/**
 * The pods that a ReplicaSet deletes when it has too many: unscheduled, Pending, not Ready, cheap, crowded, young, restarted. `crowd`: how
 * many pods of the same owner are on a node. Ages are compared by the power of two of their nanoseconds; those of one power
 * go by their UIDs, which leaves it to chance. Source: ActivePodsWithRanks of Kubernetes.
 */
export function victimsOf(
  pods: readonly SeenPod[],
  count: number,
  crowd: (node: string) => number,
  now: number,
): readonly SeenPod[] {
  if (count >= pods.length) return pods;
  const nodeOf = ({ spec }: SeenPod): string => spec.nodeName ?? '';
  const rules: readonly Rule[] = [
    by((pod) => (nodeOf(pod) === '' ? 0 : 1)),
    by(({ status }) => PHASES[status?.phase ?? ''] ?? 0),
    by((pod) => (isReady(pod) ? 1 : 0)),
    by(costOf),
    by((pod) => -crowd(nodeOf(pod))),
    youngerFirst((pod) => readySince(pod), now),
    by((pod) => -mostRestarts(pod, false)),
    by((pod) => -mostRestarts(pod, true)),
    youngerFirst(({ metadata }) => Date.parse(metadata.creationTimestamp ?? ''), now),
  ];
  const compare: Rule = (one, other) => {
    for (const rule of rules) {
      const order = rule(one, other);
      if (order !== 0) return order;
    }
    return 0;
  };
  return [...pods].sort(compare).slice(0, Math.max(0, count));
}

/** How many active pods there are on each node. */
export function crowds(related: readonly SeenPod[]): (node: string) => number {
  const counts = new Map<string, number>();
  for (const pod of related) {
    if (!isActive(pod)) continue;
    const node = pod.spec.nodeName ?? '';
    counts.set(node, (counts.get(node) ?? 0) + 1);
  }
  return (node) => counts.get(node) ?? 0;
}

export function costOf({ metadata }: SeenPod): number {
  const cost = Number(metadata.annotations?.[COST] ?? '0');
  return Number.isInteger(cost) ? cost : 0;
}

function by(value: (pod: SeenPod) => number): Rule {
  return (one, other) => value(one) - value(other);
}

/** Of those that both have a time. */
function youngerFirst(timeOf: (pod: SeenPod) => number | undefined, now: number): Rule {
  const power = (time: number): number => (now > time ? Math.floor(Math.log2((now - time) * 1e6)) : -1);
  return (one, other) => {
    const [left, right] = [timeOf(one), timeOf(other)];
    if (left === undefined || right === undefined || left === right) return 0;
    return power(left) - power(right) || (one.metadata.uid < other.metadata.uid ? -1 : 1);
  };
}

function mostRestarts({ spec, status }: SeenPod, ofSidecars: boolean): number {
  const sidecars = new Set((spec.initContainers ?? []).filter(isSidecar).map(({ name }) => name));
  const statuses = ofSidecars
    ? (status?.initContainerStatuses ?? []).filter(({ name }) => sidecars.has(name))
    : (status?.containerStatuses ?? []);
  return Math.max(0, ...statuses.map(({ restartCount }) => restartCount));
}
