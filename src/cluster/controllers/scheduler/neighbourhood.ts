import type { Observed } from '../../../kube/store.js';
import type { Node } from '../../kubelet/node-object.js';
import type { SeenPod } from '../objects.js';

type SeenNode = Observed<Node>;

/** A pod that has its node. */
export interface Neighbour {
  readonly pod: SeenPod;
  readonly node: string;
}

/** What a pod finds around it: nodes, pods that have one, and what these want of others. */
export interface Neighbourhood {
  readonly nodes: ReadonlyMap<string, SeenNode>;
  neighbours(): Iterable<Neighbour>;
  /** Those among them that keep others away. */
  recluses(): Iterable<Neighbour>;
  /** Labels of a namespace. */
  namespaceLabels(name: string): Readonly<Record<string, string>> | undefined;
}
