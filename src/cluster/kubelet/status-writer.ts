import type { KubeApi } from '../../kube/api.js';
import type { Clock } from '../../kube/clock.js';
import { isKubeError } from '../../kube/error.js';
import { pods } from '../../kube/resource.js';
import type { Pod } from '../../api/pod.js';
import { between, type Random } from '../random.js';
import type { CachedStatus } from './status-cache.js';
import { isFinal, mergeStatus, statusPatch } from './status-patch.js';
import type { KubeletTimings } from './timings.js';

export interface StatusWriterOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly random: Random;
  readonly timings: KubeletTimings;
  readonly statusOf: (uid: string) => CachedStatus | undefined;
  readonly mayRun: (uid: string) => boolean;
  /** It could not be sent. */
  readonly onFailure: (uid: string, error: unknown) => void;
}

/**
 * Sends the statuses of one node, one after the other: reads the pod, patches what differs, and deletes a pod that was to be deleted
 * and has ended. Source: syncPod of the kubelet's status manager.
 */
export class StatusWriter {
  private readonly scheduled = new Map<string, () => void>();
  private readonly queue: { readonly uid: string; readonly namespace: string; readonly name: string }[] = [];
  private readonly abort = new AbortController();
  private isSending = false;
  private tokens: number;
  private filledAt: number;

  constructor(private readonly options: StatusWriterOptions) {
    this.tokens = 2 * options.timings.requests;
    this.filledAt = options.clock.monotonic();
  }

  /** Soon; once, however often it is asked for until then. */
  send(uid: string, { namespace = '', name = '' }: Pod['metadata']): void {
    if (this.scheduled.has(uid)) return;
    const { clock, random, timings } = this.options;
    const cancel = clock.after(between(random, timings.report), () => {
      this.scheduled.delete(uid);
      this.queue.push({ uid, namespace, name });
      void this.sendAll();
    });
    this.scheduled.set(uid, cancel);
  }

  stop(): void {
    this.abort.abort();
    this.queue.length = 0;
    for (const cancel of this.scheduled.values()) cancel();
  }

  private async sendAll(): Promise<void> {
    if (this.isSending) return;
    this.isSending = true;
    for (let next = this.queue.shift(); next !== undefined; next = this.queue.shift()) {
      const { uid } = next;
      try {
        await this.sendOne(uid, next);
      } catch (error) {
        if (!this.abort.signal.aborted) this.options.onFailure(uid, error);
      }
    }
    this.isSending = false;
  }

  private async sendOne(uid: string, name: { namespace: string; name: string }): Promise<void> {
    const { api, statusOf, mayRun } = this.options;
    const { signal } = this.abort;
    await this.turn(2);
    const cached = statusOf(uid);
    if (cached === undefined || signal.aborted) return;
    try {
      let pod = await api.get<Pod>(pods, name, { signal });
      if (pod.metadata.uid !== uid) return;
      const { status: stored = {} } = pod;
      const patch = statusPatch(uid, stored, mergeStatus(stored, cached.status, mayRun(uid)));
      if (patch !== undefined) {
        pod = await api.patch<Pod>(pods, name, { type: 'strategic', body: patch }, { subresource: 'status', signal });
      }
      const isOver = cached.isFinished && isFinal(pod.status ?? {});
      if (pod.metadata.deletionTimestamp === undefined || !isOver) return;
      await this.turn(1);
      await api.delete(pods, name, { uid, gracePeriodSeconds: 0, signal });
    } catch (error) {
      // Gone, or another pod of that name by now: there is nothing left to say.
      if (!isKubeError(error, 'notFound')) throw error;
    }
  }

  /** Waits until so many requests may be sent. */
  private async turn(requests: number): Promise<void> {
    const { clock, timings } = this.options;
    for (;;) {
      const now = clock.monotonic();
      const filled = this.tokens + ((now - this.filledAt) / 1000) * timings.requests;
      this.tokens = Math.min(2 * timings.requests, filled);
      this.filledAt = now;
      if (this.tokens >= requests || this.abort.signal.aborted) break;
      const wait = ((requests - this.tokens) / timings.requests) * 1000;
      await new Promise<void>((resolve) => clock.after(Math.max(1, wait), resolve));
    }
    this.tokens -= requests;
  }
}
