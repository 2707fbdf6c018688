import type { Node, NodeCondition, Taint } from '../../kubelet/node-object.js';

export interface Toleration {
  readonly key?: string;
  /** @default Equal */
  readonly operator?: 'Equal' | 'Exists';
  readonly value?: string;
  /** @default all */
  readonly effect?: string;
  /** Of NoExecute: for how long. @default for ever */
  readonly tolerationSeconds?: number;
}

const NOT_READY = 'node.kubernetes.io/not-ready';
const UNREACHABLE = 'node.kubernetes.io/unreachable';
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';

/** Which taint a condition of a node stands for, and at which status. */
const OF_CONDITIONS: Readonly<Record<string, Readonly<Partial<Record<NodeCondition['status'], string>>>>> = {
  Ready: { False: NOT_READY, Unknown: UNREACHABLE },
  MemoryPressure: { True: 'node.kubernetes.io/memory-pressure' },
  DiskPressure: { True: 'node.kubernetes.io/disk-pressure' },
  PIDPressure: { True: 'node.kubernetes.io/pid-pressure' },
  NetworkUnavailable: { True: 'node.kubernetes.io/network-unavailable' },
};

const MANAGED = new Set([UNSCHEDULABLE, ...Object.values(OF_CONDITIONS).flatMap((keys) => Object.values(keys))]);

type Tainted = Pick<Node, 'spec' | 'status'>;
type TimedTaint = Taint & { readonly timeAdded?: string };

/**
 * The taints that a node should have: those of its conditions, which keep new pods away, those of a node that is not ready or unreachable,
 * which send pods away, and all others as they are. `now` is written on taints that send pods away.
 */
export function taintsFor({ spec, status }: Tainted, now: string): readonly TimedTaint[] {
  const wanted: TimedTaint[] = [];
  for (const { type, status: is } of status?.conditions ?? []) {
    const key = OF_CONDITIONS[type]?.[is];
    if (key === undefined) continue;
    wanted.push({ key, effect: 'NoSchedule' });
    if (type === 'Ready') wanted.push({ key, effect: 'NoExecute', timeAdded: now });
  }
  if (spec?.unschedulable === true) wanted.push({ key: UNSCHEDULABLE, effect: 'NoSchedule', timeAdded: now });
  const taints: readonly TimedTaint[] = spec?.taints ?? [];
  const isWanted = (taint: Taint): boolean => wanted.some((one) => isSameTaint(one, taint));
  // A node that says nothing of its health yet keeps what it was created with.
  const knows = status?.conditions?.some(({ type }) => type === 'Ready') === true;
  const isManaged = ({ key, effect }: Taint): boolean => knows && MANAGED.has(key) && effect !== 'PreferNoSchedule';
  const kept = taints.filter((taint) => !isManaged(taint) || isWanted(taint));
  return [...kept, ...wanted.filter((one) => !kept.some((taint) => isSameTaint(taint, one)))];
}

function isSameTaint(one: Taint, other: Taint): boolean {
  return one.key === other.key && one.effect === other.effect;
}

export function tolerates(toleration: Toleration, taint: Taint): boolean {
  const { key = '', operator = 'Equal', value = '', effect = '' } = toleration;
  if (effect !== '' && effect !== taint.effect) return false;
  if (key !== '' && key !== taint.key) return false;
  return operator === 'Exists' || (key !== '' && value === (taint.value ?? ''));
}

/**
 * For how many seconds a pod may stay under these taints, of which only those that send pods away count: Infinity for ever, 0 where one is
 * not tolerated at all.
 */
export function toleratedFor(tolerations: readonly Toleration[], taints: readonly Taint[]): number {
  let shortest = Infinity;
  for (const taint of taints) {
    if (taint.effect !== 'NoExecute') continue;
    const matching = tolerations.filter((toleration) => tolerates(toleration, taint));
    if (matching.length === 0) return 0;
    for (const { tolerationSeconds = Infinity } of matching)
      shortest = Math.min(shortest, Math.max(0, tolerationSeconds));
  }
  return shortest;
}
