import type { Observed } from '../../../kube/store.js';
import type { Node } from '../../kubelet/node-object.js';
import type { Pod, SeenPod } from '../objects.js';
import { isGoing } from '../owners.js';
import { selects, type LabelSelector } from '../selector.js';
import { isTolerated, isSelected } from './fit.js';
import type { Neighbourhood } from './neighbourhood.js';

type SeenNode = Observed<Node>;

interface Constraint {
  readonly maxSkew: number;
  readonly topologyKey: string;
  readonly whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway';
  readonly labelSelector?: LabelSelector;
  readonly minDomains?: number;
  readonly matchLabelKeys?: readonly string[];
  /** @default Honor */
  readonly nodeAffinityPolicy?: 'Honor' | 'Ignore';
  /** @default Ignore */
  readonly nodeTaintsPolicy?: 'Honor' | 'Ignore';
}

interface Counted {
  readonly constraint: Constraint;
  /** Pods in each domain, those without any included. */
  readonly domains: ReadonlyMap<string, number>;
  readonly least: number;
  /** 1 where the pod itself is one of those that are counted. */
  readonly own: number;
}

const UNEVEN = "node(s) didn't match pod topology spread constraints";

export function constraintsOf(pod: SeenPod): readonly Constraint[] {
  const { topologySpreadConstraints = [] } = (pod as Pod).spec as {
    readonly topologySpreadConstraints?: readonly Constraint[];
  };
  return topologySpreadConstraints;
}

/** How evenly pods like this one are spread, and what another would make of it. Source: the PodTopologySpread plugin of the scheduler. */
export class Spread {
  private readonly hard: readonly Counted[];
  private readonly soft: readonly Counted[];

  constructor(around: Neighbourhood, pod: SeenPod) {
    const counted = (when: Constraint['whenUnsatisfiable']): readonly Counted[] => {
      const constraints = constraintsOf(pod).filter(({ whenUnsatisfiable }) => whenUnsatisfiable === when);
      const keys = constraints.map(({ topologyKey }) => topologyKey);
      return constraints.map((constraint) => count(around, pod, constraint, keys));
    };
    this.hard = counted('DoNotSchedule');
    this.soft = counted('ScheduleAnyway');
  }

  /** In the scheduler's own words; undefined where it is even enough. */
  misfit({ metadata: { labels = {} } }: SeenNode): string | undefined {
    for (const { constraint, domains, least, own } of this.hard) {
      const value = labels[constraint.topologyKey];
      if (value === undefined) return `${UNEVEN} (missing required label)`;
      if ((domains.get(value) ?? 0) + own - least > constraint.maxSkew) return UNEVEN;
    }
    return undefined;
  }

  /** Pods like this one that are in the node's domains already: the fewer the better. */
  crowd({ metadata: { labels = {} } }: SeenNode): number {
    return this.soft.reduce((sum, { constraint: { topologyKey }, domains }) => {
      const value = labels[topologyKey];
      return sum + (value === undefined ? Infinity : (domains.get(value) ?? 0));
    }, 0);
  }
}

function count(around: Neighbourhood, pod: SeenPod, constraint: Constraint, keys: readonly string[]): Counted {
  const { topologyKey, nodeAffinityPolicy = 'Honor', nodeTaintsPolicy = 'Ignore', minDomains = 1 } = constraint;
  const domains = new Map<string, number>();
  const counts = new Set<string>();
  for (const [name, node] of around.nodes) {
    const { labels = {} } = node.metadata;
    const isEligible =
      keys.every((key) => labels[key] !== undefined) &&
      (nodeAffinityPolicy === 'Ignore' || isSelected(pod, node)) &&
      (nodeTaintsPolicy === 'Ignore' || (node.spec?.taints ?? []).every((taint) => isTolerated(pod, taint)));
    if (!isEligible) continue;
    counts.add(name);
    domains.set(labels[topologyKey]!, domains.get(labels[topologyKey]!) ?? 0);
  }
  for (const { pod: other, node } of around.neighbours()) {
    if (!counts.has(node) || isGoing(other) || !isLike(constraint, pod, other)) continue;
    const value = around.nodes.get(node)!.metadata.labels![topologyKey]!;
    domains.set(value, domains.get(value)! + 1);
  }
  const least = domains.size < minDomains ? 0 : Math.min(...domains.values());
  return { constraint, domains, least: Number.isFinite(least) ? least : 0, own: isLike(constraint, pod, pod) ? 1 : 0 };
}

function isLike({ labelSelector, matchLabelKeys = [] }: Constraint, pod: SeenPod, other: SeenPod): boolean {
  if (other.metadata.namespace !== pod.metadata.namespace) return false;
  const [own, its] = [pod.metadata.labels ?? {}, other.metadata.labels ?? {}];
  return selects(labelSelector, its) && matchLabelKeys.every((key) => own[key] === undefined || its[key] === own[key]);
}
