import type { KubeApi } from '../../kube/api.js';
import type { Clock } from '../../kube/clock.js';
import type { Pod } from '../../api/pod.js';
import { random } from '../random.js';
import { untroubled, type Behaviour, type ContainerAnswer, type ContainerRequest } from './behaviour.js';
import { kubeletHeartbeat, type HeartbeatTimings } from './heartbeat.js';
import { boundlessRegistry, type Registry } from './images.js';
import { ModelNode, type ModelNodeOptions } from './node.js';
import { Oracle } from './oracle.js';
import type { PodSource } from './pod-source.js';
import { labTimings, type KubeletTimings } from './timings.js';

export interface KubeletModelOptions {
  /** The cluster, by the identity that the kubelets have there. */
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly source: PodSource;
  readonly nodes: readonly ModelNodeOptions[];
  /** All that is left to chance follows from it. */
  readonly seed: number;
  /** @default containers that start at once, run on and stop at once */
  readonly behaviour?: Behaviour;
  /** @default every image exists */
  readonly registry?: Registry;
  /** @default as measured in the lab */
  readonly timings?: KubeletTimings;
  /** @default a kubelet's */
  readonly heartbeat?: Partial<HeartbeatTimings>;
  /** The machines were off: what the API says ran on them has ended, and is started again. @default false, they are new */
  readonly boots?: boolean;
  /** What the cluster did not do when it was asked. It is tried again. @default ignored */
  readonly onError?: (error: unknown, doing: string) => void;
}

/**
 * Modelled nodes in a cluster, real or embedded. The cluster sees what it sees of real ones: Nodes, Leases, pod statuses and
 * deletions. Nothing runs; what the containers would do is said by a {@link Behaviour}, what they did is kept by the {@link Oracle}.
 */
export class KubeletModel {
  readonly oracle = new Oracle();
  private readonly nodes: ReadonlyMap<string, ModelNode>;
  /** Which node a pod was bound to when it was last seen. */
  private readonly places = new Map<string, { readonly uid: string; readonly node: string }>();
  private unfollow: () => void = () => undefined;

  constructor(private readonly options: KubeletModelOptions) {
    const { api, clock, seed, nodes, boots = false, onError = () => undefined } = options;
    const { behaviour = untroubled, registry = boundlessRegistry, timings = labTimings } = options;
    const source = random(seed);
    const around = { api, clock, behaviour, registry, timings, oracle: this.oracle, boots, onError };
    const heartbeat = { ...kubeletHeartbeat, ...options.heartbeat };
    this.nodes = new Map(
      nodes.map((node, at) => [
        node.name,
        new ModelNode(node, { ...around, heartbeat, index: at + 1, random: source.fork(node.name) }),
      ]),
    );
  }

  /** Resolves when all nodes are registered. */
  async start(): Promise<void> {
    await Promise.all([...this.nodes.values()].map((node) => node.start()));
    this.unfollow = this.options.source.follow({
      changed: (pod) => this.changed(pod),
      gone: (pod) => this.gone(pod),
      synced: () => {
        for (const node of this.nodes.values()) node.synced();
      },
    });
  }

  /** Ends all activity; the objects of the cluster stay. */
  stop(): void {
    this.unfollow();
    for (const node of this.nodes.values()) node.lose();
  }

  node(name: string): ModelNode {
    const node = this.nodes.get(name);
    if (node === undefined) throw new RangeError(`There is no modelled node "${name}"`);
    return node;
  }

  /** The node that a pod was last seen on. */
  nodeOf({
    namespace = '',
    name = '',
  }: {
    readonly namespace?: string;
    readonly name?: string;
  }): ModelNode | undefined {
    return this.nodes.get(this.places.get(`${namespace}/${name}`)?.node ?? '');
  }

  /** What a container of a pod answers, wherever it runs. */
  answer(pod: Pod, container: string, request: ContainerRequest): ContainerAnswer {
    const node = this.nodes.get(pod.spec.nodeName ?? '');
    return (
      node?.answer(pod.metadata.uid ?? '', container, request) ?? {
        kind: 'refused',
        message: 'the pod has no modelled node',
      }
    );
  }

  /** Whether what the API says of a pod's containers is so: all that it says run do. */
  runs(pod: Pod): boolean {
    return this.nodes.get(pod.spec.nodeName ?? '')?.runs(pod) ?? false;
  }

  private changed(pod: Pod): void {
    const { namespace = '', name = '', uid = '' } = pod.metadata;
    const key = `${namespace}/${name}`;
    const place = this.places.get(key);
    if (place !== undefined && place.uid !== uid) this.nodes.get(place.node)?.gone(place.uid);
    const node = pod.spec.nodeName ?? '';
    if (!this.nodes.has(node)) return;
    this.places.set(key, { uid, node });
    this.nodes.get(node)?.changed(pod);
  }

  private gone(pod: Pod): void {
    const { namespace = '', name = '', uid = '' } = pod.metadata;
    const place = this.places.get(`${namespace}/${name}`);
    if (place?.uid === uid) this.places.delete(`${namespace}/${name}`);
    this.nodes.get(pod.spec.nodeName ?? '')?.gone(uid);
  }
}
