import { keyOf } from '../../../kube/objects.js';
import type { Store } from '../../../kube/store.js';
import type { ComeBack } from '../../../kube/work-queue.js';
import { timestamp } from '../../kubelet/container-status.js';
import type { Node, Taint } from '../../kubelet/node-object.js';
import type { Controller, ControllerContext } from '../context.js';
import type { Hand, Place } from '../hand.js';
import { nodes, pods } from '../informed.js';
import { Loop } from '../loop.js';
import type { Pod, SeenPod } from '../objects.js';
import { isGoing } from '../owners.js';
import { toleratedFor, type Toleration } from './taints.js';

/** Model of the taint eviction controller: pods leave a node with NoExecute taints, as late as they tolerate. It asks no budget. */
export class TaintEvictionController implements Controller {
  private readonly pods: Place & { readonly store: Store<Pod, 'node'> };
  private readonly nodes: Store<Node>;
  /** By UID: since when a pod is under such taints. Monotonic. */
  private readonly since = new Map<string, number>();
  private readonly loop: Loop;

  constructor(private readonly context: ControllerContext) {
    const { informers } = context;
    this.pods = { resource: pods.resource, store: informers.store(pods) };
    this.nodes = informers.store(nodes);
    this.loop = new Loop('taint eviction', context, (key, hand) => this.sync(key, hand), 8);
    this.pods.store.subscribe(({ type, object }) => {
      if (type === 'removed') this.since.delete(object.metadata.uid);
      else this.look(object);
    });
    this.nodes.subscribe(({ object }) => {
      for (const pod of this.pods.store.byIndex('node', object.metadata.name)) this.look(pod);
    });
  }

  start(): void {
    this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  private look(pod: SeenPod): void {
    const { uid } = pod.metadata;
    const tolerated = this.toleratedFor(pod);
    if (tolerated === Infinity || isGoing(pod)) {
      this.since.delete(uid);
      return;
    }
    if (!this.since.has(uid)) this.since.set(uid, this.context.clock.monotonic());
    this.loop.add(keyOf(pod as Pod));
  }

  /** Seconds. */
  private toleratedFor({ spec }: SeenPod): number {
    const taints: readonly Taint[] = this.nodes.get(spec.nodeName ?? '')?.spec?.taints ?? [];
    return toleratedFor((spec['tolerations'] ?? []) as readonly Toleration[], taints);
  }

  private async sync(key: string, hand: Hand): Promise<ComeBack | undefined> {
    const { clock, tell } = this.context;
    const pod = this.pods.store.get(key);
    const since = pod && this.since.get(pod.metadata.uid);
    if (pod === undefined || since === undefined || isGoing(pod)) return undefined;
    const left = since + this.toleratedFor(pod) * 1000 - clock.monotonic();
    if (left > 0) return left === Infinity ? undefined : { after: left };
    tell({ regarding: pod, reason: 'TaintManagerEviction', note: `Marking for deletion Pod ${key}` });
    await this.markTarget(pod, hand);
    await hand.delete(this.pods, pod);
    return undefined;
  }

  private async markTarget(pod: SeenPod, hand: Hand): Promise<void> {
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'DeletionByTaintManager',
      message: 'Taint manager: deleting due to NoExecute taint',
      lastTransitionTime: timestamp(this.context.clock.now()),
    };
    const body = { metadata: { uid: pod.metadata.uid }, status: { conditions: [condition] } };
    await hand.patchIfThere(this.pods, pod, { type: 'strategic', body }, 'status');
  }
}
