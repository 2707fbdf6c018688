import { keyOf, type KubeObject } from '../../src/kube/objects.js';
import type { Observed, Store, StoreEvent } from '../../src/kube/store.js';
import { newerThan } from '../../src/kube/version.js';

/**
 * Follows a store by its events alone and says what cannot be: a life that does not begin with `added`, goes on after `removed`,
 * or goes back in time.
 */
export class LifeChecker<T extends KubeObject> {
  /** What the events add up to: version by key. */
  readonly shown = new Map<string, string>();
  readonly problems: string[] = [];
  events = 0;
  private readonly alive = new Map<string, string>();
  private readonly ended = new Set<string>();

  /** `rewinds`: the server may go back in time. `returns`: what has left the selection may come back. */
  constructor(
    store: Store<T, string>,
    private readonly allowed: { readonly rewinds?: boolean; readonly returns?: boolean } = {},
  ) {
    store.subscribe((event) => this.follow(event));
  }

  private follow(event: StoreEvent<T>): void {
    this.events++;
    const { rewinds = false, returns = false } = this.allowed;
    const { object, type } = event;
    const { uid, resourceVersion } = object.metadata;
    const key = keyOf(object as T);
    const before = this.alive.get(uid);
    const complain = (what: string): void => {
      this.problems.push(`${type} ${key} ${uid} at ${resourceVersion}: ${what}`);
    };
    if (type === 'added') {
      if (before !== undefined) complain('it was there already');
      if (this.ended.has(uid) && !rewinds && !returns) complain('it was gone');
      if (this.shown.has(key)) complain('another one has that name');
    } else {
      if (before === undefined) complain('it was not there');
      if (event.old.metadata.uid !== uid) complain('old is another object');
      if (event.old.metadata.resourceVersion !== before) complain(`old is not what was told before, ${String(before)}`);
    }
    if (type === 'changed' && !rewinds && before !== undefined && !newerThan(resourceVersion, before))
      complain(`no newer than ${before}`);
    if (type === 'removed') {
      this.alive.delete(uid);
      this.ended.add(uid);
      this.shown.delete(key);
    } else {
      this.alive.set(uid, resourceVersion);
      this.shown.set(key, `${uid}@${resourceVersion}`);
    }
  }

  get removals(): number {
    return this.ended.size;
  }
}

/** What there is, in a form that compares: `uid@version` by key. */
export function contentOf(objects: Iterable<Observed>): Map<string, string> {
  const content = new Map<string, string>();
  for (const object of objects) {
    const { uid, resourceVersion } = object.metadata;
    content.set(keyOf(object as KubeObject), `${uid}@${resourceVersion}`);
  }
  return new Map([...content].sort(([a], [b]) => (a < b ? -1 : 1)));
}
