import type { KubeApi } from '../../kube/api.js';
import type { Clock } from '../../kube/clock.js';
import { isKubeError } from '../../kube/error.js';
import type { KubeObject } from '../../kube/objects.js';
import { leases, nodes } from '../../kube/resource.js';
import { nodeObject, nodeStatus, type Node, type NodeShape } from './node-object.js';

/** In the clock's own time, whatever the speed: other programs measure it. */
export interface HeartbeatTimings {
  /** Milliseconds between two renewals of the node's Lease. @default 10000 (kubelet) */
  readonly lease: number;
  /** Milliseconds between two node statuses in which nothing changes. @default 300000 (kubelet) */
  readonly status: number;
  /** Seconds that a Lease says it is good for. @default 40 (kubelet) */
  readonly duration: number;
}

export const kubeletHeartbeat: HeartbeatTimings = { lease: 10_000, status: 300_000, duration: 40 };

export interface HeartbeatOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly shape: NodeShape;
  readonly address: string;
  readonly timings: HeartbeatTimings;
  readonly onError: (error: unknown) => void;
}

const LEASES = 'kube-node-lease';

/** Registers a node and says, from time to time, that it is alive. */
export class Heartbeat {
  private readonly abort = new AbortController();
  private cancel: () => void = () => undefined;
  private statusAt = -Infinity;
  private node: string | undefined;

  constructor(private readonly options: HeartbeatOptions) {}

  /** Resolves when the node is registered and Ready; rejects where it could not be, and tries again at the next beat all the same. */
  async start(): Promise<void> {
    const first = this.beat();
    this.later();
    await first;
  }

  stop(): void {
    this.abort.abort();
    this.cancel();
  }

  private later(): void {
    const { clock, timings, onError } = this.options;
    this.cancel = clock.after(timings.lease, () => {
      this.beat().catch((error: unknown) => {
        if (!this.abort.signal.aborted) onError(error);
      });
      this.later();
    });
  }

  private async beat(): Promise<void> {
    const { clock, timings } = this.options;
    if (clock.monotonic() - this.statusAt >= timings.status) {
      await this.postStatus();
      this.statusAt = clock.monotonic();
    }
    await this.renew();
  }

  private async postStatus(): Promise<void> {
    const { api, clock, shape, address } = this.options;
    const { signal } = this.abort;
    const name = { name: shape.name };
    const known = await api.get<Node>(nodes, name, { signal }).catch((error: unknown) => {
      if (isKubeError(error, 'notFound')) return undefined;
      throw error;
    });
    const registered = known ?? (await api.create<Node>(nodes, nodeObject(shape, address, clock.now()), { signal }));
    this.node = registered.metadata.uid;
    if (known === undefined) return;
    const status = nodeStatus(shape, address, clock.now(), known.status?.conditions ?? []);
    await api.patch(nodes, name, { type: 'strategic', body: { status } }, { subresource: 'status', signal });
  }

  private async renew(): Promise<void> {
    const { api, clock, shape, timings } = this.options;
    const { signal } = this.abort;
    const renewTime = new Date(clock.now()).toISOString().replace('Z', '000Z');
    const spec = { holderIdentity: shape.name, leaseDurationSeconds: timings.duration, renewTime };
    const metadata = {
      name: shape.name,
      namespace: LEASES,
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: shape.name, uid: this.node ?? '' }],
    };
    try {
      await api.patch(leases, metadata, { type: 'merge', body: { spec } }, { signal, urgent: true });
    } catch (error) {
      if (!isKubeError(error, 'notFound')) throw error;
      const lease: KubeObject & { spec: object } = {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata,
        spec,
      };
      await api.create(leases, lease, { signal, urgent: true });
    }
  }
}
