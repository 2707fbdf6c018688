import { isKubeError } from '../../../kube/error.js';
import { keyOf } from '../../../kube/objects.js';
import type { Store } from '../../../kube/store.js';
import type { ComeBack } from '../../../kube/work-queue.js';
import type { Node } from '../../kubelet/node-object.js';
import type { Controller, ControllerContext } from '../context.js';
import type { Hand, Place } from '../hand.js';
import { nodes, pods } from '../informed.js';
import { Loop } from '../loop.js';
import { conditionOf, type Pod, type SeenPod } from '../objects.js';
import { isGoing } from '../owners.js';
import { isOver } from '../pod-state.js';

/** Milliseconds for which a Node may be missing, as Kubernetes' own. */
const QUARANTINE = 40_000;
const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';

/** Model of the pod garbage collector, as far as nodes go: pods of a Node that is gone, or out of service, are deleted by force. */
export class PodCollector implements Controller {
  private readonly pods: Place & { readonly store: Store<Pod, 'node'> };
  private readonly nodes: Store<Node>;
  /** Since when a Node of pods is missing. Monotonic. */
  private readonly missing = new Map<string, number>();
  private readonly loop: Loop;

  constructor(private readonly context: ControllerContext) {
    const { informers } = context;
    this.pods = { resource: pods.resource, store: informers.store(pods) };
    this.nodes = informers.store(nodes);
    this.loop = new Loop('pod garbage collector', context, (key, hand) => this.sync(key, hand));
    this.pods.store.subscribe(({ type, object }) => {
      if (type !== 'removed') this.loop.add(keyOf(object as Pod));
    });
    this.nodes.subscribe(({ type, object: { metadata } }) => {
      if (type === 'removed') this.missing.set(metadata.name, this.context.clock.monotonic());
      else this.missing.delete(metadata.name);
      for (const pod of this.pods.store.byIndex('node', metadata.name)) this.loop.add(keyOf(pod as Pod));
    });
  }

  start(): void {
    this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  private async sync(key: string, hand: Hand): Promise<ComeBack | undefined> {
    const pod = this.pods.store.get(key);
    if (pod === undefined) return undefined;
    const { nodeName = '' } = pod.spec;
    const node = this.nodes.get(nodeName);
    if (nodeName === '') {
      if (isGoing(pod)) await this.remove(pod, hand);
      return undefined;
    }
    if (node === undefined) {
      const now = this.context.clock.monotonic();
      const since = this.missing.get(nodeName) ?? now;
      this.missing.set(nodeName, since);
      const left = since + QUARANTINE - now;
      if (left > 0) return { after: left };
      if (!(await this.isThere(nodeName, hand))) await this.remove(pod, hand);
      return undefined;
    }
    const isOut = node.spec?.taints?.some((taint) => taint.key === OUT_OF_SERVICE) === true;
    const isReady = conditionOf(node.status?.conditions, 'Ready')?.status === 'True';
    if (isOut && !isReady && isGoing(pod)) await this.remove(pod, hand);
    return undefined;
  }

  private async isThere(name: string, hand: Hand): Promise<boolean> {
    return hand.api.get(nodes.resource, { name }).then(
      () => true,
      (error: unknown) => {
        if (isKubeError(error, 'notFound')) return false;
        throw error;
      },
    );
  }

  private async remove(pod: SeenPod, hand: Hand): Promise<void> {
    if (!isOver(pod)) {
      const body = { metadata: { uid: pod.metadata.uid }, status: { phase: 'Failed' } };
      await hand.patchIfThere(this.pods, pod, { type: 'strategic', body }, 'status');
    }
    await hand.delete(this.pods, pod, { gracePeriodSeconds: 0 });
  }
}
