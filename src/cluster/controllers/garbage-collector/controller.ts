import { isKubeError } from '../../../kube/error.js';
import type { OwnerReference, Stored } from '../../../kube/objects.js';
import type { Resource } from '../../../kube/resource.js';
import type { StoreEvent } from '../../../kube/store.js';
import type { Controller, ControllerContext } from '../context.js';
import type { Hand, Place } from '../hand.js';
import { Loop } from '../loop.js';
import { kindKey } from '../discovery.js';
import {
  FOREGROUND,
  Graph,
  isBlocking,
  isDeletingDependents,
  isOrphaning,
  ORPHAN,
  ownersOf,
  type Item,
} from './graph.js';

/** Milliseconds between two looks for new kinds, as Kubernetes' own. */
const DISCOVERY_PERIOD = 30_000;
const DISCOVERY_RETRY = 1000;

interface Watched {
  readonly resource: Resource;
  readonly unsubscribe: () => void;
}

/**
 * Model of Kubernetes' garbage collector, for every kind the server has: what no owner holds any longer goes, an orphaning deletion frees
 * what it owned first, and a foreground deletion waits for what blocks it.
 */
export class GarbageCollector implements Controller {
  private readonly graph = new Graph();
  private readonly watched = new Map<string, Watched>();
  private readonly loop: Loop;
  private readonly stopping = new AbortController();
  private cancel: () => void = () => undefined;

  constructor(
    private readonly context: ControllerContext,
    private readonly period = DISCOVERY_PERIOD,
  ) {
    this.loop = new Loop('garbage collector', context, (uid, hand) => this.sync(uid, hand), 20);
  }

  start(): void {
    void this.look();
  }

  stop(): Promise<void> {
    this.stopping.abort(new Error('stopped'));
    this.cancel();
    for (const { unsubscribe } of this.watched.values()) unsubscribe();
    return this.loop.stop();
  }

  /** Watches every kind that is there; acts when the state of all of them is known. */
  private async look(): Promise<void> {
    const { clock, informers, onError } = this.context;
    const { signal } = this.stopping;
    let next = DISCOVERY_RETRY;
    try {
      // Events own nothing, and nobody owns them.
      const resources = (await this.context.resources()).filter(({ kind }) => kind !== 'Event');
      const found = new Map(resources.map((resource) => [`${resource.group}/${resource.kind}`, resource]));
      for (const [key, { resource, unsubscribe }] of this.watched) {
        if (found.has(key)) continue;
        unsubscribe();
        this.watched.delete(key);
        await informers.forget(resource);
      }
      for (const [key, resource] of found) if (!this.watched.has(key)) this.watched.set(key, this.watch(resource));
      await Promise.all(resources.map((resource) => informers.metadata(resource).whenSynced(signal)));
      this.loop.start();
      next = this.period;
    } catch (error) {
      if (!signal.aborted) onError(error, 'garbage collector: looking for kinds');
    }
    if (!signal.aborted) this.cancel = clock.after(next, () => void this.look());
  }

  private watch(resource: Resource): Watched {
    const store = this.context.informers.metadata(resource);
    for (const { metadata } of store.list()) this.appeared({ resource, metadata });
    const unsubscribe = store.subscribe((event) => this.noticed(resource, event));
    return { resource, unsubscribe };
  }

  private noticed(resource: Resource, { type, object }: StoreEvent): void {
    const item: Item = { resource, metadata: object.metadata };
    if (type === 'removed') this.disappeared(item);
    else this.appeared(item);
  }

  private appeared(item: Item): void {
    const { uid, deletionTimestamp } = item.metadata;
    const before = this.graph.get(uid);
    this.graph.put(item);
    // Owners that wait for it, and that it has let go.
    for (const owner of ownersOf(before)) if (!isBlocking(item, owner.uid)) this.addIfWaiting(owner.uid);
    if (isOrphaning(item)) this.loop.add(uid);
    else if (isDeletingDependents(item)) {
      if (isDeletingDependents(before)) return;
      this.loop.add(uid);
      for (const dependent of this.graph.dependentsOf(uid)) this.loop.add(dependent.metadata.uid);
    } else if (deletionTimestamp === undefined) {
      const isUnsure = (owner: Readonly<OwnerReference>): boolean => {
        const known = this.graph.owner(owner, item);
        return known === undefined || isDeletingDependents(known);
      };
      if (ownersOf(item).some(isUnsure)) this.loop.add(uid);
    }
  }

  private disappeared(item: Item): void {
    const { uid } = item.metadata;
    this.graph.remove(uid);
    for (const dependent of this.graph.dependentsOf(uid)) this.loop.add(dependent.metadata.uid);
    for (const owner of ownersOf(item)) this.addIfWaiting(owner.uid);
  }

  private addIfWaiting(uid: string): void {
    if (isDeletingDependents(this.graph.get(uid))) this.loop.add(uid);
  }

  private async sync(uid: string, hand: Hand): Promise<void> {
    const item = this.graph.get(uid);
    if (item === undefined) return;
    if (isOrphaning(item)) await this.orphan(item, hand);
    else if (isDeletingDependents(item)) await this.deleteDependents(item, hand);
    else if (item.metadata.deletionTimestamp === undefined) await this.judge(item, hand);
  }

