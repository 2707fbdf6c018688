import { keyOf } from '../../../kube/objects.js';
import { isKubeError } from '../../../kube/error.js';
import { statefulSets as resource } from '../../../kube/resource.js';
import type { Observed, Store } from '../../../kube/store.js';
import type { ComeBack } from '../../../kube/work-queue.js';
import { inGrowingBatches } from '../batches.js';
import type { Controller, ControllerContext } from '../context.js';
import type { Hand, Place } from '../hand.js';
import { claims, pods, revisions, statefulSets } from '../informed.js';
import { Loop } from '../loop.js';
import type { Claim, Pod, Revision, SeenPod, StatefulSet } from '../objects.js';
import { controllerReference, isGoing } from '../owners.js';
import { claimed, routeOwned } from '../ownership.js';
import { nextAvailable } from '../pod-state.js';
import { inOrder, surplus, updateRevision, type SeenRevision } from '../revision/history.js';
import { selects } from '../selector.js';
import { ClaimKeeper } from './claim-keeper.js';
import { volumesOf, type Volume } from './claims.js';
import { isWanted, ordinalIn, POD_INDEX_LABEL, POD_NAME_LABEL, podNameOf } from './identity.js';
import { newPod, startsOld } from './new-pod.js';
import { planFor, type Step } from './plan.js';
import { isNews, statusOf, stored } from './status.js';
import { REVISION_LABEL } from '../../../api/native.js';

type SeenSet = Observed<StatefulSet>;

interface Revisions {
  readonly current: SeenRevision;
  readonly update: SeenRevision;
  readonly collisions: number;
}

/** Model of Kubernetes' StatefulSet controller: pods with a name and a revision of their own. */
export class StatefulSetController implements Controller {
  private readonly sets: Store<StatefulSet, 'namespace'>;
  private readonly pods: Place & { readonly store: Store<Pod, 'controller' | 'orphanage'> };
  private readonly revisions: Place & { readonly store: Store<Revision, 'controller' | 'orphanage'> };
  private readonly keeper: ClaimKeeper;
  private readonly loop: Loop;

  constructor(private readonly context: ControllerContext) {
    const { informers } = context;
    this.sets = informers.store(statefulSets);
    this.pods = { resource: pods.resource, store: informers.store(pods) };
    this.revisions = { resource: revisions.resource, store: informers.store(revisions) };
    const claimStore: Store<Claim, 'namespace'> = informers.store(claims);
    this.keeper = new ClaimKeeper({ resource: claims.resource, store: claimStore }, context.tell);
    this.loop = new Loop('StatefulSet', context, (key, hand) => this.sync(key, hand));
    this.sets.subscribe(({ object }) => this.loop.add(keyOf(object as StatefulSet)));
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
    await this.adoptRevisions(set, hand);
    const mine = await claimed<Pod, StatefulSet>({
      hand,
      owner: set,
      resource,
      owned: this.pods,
      fits: ({ metadata }) => ordinalIn(set, metadata.name) !== undefined,
    });
    const known = this.revisionsOf(set);
    const names = await this.revisionsFor(set, known, hand);
    await this.perform(set, mine, names, hand);
    await this.truncate(set, mine, known, names, hand);
    const wanted = mine.filter((pod) => isWanted(set, ordinalIn(set, pod.metadata.name) ?? -1));
    return nextAvailable(wanted, set.spec.minReadySeconds, this.context.clock.now());
  }

  /** Steps, then the status, which is written even where a step failed. */
  private async perform(set: SeenSet, mine: readonly SeenPod[], revised: Revisions, hand: Hand): Promise<void> {
    const now = this.context.clock.now();
    const plan = planFor(set, mine, revised.update.metadata.name, now);
    const step = (one: Step): Promise<void> => this.take(one, set, revised, hand);
    let isUpdating = false;
    let failure: Error | undefined;
    try {
      await inGrowingBatches(plan.keep.length, (index) => step(plan.keep[index]!));
      if (!isGoing(set)) await this.keeper.keep(set, mine, hand);
      await inGrowingBatches(plan.shrink.length, (index) => step(plan.shrink[index]!));
      if (plan.update) {
        await step(plan.update);
        isUpdating = true;
      }
    } catch (error) {
      failure = error as Error;
    }
    const { current, update, collisions } = revised;
    const names = { current: current.metadata.name, update: update.metadata.name, collisions };
    const status = statusOf(set, mine, names, now, isUpdating);
    if (isNews(set.status, status)) {
      const place = { resource, store: this.sets };
      await hand.updateStatus(place, { ...(set as StatefulSet), status: stored(status) });
    }
    if (failure !== undefined) throw failure;
  }

