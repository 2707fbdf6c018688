import { keyOf } from '../../../kube/objects.js';
import { replicaSets as resource } from '../../../kube/resource.js';
import type { Observed, Store } from '../../../kube/store.js';
import type { ComeBack } from '../../../kube/work-queue.js';
import { isSame } from '../../json.js';
import { inGrowingBatches } from '../batches.js';
import type { Controller, ControllerContext } from '../context.js';
import type { Hand, Place } from '../hand.js';
import { pods, replicaSets } from '../informed.js';
import { Loop } from '../loop.js';
import type { Pod, ReplicaSet, SeenPod } from '../objects.js';
import { controllerOf, isGoing } from '../owners.js';
import { claimed, routeOwned } from '../ownership.js';
import { PodControl } from '../pod-control.js';
import { isActive, nextAvailable } from '../pod-state.js';
import { selects } from '../selector.js';
import { crowds, victimsOf } from './ranking.js';
import { statusOf } from './status.js';

/** Pods that are created or deleted in one go. */
const MOST = 500;

/** Model of Kubernetes' ReplicaSet controller: keeps a number of pods. */
export class ReplicaSetController implements Controller {
  private readonly sets: Store<ReplicaSet, 'controller' | 'namespace'>;
  private readonly pods: Place & { readonly store: Store<Pod, 'controller' | 'orphanage' | 'namespace'> };
  private readonly control: PodControl;
  private readonly loop: Loop;

  constructor(private readonly context: ControllerContext) {
    const { informers } = context;
    this.sets = informers.store(replicaSets);
    this.pods = { resource: pods.resource, store: informers.store(pods) };
    this.control = new PodControl(this.pods, resource, context.tell);
    this.loop = new Loop('ReplicaSet', context, (key, hand) => this.sync(key, hand));
    this.sets.subscribe(({ object }) => this.loop.add(keyOf(object as ReplicaSet)));
    routeOwned(this.pods.store, this.sets, resource, this.loop.add);
  }

  start(): void {
    this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  private async sync(key: string, hand: Hand): Promise<ComeBack | undefined> {
    const set = this.sets.get(key);
    if (set === undefined) return undefined;
    // One that has ended, or is going, is neither adopted nor let go.
    const active = await claimed<Pod, ReplicaSet>({
      hand,
      owner: set,
      resource,
      owned: this.pods,
      isIn: isActive,
    });
    let failure: Error | undefined;
    if (!isGoing(set)) await this.manage(set, active, hand).catch((error: unknown) => (failure = error as Error));
    await this.tellStatus(set, active, failure, hand);
    if (failure !== undefined) throw failure;
    return nextAvailable(active, set.spec.minReadySeconds, this.context.clock.now());
  }

  private async manage(set: Observed<ReplicaSet>, active: readonly SeenPod[], hand: Hand): Promise<void> {
    const surplus = active.length - (set.spec.replicas ?? 1);
    if (surplus < 0) await inGrowingBatches(Math.min(-surplus, MOST), () => this.control.create(set, hand));
    if (surplus > 0) {
      const crowd = crowds(this.related(set));
      const victims = victimsOf(active, Math.min(surplus, MOST), crowd, this.context.clock.now());
      const ends = await Promise.allSettled(victims.map((pod) => this.control.delete(set, pod, hand)));
      const failed = ends.find(({ status }) => status === 'rejected');
      if (failed?.status === 'rejected') throw failed.reason;
    }
  }

  /** Pods of all ReplicaSets that the owner of this one controls. */
  private related(set: Observed<ReplicaSet>): SeenPod[] {
    const owner = controllerOf(set);
    if (owner === undefined) return [];
    const siblings = this.sets.byIndex('controller', owner.uid);
    return this.pods.store
      .byIndex('namespace', set.metadata.namespace ?? '')
      .filter(({ metadata }) => siblings.some(({ spec }) => selects(spec.selector, metadata.labels)));
  }

  private async tellStatus(
    set: Observed<ReplicaSet>,
    active: readonly SeenPod[],
    failure: Error | undefined,
    hand: Hand,
  ): Promise<void> {
    const status = statusOf(set, active, failure, this.context.clock.now());
    if (isSame(status, withoutNone(set.status))) return;
    const place = { resource, store: this.sets };
    await hand.updateStatus<ReplicaSet>(place, { ...(set as ReplicaSet), status });
  }
}

function withoutNone(status: Observed<ReplicaSet>['status']): object {
  return Object.fromEntries(
    Object.entries(status ?? {}).filter(([field, value]) => value !== 0 || field === 'replicas'),
  );
}