  /** Deletes it, unless one of its owners holds it. It is asked for anew: what was seen may be old. */
  private async judge(item: Item, hand: Hand): Promise<void> {
    const live = await this.live(item.resource, item.metadata, hand);
    if (live === undefined || live.metadata.uid !== item.metadata.uid) return;
    const fresh: Item = { resource: item.resource, metadata: live.metadata };
    const owners = ownersOf(fresh);
    if (owners.length === 0) return;
    const standing = await Promise.all(owners.map((owner) => this.standingOf(owner, fresh, hand)));
    const solid = owners.filter((_, index) => standing[index] === 'solid');
    if (solid.length === owners.length) return;
    if (solid.length > 0) {
      await this.patchOwners(fresh, solid, hand);
      return;
    }
    const isWaitedFor = standing.includes('waiting') && this.graph.dependentsOf(item.metadata.uid).length > 0;
    if (isWaitedFor) await this.breakCircle(fresh, hand);
    const finalizers = live.metadata.finalizers ?? [];
    const background = finalizers.includes(FOREGROUND) ? 'Foreground' : 'Background';
    const propagation = isWaitedFor ? 'Foreground' : finalizers.includes(ORPHAN) ? 'Orphan' : background;
    await hand.delete(this.placeOf(item), fresh, { propagation });
  }

  private async standingOf(
    owner: Readonly<OwnerReference>,
    of: Item,
    hand: Hand,
  ): Promise<'solid' | 'waiting' | 'dangling'> {
    const known = this.graph.owner(owner, of);
    if (known) return isDeletingDependents(known) ? 'waiting' : 'solid';
    const resource = this.watched.get(kindKey(owner))?.resource;
    if (resource === undefined) throw new Error(`the kind ${owner.apiVersion} ${owner.kind} of an owner is not known`);
    const { namespace } = of.metadata;
    // What belongs to the whole cluster cannot be owned by what lives in a namespace.
    if (resource.namespaced && namespace === undefined) return 'solid';
    const name = { name: owner.name, ...(resource.namespaced && namespace !== undefined && { namespace }) };
    const live = await this.live(resource, name, hand);
    return live?.metadata.uid === owner.uid ? 'solid' : 'dangling';
  }

  /** A dependent that waits for its own dependents would wait for ever: its owners no longer block. */
  private async breakCircle(item: Item, hand: Hand): Promise<void> {
    if (!this.graph.dependentsOf(item.metadata.uid).some(isDeletingDependents)) return;
    const freed = ownersOf(item).map((owner) => ({ ...owner, blockOwnerDeletion: false }));
    await this.patchOwners(item, freed, hand);
  }

  private async deleteDependents(item: Item, hand: Hand): Promise<void> {
    const { uid } = item.metadata;
    const blocking = this.graph.dependentsOf(uid).filter((dependent) => isBlocking(dependent, uid));
    if (blocking.length === 0) await this.removeFinalizer(item, FOREGROUND, hand);
    for (const dependent of blocking) if (!isDeletingDependents(dependent)) this.loop.add(dependent.metadata.uid);
  }

  private async orphan(item: Item, hand: Hand): Promise<void> {
    const { uid } = item.metadata;
    for (const dependent of this.graph.dependentsOf(uid)) {
      const others = ownersOf(dependent).filter((owner) => owner.uid !== uid);
      await this.patchOwners(dependent, others, hand).catch((error: unknown) => {
        if (!isKubeError(error, 'notFound')) throw error;
      });
    }
    await this.removeFinalizer(item, ORPHAN, hand);
  }

  /** Of this version: who wrote in between is not undone. */
  private async patchOwners(item: Item, owners: readonly Readonly<OwnerReference>[], hand: Hand): Promise<void> {
    const { uid, resourceVersion } = item.metadata;
    const ownerReferences = owners.length === 0 ? null : owners;
    const body = { metadata: { uid, resourceVersion, ownerReferences } };
    await hand.patch(this.placeOf(item), item, { type: 'merge', body });
  }

  private async removeFinalizer(item: Item, finalizer: string, hand: Hand): Promise<void> {
    const { uid, resourceVersion, finalizers = [] } = item.metadata;
    const left = finalizers.filter((one) => one !== finalizer);
    const body = { metadata: { uid, resourceVersion, finalizers: left.length === 0 ? null : left } };
    await hand.patchIfThere(this.placeOf(item), item, { type: 'merge', body });
  }

  private async live(
    resource: Resource,
    { name, namespace }: { readonly name: string; readonly namespace?: string },
    hand: Hand,
  ): Promise<Stored | undefined> {
    try {
      return await hand.api.get(resource, namespace === undefined ? { name } : { name, namespace });
    } catch (error) {
      if (isKubeError(error, 'notFound')) return undefined;
      throw error;
    }
  }

  private placeOf({ resource }: Item): Place {
    return { resource, store: this.context.informers.metadata(resource) };
  }
}
