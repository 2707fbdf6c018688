import type { Stored } from '../../../kube/objects.js';
import { SortedKeys } from './sorted-keys.js';

/** A write, as watches tell of it. */
export interface Change {
  readonly revision: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** As it is now; of a deletion as it was last, at the version of the deletion. */
  readonly object: Stored;
  /** As it was before; absent for what is new. */
  readonly before?: Stored;
}

/** The objects of one resource, in the order of their keys, with their history. Only the storage writes here. */
export class Collection {
  private readonly objects = new Map<string, Stored>();
  private history: Change[] = [];
  private readonly sorted = new SortedKeys();
  private readonly listeners = new Set<(change: Change) => void>();

  /**
   * @param id a name of its own such as `apps/statefulsets`
   * @param since the version at which it began to be served: nobody can watch from before
   */
  constructor(
    readonly id: string,
    readonly since: number,
  ) {}

  get size(): number {
    return this.objects.size;
  }

  get(key: string): Stored | undefined {
    return this.objects.get(key);
  }

  values(): IterableIterator<Stored> {
    return this.objects.values();
  }

  get keys(): readonly string[] {
    return this.sorted.all;
  }

  /** Whether nothing has been written since that revision. */
  isStillAt(revision: number): boolean {
    return (this.history.at(-1)?.revision ?? 0) <= revision;
  }

  /** As it was after the write of that revision. */
  at(revision: number): ReadonlyMap<string, Stored> {
    const before = new Map(this.objects);
    for (let index = this.history.length - 1; index >= 0; index--) {
      const change = this.history[index]!;
      if (change.revision <= revision) break;
      const key = keyOfStored(change.object);
      if (change.before) before.set(key, change.before);
      else before.delete(key);
    }
    return before;
  }

  /** What happened after a revision. */
  after(revision: number): readonly Change[] {
    let index = this.history.length;
    while (index > 0 && this.history[index - 1]!.revision > revision) index--;
    return this.history.slice(index);
  }

  record(key: string, change: Change): void {
    if (change.type === 'DELETED') {
      this.objects.delete(key);
      this.sorted.remove(key);
    } else {
      this.objects.set(key, change.object);
      if (change.type === 'ADDED') this.sorted.add(key);
    }
    this.history.push(change);
    for (const listen of this.listeners) listen(change);
  }

  /** What was there before this process began. */
  restore(key: string, object: Stored): void {
    this.objects.set(key, object);
    this.sorted.add(key);
  }

  forget(revision: number): void {
    const first = this.history.findIndex((change) => change.revision > revision);
    this.history = first < 0 ? [] : this.history.slice(first);
  }

  follow(listener: (change: Change) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

/** `namespace/name`, or `name` for what belongs to the whole cluster. */
export function keyOfStored({ metadata: { namespace, name } }: Stored): string {
  return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;
}
