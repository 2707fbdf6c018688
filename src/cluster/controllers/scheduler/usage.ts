import type { Store } from '../../../kube/store.js';
import type { Pod, SeenPod } from '../objects.js';
import { controllerOf } from '../owners.js';
import { isOver } from '../pod-state.js';
import { termsOf } from './affinity-term.js';
import type { Neighbour } from './neighbourhood.js';
import { requestsOf, sum, type Amounts } from './requests.js';

interface Placed {
  pod: SeenPod;
  readonly node: string;
  readonly requests: Amounts;
  readonly owner: string | undefined;
}

interface Load {
  amounts: Amounts;
  /** Pods by their controller's UID. */
  readonly owners: Map<string, number>;
}

/** What the pods of each node take, kept up to date; with those that were just given a node and do not show it yet. */
export class Usage {
  private readonly placed = new Map<string, Placed>();
  /** Those who keep others away, by UID. */
  private readonly apart = new Map<string, Placed>();
  private readonly loads = new Map<string, Load>();

  constructor(pods: Store<Pod>) {
    pods.subscribe(({ type, object }) => {
      const node = object.spec.nodeName;
      if (type === 'removed' || isOver(object)) this.remove(object.metadata.uid);
      else if (node !== undefined) this.put(object, node);
    });
  }

  put(pod: SeenPod, node: string): void {
    const { uid } = pod.metadata;
    const known = this.placed.get(uid);
    if (known?.node === node) {
      known.pod = pod;
      return;
    }
    this.remove(uid);
    const one: Placed = { pod, node, requests: requestsOf(pod), owner: controllerOf(pod)?.uid };
    this.placed.set(uid, one);
    if (termsOf(pod, 'podAntiAffinity').required.length > 0) this.apart.set(uid, one);
    const load = this.loads.get(node) ?? { amounts: {}, owners: new Map<string, number>() };
    this.loads.set(node, load);
    load.amounts = sum(load.amounts, one.requests);
    if (one.owner !== undefined) load.owners.set(one.owner, (load.owners.get(one.owner) ?? 0) + 1);
  }

  remove(uid: string): void {
    const one = this.placed.get(uid);
    if (one === undefined) return;
    this.placed.delete(uid);
    this.apart.delete(uid);
    const load = this.loads.get(one.node)!;
    const negative = Object.fromEntries(Object.entries(one.requests).map(([resource, amount]) => [resource, -amount]));
    load.amounts = sum(load.amounts, negative);
    if (one.owner !== undefined) load.owners.set(one.owner, (load.owners.get(one.owner) ?? 0) - 1);
  }

  /** All pods that have a node. */
  neighbours(): Iterable<Neighbour> {
    return this.placed.values();
  }

  /** Those of them that keep others away. */
  recluses(): Iterable<Neighbour> {
    return this.apart.values();
  }

  of(node: string): Amounts {
    return this.loads.get(node)?.amounts ?? {};
  }

  /** How many pods of one controller are there. */
  ofOwner(node: string, owner: string | undefined): number {
    return owner === undefined ? 0 : (this.loads.get(node)?.owners.get(owner) ?? 0);
  }
}
