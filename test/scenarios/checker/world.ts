import type { GameStatefulSet } from '../../../src/api/generated/types/game-stateful-set.js';
import type { StatefulSet } from '../../../src/api/native.js';
import type { Pod } from '../../../src/api/pod.js';
import type { Oracle } from '../../../src/cluster/kubelet/oracle.js';
import { isServing, placeOf } from './readings.js';
import type { Lag } from './lag.js';
import type { Step } from './timeline.js';

interface Version<T> {
  readonly from: number;
  readonly object: T;
}

/** One namespace, as the steps so far have left it. */
export class World {
  private readonly workloads = new Map<string, Version<GameStatefulSet>[]>();
  private readonly children = new Map<string, Version<StatefulSet>[]>();
  private readonly pods = new Map<string, Pod>();
  /** By the name of the pod: since when nobody is sent to it. */
  private readonly out = new Map<string, number>();

  constructor(
    readonly lag: Lag,
    readonly oracle?: Pick<Oracle, 'instances'>,
  ) {}

  apply(step: Step): void {
    const { name = '' } = step.object.metadata;
    switch (step.resource) {
      case 'gamestatefulsets': {
        keep(this.workloads, name, step.at, step.object);
        return;
      }
      case 'statefulsets': {
        keep(this.children, name, step.at, step.object);
        return;
      }
      case 'pods':
        if (step.type === 'removed') this.pods.delete(name);
        else this.pods.set(name, step.object);
        if (step.type !== 'removed' && isServing(step.object)) this.out.delete(name);
        else if (!this.out.has(name)) this.out.set(name, step.at);
    }
  }

  /** Those versions of a workload that a controller may still hold for the newest. */
  workload(name: string, at: number): readonly GameStatefulSet[] {
    return recent(this.workloads.get(name) ?? [], at, this.lag.knownAfter(at));
  }

  child(name: string, at: number): readonly StatefulSet[] {
    return recent(this.children.get(name) ?? [], at, this.lag.knownAfter(at));
  }

  pod(name: string): Pod | undefined {
    return this.pods.get(name);
  }

  /** Milliseconds for which nobody has been sent to a pod of this name, whether it is there or not. */
  outFor(name: string, at: number): number {
    return Math.max(0, at - (this.out.get(name) ?? at));
  }

  /** How many pods a workload has at the least, and how many it may come to. */
  podNames(workload: string, at: number): string[] {
    const [child] = this.child(workload, at).slice(-1);
    const [wanted] = this.workload(workload, at).slice(-1);
    const start = child?.spec.ordinals?.start ?? 0;
    const count = Math.min(child?.spec.replicas ?? 0, wanted?.spec.replicas ?? 1);
    return Array.from({ length: count }, (_, index) => `${workload}-${start + index}`);
  }

  /** Counted from the first ordinal, as a partition is. */
  indexOf(pod: string, at: number): number {
    const { workload, ordinal } = placeOf(pod);
    return ordinal - (this.child(workload, at).at(-1)?.spec.ordinals?.start ?? 0);
  }
}

function keep<T>(all: Map<string, Version<T>[]>, name: string, from: number, object: T): void {
  all.set(name, [...(all.get(name) ?? []).slice(-200), { from, object }]);
}

function recent<T>(versions: readonly Version<T>[], at: number, known: number): T[] {
  return versions
    .filter(({ from }, index) => from <= at + known && (versions[index + 1]?.from ?? Infinity) > at - known)
    .map(({ object }) => object);
}
