import type { Observed } from '../../../kube/store.js';
import type { Node } from '../../kubelet/node-object.js';
import type { Pod, SeenPod } from '../objects.js';
import { isTolerated, matchesNode, type NodeTerm } from './fit.js';

type SeenNode = Observed<Node>;

interface Preferred {
  readonly weight: number;
  readonly preference: NodeTerm;
}

/** The weight of all that a pod prefers of a node and finds there. An empty term is nothing that could be preferred. */
export function nodePreference(pod: SeenPod, node: SeenNode): number {
  const { affinity } = (pod as Pod).spec as {
    readonly affinity?: {
      readonly nodeAffinity?: { readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly Preferred[] };
    };
  };
  const preferred = affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return preferred.reduce((sum, { weight, preference }) => sum + (matchesNode(preference, node) ? weight : 0), 0);
}

/** Taints that would rather not have the pod. */
export function reservations(pod: SeenPod, node: SeenNode): number {
  return (node.spec?.taints ?? []).filter((taint) => taint.effect === 'PreferNoSchedule' && !isTolerated(pod, taint))
    .length;
}
