import type { KubeApi } from '../../kube/api.js';
import type { Clock } from '../../kube/clock.js';
import { isKubeError } from '../../kube/error.js';
import { pods } from '../../kube/resource.js';
import type { Pod } from '../../api/pod.js';
import { isFinal } from './status-patch.js';
import type { PodListener } from './pod-source.js';

export interface BindableNode {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Its kubelet works. */
  readonly isUp: () => boolean;
  readonly mostPods: number;
}

export interface BinderOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly nodes: readonly BindableNode[];
  /** Milliseconds from seeing a pod to binding it, and to trying again. @default 5, 1000 */
  readonly delay?: number;
  readonly retry?: number;
  readonly onError: (error: unknown, doing: string) => void;
}

/**
 * The least of a scheduler, for clusters that have none: each pod goes to the node with the fewest pods that its nodeSelector
 * allows, the first by name of several. It looks at no resources, taints or affinities, and skips pods with schedulingGates.
 */
export class Binder implements PodListener {
  private readonly bound = new Map<string, string>();
  private readonly waiting = new Map<string, Pod>();
  private cancel: (() => void) | undefined;
  private isStopped = false;

  constructor(private readonly options: BinderOptions) {}

  changed(pod: Pod): void {
    const { uid = '', deletionTimestamp } = pod.metadata;
    const { nodeName = '', schedulingGates = [] } = pod.spec;
    this.waiting.delete(uid);
    const isOver = isFinal(pod.status ?? {});
    if (nodeName !== '' && !isOver) this.bound.set(uid, nodeName);
    if (isOver) this.bound.delete(uid);
    if (nodeName !== '' || isOver || schedulingGates.length > 0 || deletionTimestamp !== undefined) return;
    this.waiting.set(uid, pod);
    this.later(this.options.delay ?? 5);
  }

  gone({ metadata: { uid = '' } }: Pod): void {
    this.bound.delete(uid);
    this.waiting.delete(uid);
  }

  synced(): void {
    // Nothing to do: pods are bound as they come.
  }

  stop(): void {
    this.isStopped = true;
    this.cancel?.();
  }

  private later(delay: number): void {
    if (this.cancel !== undefined || this.isStopped) return;
    this.cancel = this.options.clock.after(delay, () => void this.bindAll());
  }

  private async bindAll(): Promise<void> {
    for (const [uid, pod] of [...this.waiting]) {
      const node = this.nodeFor(pod);
      if (node === undefined) continue;
      this.waiting.delete(uid);
      this.bound.set(uid, node.name);
      await this.bind(uid, pod, node.name);
    }
    this.cancel = undefined;
    if (this.waiting.size > 0) this.later(this.options.retry ?? 1000);
  }

  private async bind(uid: string, pod: Pod, node: string): Promise<void> {
    const { name = '', namespace = '' } = pod.metadata;
    const target = { apiVersion: 'v1', kind: 'Node', name: node };
    const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace, uid }, target };
    try {
      await this.options.api.createUnder(pods, { namespace, name }, 'binding', body);
    } catch (error) {
      this.bound.delete(uid);
      if (isKubeError(error, 'notFound', 'conflict')) return;
      this.waiting.set(uid, pod);
      this.options.onError(error, `binding ${namespace}/${name}`);
    }
  }

  private nodeFor({ spec }: Pod): BindableNode | undefined {
    const count = (name: string): number => [...this.bound.values()].filter((one) => one === name).length;
    const wanted = Object.entries(spec.nodeSelector ?? {});
    return this.options.nodes
      .filter(({ labels, isUp }) => isUp() && wanted.every(([key, value]) => labels[key] === value))
      .map((node) => ({ node, pods: count(node.name) }))
      .filter(({ node, pods: held }) => held < node.mostPods)
      .sort((one, other) => one.pods - other.pods || (one.node.name < other.node.name ? -1 : 1))[0]?.node;
  }
}
