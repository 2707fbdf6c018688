import { conditionOf as podConditionOf, isReady } from '../../../api/pod.js';
import type { Observed, Store } from '../../../kube/store.js';
import { isSame } from '../../json.js';
import { timestamp } from '../../kubelet/container-status.js';
import type { Node, NodeCondition } from '../../kubelet/node-object.js';
import type { Controller, ControllerContext } from '../context.js';
import type { Hand, Place } from '../hand.js';
import { leases, nodes, pods } from '../informed.js';
import { Loop } from '../loop.js';
import { conditionOf, type Lease, type Pod, type SeenPod } from '../objects.js';
import { taintsFor } from './taints.js';

export interface NodeMonitorTimes {
  /** Milliseconds between two looks at all nodes. @default 5000 */
  readonly period: number;
  /** Milliseconds without a heartbeat, after which nobody knows how the node is. @default 50000; 40000 before Kubernetes 1.32 */
  readonly grace: number;
}

export const defaultMonitor: NodeMonitorTimes = { period: 5000, grace: 50_000 };
export const monitorBefore32: NodeMonitorTimes = { ...defaultMonitor, grace: 40_000 };

const LEASES = 'kube-node-lease';
/** What the kubelet says of its node; the condition of the network is somebody else's. */
const REPORTED = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];

interface Heartbeat {
  readonly at: number;
  readonly sign: string;
}

/**
 * Model of the node lifecycle controller: a node whose kubelet is silent becomes Unknown, its pods are not Ready, and taints say what is
 * wrong with it. All nodes are of one zone here, and no rate limits hold the taints back.
 */
export class NodeHealthController implements Controller {
  private readonly nodes: Place & { readonly store: Store<Node> };
  private readonly leases: Store<Lease>;
  private readonly pods: Place & { readonly store: Store<Pod, 'node'> };
  private readonly heartbeats = new Map<string, Heartbeat>();
  /** Nodes whose pods are to be marked, since when they are not Ready. */
  private readonly fallen = new Set<string>();
  private readonly loop: Loop;
  private cancel: () => void = () => undefined;

  constructor(
    private readonly context: ControllerContext,
    private readonly times: NodeMonitorTimes = defaultMonitor,
  ) {
    const { informers } = context;
    this.nodes = { resource: nodes.resource, store: informers.store(nodes) };
    this.leases = informers.store(leases);
    this.pods = { resource: pods.resource, store: informers.store(pods) };
    this.loop = new Loop('node', context, (key, hand) => this.sync(key, hand));
    this.nodes.store.subscribe((event) => {
      const { name } = event.object.metadata;
      if (event.type === 'removed') this.heartbeats.delete(name);
      else {
        const [is, was] = [event.object, event.type === 'changed' ? event.old : undefined].map(readyOf);
        if (was === 'True' && is !== 'True') this.fallen.add(name);
      }
      this.loop.add(name);
    });
  }

  start(): void {
    this.loop.start();
    this.later();
  }

  stop(): Promise<void> {
    this.cancel();
    return this.loop.stop();
  }

  private later(): void {
    this.cancel = this.context.clock.after(this.times.period, () => {
      for (const { metadata } of this.nodes.store.list()) this.loop.add(metadata.name);
      this.later();
    });
  }

  private async sync(name: string, hand: Hand): Promise<void> {
    const seen = this.nodes.store.get(name);
    if (seen === undefined) return;
    const node = await this.judged(seen, hand);
    await this.taint(node, hand);
    if (readyOf(node) === 'True') this.fallen.delete(name);
    if (this.fallen.has(name)) await this.markPods(name, hand);
    this.fallen.delete(name);
  }

  /** The node with conditions that are Unknown where its kubelet was silent for too long. */
  private async judged(node: Observed<Node>, hand: Hand): Promise<Observed<Node>> {
    const { clock } = this.context;
    const { name } = node.metadata;
    const lease = this.leases.get({ namespace: LEASES, name });
    const conditions = node.status?.conditions ?? [];
    const sign = `${lease?.spec?.renewTime} ${conditionOf(conditions, 'Ready')?.lastHeartbeatTime}`;
    const known = this.heartbeats.get(name);
    if (known?.sign !== sign) this.heartbeats.set(name, { sign, at: clock.monotonic() });
    const silence = clock.monotonic() - this.heartbeats.get(name)!.at;
    if (silence <= this.times.grace) return node;
    const at = timestamp(clock.now());
    const judged = REPORTED.map((type): NodeCondition => {
      const was = conditionOf(conditions, type);
      if (was?.status === 'Unknown') return was;
      const why = was
        ? { reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' }
        : { reason: 'NodeStatusNeverUpdated', message: 'Kubelet never posted node status.' };
      return { ...was, type, status: 'Unknown', ...why, lastTransitionTime: at };
    });
    const others = conditions.filter(({ type }) => !REPORTED.includes(type));
    if (isSame([...others, ...judged], [...others, ...conditions.filter(({ type }) => REPORTED.includes(type))]))
      return node;
    const status = { ...node.status, conditions: [...judged, ...others] };
    if (readyOf(node) === 'True') this.fallen.add(name);
    return hand.updateStatus<Node>(this.nodes, { ...(node as Node), status });
  }

  private async taint(node: Observed<Node>, hand: Hand): Promise<void> {
    const now = timestamp(this.context.clock.now());
    const taints = taintsFor(node, now);
    if (isSame(taints, node.spec?.taints ?? [])) return;
    const { resourceVersion } = node.metadata;
    const body = { metadata: { resourceVersion }, spec: { taints: taints.length === 0 ? null : taints } };
    await hand.patch(this.nodes, node, { type: 'merge', body });
  }

  /** The kubelet cannot say it. */
  private async markPods(name: string, hand: Hand): Promise<void> {
    const { tell } = this.context;
    const node = this.nodes.store.get(name);
    if (node) tell({ regarding: node, reason: 'NodeNotReady', note: `Node ${name} status is now: NodeNotReady` });
    for (const pod of this.pods.store.byIndex('node', name)) {
      if (!isReady(pod)) continue;
      await this.markPod(pod, hand);
      tell({ regarding: pod, type: 'Warning', reason: 'NodeNotReady', note: 'Node is not ready' });
    }
  }

  private async markPod(pod: SeenPod, hand: Hand): Promise<void> {
    const was = podConditionOf(pod.status, 'Ready');
    const lastTransitionTime = timestamp(this.context.clock.now());
    const condition = { ...was, type: 'Ready', status: 'False', lastTransitionTime };
    const body = { metadata: { uid: pod.metadata.uid }, status: { conditions: [condition] } };
    await hand.patchIfThere(this.pods, pod, { type: 'strategic', body }, 'status');
  }
}

function readyOf(node: Observed<Node> | undefined): NodeCondition['status'] | undefined {
  return conditionOf(node?.status?.conditions, 'Ready')?.status;
}