  private async take(step: Step, set: SeenSet, revised: Revisions, hand: Hand): Promise<void> {
    const { name } = step.kind === 'create' ? { name: podNameOf(set, step.ordinal) } : step.pod.metadata;
    switch (step.kind) {
      case 'create': {
        if (!(await this.keeper.prepare(set, step.ordinal, hand))) return;
        const revision = startsOld(set, step.ordinal) ? revised.current : revised.update;
        // Somebody else's pod has the name: an error that brings the set back, and no event.
        const create = async (): Promise<void> => {
          const pod = await hand.create<Pod>(this.pods, newPod(set, step.ordinal, revision));
          await this.keeper.own(set, step.ordinal, pod, hand);
        };
        return this.told(set, 'Create', name, create, (error) => isKubeError(error, 'alreadyExists'));
      }
      case 'delete':
        return this.told(set, 'Delete', name, () => hand.delete(this.pods, step.pod));
      case 'identify':
        return this.told(set, 'Update', name, async () => {
          await this.keeper.create(set, step.ordinal, hand);
          await hand.update<Pod>(this.pods, identified(set, step.pod, step.ordinal));
        });
    }
  }

  private async told(
    set: SeenSet,
    verb: 'Create' | 'Delete' | 'Update',
    pod: string,
    act: () => Promise<void>,
    isQuiet: (error: unknown) => boolean = () => false,
  ): Promise<void> {
    const about = `${verb.toLowerCase()} Pod ${pod} in StatefulSet ${set.metadata.name}`;
    try {
      await act();
    } catch (error) {
      const note = `${about} failed error: ${String(error)}`;
      if (!isQuiet(error)) this.context.tell({ regarding: set, type: 'Warning', reason: `Failed${verb}`, note });
      throw error;
    }
    this.context.tell({ regarding: set, reason: `Successful${verb}`, note: `${about} successful` });
  }

  /** Its own, and those that nobody controls and its selector matches. */
  private revisionsOf(set: SeenSet): SeenRevision[] {
    const { store } = this.revisions;
    const { uid, namespace = '' } = set.metadata;
    const all = [...store.byIndex('controller', uid), ...store.byIndex('orphanage', namespace)];
    return inOrder(all.filter(({ metadata }) => selects(set.spec.selector, metadata.labels)));
  }

  private async adoptRevisions(set: SeenSet, hand: Hand): Promise<void> {
    const orphans = this.revisionsOf(set).filter(
      ({ metadata }) => !metadata.ownerReferences?.some((o) => o.controller),
    );
    if (orphans.length === 0 || isGoing(set)) return;
    const live = await hand.api.get(resource, set.metadata);
    if (live.metadata.uid !== set.metadata.uid || isGoing(live))
      throw new Error('the StatefulSet is another one by now');
    for (const { metadata } of orphans) {
      const ownerReferences = [controllerReference(set, resource)];
      const body = { metadata: { uid: metadata.uid, ownerReferences } };
      await hand.patch(this.revisions, { metadata: metadata }, { type: 'strategic', body });
    }
  }

  private async revisionsFor(set: SeenSet, known: readonly SeenRevision[], hand: Hand): Promise<Revisions> {
    const { currentRevision, collisionCount = 0 } = set.status ?? {};
    const found = await updateRevision(hand, this.revisions, set, resource, known, collisionCount);
    const current = known.find(({ metadata }) => metadata.name === currentRevision);
    return { current: current ?? found.revision, update: found.revision, collisions: found.collisions };
  }

  private async truncate(
    set: SeenSet,
    mine: readonly SeenPod[],
    known: readonly SeenRevision[],
    { current, update }: Revisions,
    hand: Hand,
  ): Promise<void> {
    const carried = new Set(mine.map(({ metadata }) => metadata.labels?.[REVISION_LABEL] ?? ''));
    for (const { metadata } of [current, update]) carried.add(metadata.name);
    for (const revision of surplus(known, carried, set.spec.revisionHistoryLimit ?? 10))
      await hand.delete(this.revisions, revision);
  }
}

function identified(set: SeenSet, pod: SeenPod, ordinal: number): Pod {
  const { metadata, spec } = pod as Pod;
  const name = podNameOf(set, ordinal);
  const labels = { ...metadata.labels, [POD_NAME_LABEL]: name, [POD_INDEX_LABEL]: String(ordinal) };
  const volumes = volumesOf(set, ordinal, (spec['volumes'] ?? []) as readonly Volume[]);
  return {
    ...(pod as Pod),
    metadata: { ...metadata, labels },
    spec: { ...spec, ...(volumes.length > 0 && { volumes }) },
  };
}
