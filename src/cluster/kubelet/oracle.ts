import type { ContainerStart } from './behaviour.js';

/** One real container, whatever the API says of it. Times are the clock's wall time in milliseconds. */
export interface Instance extends ContainerStart {
  readonly startedAt: number;
  /** When it was told to stop. */
  readonly stoppedAt?: number;
  /** Absent while it runs. */
  readonly exitedAt?: number;
  readonly exitCode?: number;
}

/** A stretch of time; without an end it goes on. */
export interface Span {
  readonly from: number;
  readonly to?: number;
}

/**
 * What really ran, for tests and checkers of invariants. It sees through node loss, lagging statuses and force deletion, and
 * keeps pods that are gone until they are forgotten.
 */
export class Oracle {
  private readonly byPod = new Map<string, Instance[]>();

  /** Every container the pod ever had, in the order of their starts. */
  instances(uid: string): readonly Instance[] {
    return this.byPod.get(uid) ?? [];
  }

  /** The container of this name that runs now. A process that is stopping still runs. */
  running(uid: string, container: string): Instance | undefined {
    return this.instances(uid).find((one) => one.container === container && one.exitedAt === undefined);
  }

  /** Pods of which anything ever ran and that are not forgotten. */
  pods(): readonly string[] {
    return [...this.byPod.keys()];
  }

  /** Pods of this name of which something runs now: two, where an old one was deleted by force. */
  alive(namespace: string, name: string): readonly string[] {
    const isAlive = ({ pod, exitedAt }: Instance): boolean =>
      pod.namespace === namespace && pod.name === name && exitedAt === undefined;
    return this.pods().filter((uid) => this.instances(uid).some(isAlive));
  }

  forget(uid: string): void {
    this.byPod.delete(uid);
  }

  /** For the container runtime alone. */
  started(start: ContainerStart, at: number): void {
    const instances = this.byPod.get(start.pod.uid) ?? [];
    this.byPod.set(start.pod.uid, [...instances, { ...start, startedAt: at }]);
  }

  /** For the container runtime alone. */
  changed(uid: string, id: string, change: Partial<Pick<Instance, 'stoppedAt' | 'exitedAt' | 'exitCode'>>): void {
    this.byPod.set(
      uid,
      this.instances(uid).map((one) => (one.id === id ? { ...one, ...change } : one)),
    );
  }
}

/**
 * When a pod was called Ready although this container did not run: players were sent to nobody. `ready` are the spans in which
 * the API said Ready.
 */
export function unsafeExposure(instances: readonly Instance[], container: string, ready: readonly Span[]): Span[] {
  const runs = instances.filter((one) => one.container === container);
  return ready.flatMap((span) => {
    let open: Span[] = [span];
    for (const { startedAt, exitedAt } of runs) {
      open = open.flatMap((part) =>
        without(part, { from: startedAt, ...(exitedAt !== undefined && { to: exitedAt }) }),
      );
    }
    return open;
  });
}

function without(span: Span, taken: Span): Span[] {
  const [spanEnd, takenEnd] = [span.to ?? Infinity, taken.to ?? Infinity];
  if (takenEnd <= span.from || taken.from >= spanEnd) return [span];
  const before = taken.from > span.from ? [{ from: span.from, to: taken.from }] : [];
  const after = takenEnd < spanEnd ? [{ from: takenEnd, ...(span.to !== undefined && { to: span.to }) }] : [];
  return [...before, ...after];
}
