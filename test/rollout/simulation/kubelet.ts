import type { Random } from '../../../src/cluster/random.js';
import type { VirtualClock } from '../../../src/cluster/virtual-clock.js';
import type { Pod } from '../../../src/api/pod.js';
import type { ApiServer } from './api-server.js';
import type { Change } from './objects.js';
import { PodRuntime } from './pod-runtime.js';
import { isLeaving } from './stateful-set-controller.js';

export interface KubeletOptions {
  /** From Kubernetes 1.34 on kubelets say which generation they have acted on. */
  readonly reportsGeneration: boolean;
}

/** What the kubelets of all nodes do with pods, with the delays of research/inplace-lab.md D. Placing a pod is theirs as well. */
export class Kubelets {
  /** How many containers were started, by pod and name of the container. */
  readonly starts = new Map<string, number>();
  private readonly runtimes = new Map<string, PodRuntime>();
  private readonly lost = new Set<string>();

  constructor(
    private readonly api: ApiServer,
    private readonly clock: VirtualClock,
    private readonly random: Random,
    private readonly options: KubeletOptions,
    private readonly told: (line: string) => void,
  ) {
    api.watch((change) => this.observe(change));
  }

  runtimeOf(uid: string): PodRuntime | undefined {
    return this.runtimes.get(uid);
  }

  isLost(node: string | undefined): boolean {
    return node !== undefined && this.lost.has(node);
  }

  /** The node stops answering: what runs on it goes on, and nobody hears of it. */
  loseNode(node: string): void {
    this.lost.add(node);
    this.clock.after(40_000, () => {
      if (this.lost.has(node)) for (const pod of this.podsOn(node)) this.runtimes.get(pod.metadata.uid!)?.markUnknown();
    });
  }

  findNode(node: string): void {
    this.lost.delete(node);
    for (const pod of this.podsOn(node)) this.runtimes.get(pod.metadata.uid!)?.wake();
  }

  private podsOn(node: string): Pod[] {
    return [...this.api.pods.values()].filter(({ spec }) => spec.nodeName === node);
  }

  private observe({ stream, object }: Change): void {
    if (stream !== 'pods' || object === undefined) return;
    const pod = object as Pod;
    const uid = pod.metadata.uid!;
    if (pod.spec.nodeName === undefined) {
      if (isLeaving(pod)) this.later([5, 50], () => this.api.removePod(pod.metadata.name!));
      else if (pod.metadata.generation === 1) this.later([10, 100], () => this.place(pod.metadata.name!, uid));
      return;
    }
    const known = this.runtimes.get(uid);
    if (known) {
      // Mostly at once; now and then in its next round.
      this.later(this.random() < 0.8 ? [5, 40] : [200, 1000], () => known.see());
      return;
    }
    const runtime = new PodRuntime(pod, {
      api: this.api,
      clock: this.clock,
      random: this.random.fork(uid),
      reportsGeneration: this.options.reportsGeneration,
      isLost: () => this.isLost(pod.spec.nodeName),
      onStart: (container) => {
        const key = `${pod.metadata.name}/${container}`;
        this.starts.set(key, (this.starts.get(key) ?? 0) + 1);
      },
      told: this.told,
    });
    this.runtimes.set(uid, runtime);
    this.later([5, 300], () => runtime.see());
  }

  private place(name: string, uid: string): void {
    const nodes = [...this.api.nodes.keys()].filter((node) => !this.lost.has(node));
    const node = nodes[Math.floor(this.random() * nodes.length)];
    const pod = this.api.pods.get(name);
    if (pod?.metadata.uid !== uid || pod.spec.nodeName !== undefined) return;
    if (node === undefined) this.later([1000, 2000], () => this.place(name, uid));
    else this.api.changePod(name, (newest) => ({ ...newest, spec: { ...newest.spec, nodeName: node } }));
  }

  private later([least, most]: readonly [number, number], run: () => void): void {
    this.clock.after(least + this.random() * (most - least), run);
  }
}
