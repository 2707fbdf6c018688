import type { Observed } from '../../../kube/store.js';
import type { Node } from '../../kubelet/node-object.js';
import { tolerates, type Toleration } from '../node/taints.js';
import type { Pod, SeenPod } from '../objects.js';
import { hasAll, holds } from '../selector.js';
import { parsed, type Amounts } from './requests.js';

interface Expression {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

export interface NodeTerm {
  readonly matchExpressions?: readonly Expression[];
  /** Of `metadata.name` only. */
  readonly matchFields?: readonly Expression[];
}

type SeenNode = Observed<Node>;

/** Why a pod does not fit onto a node, in the scheduler's own words; undefined where it does. */
export function misfit(pod: SeenPod, node: SeenNode, requests: Amounts, used: Amounts): string | undefined {
  const cordon = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' as const };
  if (node.spec?.unschedulable === true && !isTolerated(pod, cordon)) return 'node(s) were unschedulable';
  const taint = node.spec?.taints?.find((one) => one.effect !== 'PreferNoSchedule' && !isTolerated(pod, one));
  if (taint) return `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`;
  if (!isSelected(pod, node)) return "node(s) didn't match Pod's node affinity/selector";
  return shortage(node, requests, used);
}

type Taint = NonNullable<NonNullable<Node['spec']>['taints']>[number];

export function isTolerated(pod: SeenPod, taint: Taint): boolean {
  const { tolerations = [] } = (pod as Pod).spec as { readonly tolerations?: readonly Toleration[] };
  return tolerations.some((toleration) => tolerates(toleration, taint));
}

/** Whether the pod's node selector and required node affinity are met. */
export function isSelected(pod: SeenPod, node: SeenNode): boolean {
  const { nodeSelector, affinity } = (pod as Pod).spec as Pod['spec'] & {
    readonly affinity?: {
      readonly nodeAffinity?: {
        readonly requiredDuringSchedulingIgnoredDuringExecution?: { readonly nodeSelectorTerms: readonly NodeTerm[] };
      };
    };
  };
  const { labels } = node.metadata;
  if (!hasAll(nodeSelector, labels)) return false;
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return terms === undefined || terms.some((term) => matchesNode(term, node));
}

/** One term of a node affinity: all of it; an empty one matches nothing. */
export function matchesNode({ matchExpressions = [], matchFields = [] }: NodeTerm, { metadata }: SeenNode): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false;
  const fields = { 'metadata.name': metadata.name };
  return matchExpressions.every((one) => holds(one, metadata.labels)) && matchFields.every((one) => holds(one, fields));
}

function shortage(node: SeenNode, requests: Amounts, used: Amounts): string | undefined {
  const { allocatable, capacity } = (node.status ?? {}) as Record<string, Record<string, string> | undefined>;
  const has = parsed(allocatable ?? capacity);
  for (const [resource, amount] of Object.entries(requests)) {
    if (amount === 0 || (used[resource] ?? 0) + amount <= (has[resource] ?? 0) + 1e-9) continue;
    return resource === 'pods' ? 'Too many pods' : `Insufficient ${resource}`;
  }
  return undefined;
}

/** `0/2 nodes are available: 1 Too many pods, 1 node(s) were unschedulable.` */
export function noneOf(reasons: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const told = Array.from(counts, ([reason, count]) => `${count} ${reason}`).sort();
  if (told.length === 0) return 'no nodes available to schedule pods';
  return `0/${reasons.length} nodes are available: ${told.join(', ')}.`;
}
