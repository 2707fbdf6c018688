import { keyOf } from '../../../kube/objects.js';
import { isKubeError } from '../../../kube/error.js';
import { deployments as resource } from '../../../kube/resource.js';
import type { Observed, Store } from '../../../kube/store.js';
import type { ComeBack } from '../../../kube/work-queue.js';
import { isSame } from '../../json.js';
import type { Controller, ControllerContext } from '../context.js';
import type { Hand, Place } from '../hand.js';
import { deployments, pods, replicaSets } from '../informed.js';
import { Loop } from '../loop.js';
import type { Deployment, Pod, ReplicaSet } from '../objects.js';
import { controllerOf, isGoing } from '../owners.js';
import { claimed, routeOwned } from '../ownership.js';
import { isOver } from '../pod-state.js';
import { isTemplate, newReplicaSet, nextRevision, revisionOf, REVISION, surplusOf } from './replica-sets.js';
import { isChange, newSize, proportional, shrinkOld, type Resize } from './rolling.js';
import { deadlineOf, statusOf, type Shapes } from './status.js';
import {
  availableOf,
  byAge,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  mostOf,
  replicasOf,
  tolerancesOf,
  total,
  type SeenDeployment,
  type SeenReplicaSet,
} from './strategy.js';

/**
 * Model of Kubernetes' Deployment controller: a ReplicaSet for each template, and a way from one to the next. The name of a ReplicaSet is
 * one of its own: the real suffix is a hash of Go's memory, which nobody else can count.
 */
export class DeploymentController implements Controller {
  private readonly deployments: Store<Deployment, 'namespace'>;
  private readonly sets: Place & { readonly store: Store<ReplicaSet, 'controller' | 'orphanage'> };
  private readonly pods: Store<Pod, 'controller'>;
  private readonly loop: Loop;

  constructor(private readonly context: ControllerContext) {
    const { informers } = context;
    this.deployments = informers.store(deployments);
    this.sets = { resource: replicaSets.resource, store: informers.store(replicaSets) };
    this.pods = informers.store(pods);
    this.loop = new Loop('Deployment', context, (key, hand) => this.sync(key, hand));
    this.deployments.subscribe(({ object }) => this.loop.add(keyOf(object as Deployment)));
    routeOwned(this.sets.store, this.deployments, resource, this.loop.add);
    // Recreate waits for the last old pod.
    this.pods.subscribe(({ type, object }) => {
      const set = type === 'removed' ? this.sets.store.byUid(controllerOf(object)?.uid ?? '') : undefined;
      const owner = set && this.deployments.byUid(controllerOf(set)?.uid ?? '');
      if (owner?.spec.strategy?.type === 'Recreate') this.loop.add(keyOf(owner as Deployment));
    });
  }

  start(): void {
    this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  private async sync(key: string, hand: Hand): Promise<ComeBack | undefined> {
    const deployment = this.deployments.get(key);
    if (deployment === undefined) return undefined;
    const owned = await claimed<ReplicaSet, Deployment>({ hand, owner: deployment, resource, owned: this.sets });
    const sets = owned.filter((set) => !isGoing(set)).sort(byAge);
    const next = sets.find((set) => isTemplate(deployment, set));
    const shapes: Shapes = { next, old: sets.filter((set) => set !== next), isNew: false };
    const after = isGoing(deployment) ? shapes : await this.advance(deployment, shapes, hand);
    await this.tellStatus(deployment, after, hand);
    const left = deadlineOf(deployment, this.context.clock.now());
    return left === undefined || left === 0 ? undefined : { after: left + 1 };
  }

  private async advance(deployment: SeenDeployment, shapes: Shapes, hand: Hand): Promise<Shapes> {
    const { next, old } = shapes;
    const all = next ? [...old, next] : old;
    const isScaled = all.some((set) => {
      const noted = set.metadata.annotations?.[DESIRED_REPLICAS];
      return replicasOf(set) > 0 && noted !== undefined && Number(noted) !== replicasOf(deployment);
    });
    if (deployment.spec.paused === true || isScaled) {
      await this.resize(deployment, scaling(deployment, next, old), hand);
      return shapes;
    }
    if (deployment.spec.strategy?.type === 'Recreate') return this.recreate(deployment, shapes, hand);
    if (next === undefined) return this.begin(deployment, shapes, newSize(deployment, 0, total(old, replicasOf)), hand);
    await this.keepRevision(deployment, next, old, hand);
    const replicas = newSize(deployment, replicasOf(next), total(all, replicasOf));
    const grown = [{ set: next, replicas }].filter(isChange);
    await this.resize(deployment, grown.length > 0 ? grown : shrinkOld(deployment, next, old), hand);
    await this.cleanUp(deployment, next, old, hand);
    return shapes;
  }

  /** All old pods are gone before there is a new one. */
  private async recreate(deployment: SeenDeployment, shapes: Shapes, hand: Hand): Promise<Shapes> {
    const { next, old } = shapes;
    const active = old.filter((set) => replicasOf(set) > 0);
    if (active.length > 0) {
      await this.resize(
        deployment,
        active.map((set) => ({ set, replicas: 0 })),
        hand,
      );
      return shapes;
    }
    const runs = old.some((set) => this.pods.byIndex('controller', set.metadata.uid).some((pod) => !isOver(pod)));
    if (runs) return shapes;
    if (next === undefined) return this.begin(deployment, shapes, replicasOf(deployment), hand);
    await this.keepRevision(deployment, next, old, hand);
    await this.resize(deployment, [{ set: next, replicas: replicasOf(deployment) }].filter(isChange), hand);
    await this.cleanUp(deployment, next, old, hand);
    return shapes;
  }

  private async begin(deployment: SeenDeployment, { old }: Shapes, replicas: number, hand: Hand): Promise<Shapes> {
    for (let collisions = deployment.status?.collisionCount ?? 0; ; collisions++) {
      const wanted = newReplicaSet(deployment, replicas, nextRevision(old), collisions);
      try {
        const next = await hand.create(this.sets, wanted);
        const note = `Scaled up replica set ${next.metadata.name} from 0 to ${replicas}`;
        if (replicas > 0) this.context.tell({ regarding: deployment, reason: 'ScalingReplicaSet', note });
        await this.noteRevision(deployment, wanted.metadata.annotations?.[REVISION] ?? '', hand);
        return { next: next, old, isNew: true };
      } catch (error) {
        if (!isKubeError(error, 'alreadyExists')) throw error;
      }
    }
  }

  /** A template that comes back is the newest again. */
  private async keepRevision(
    deployment: SeenDeployment,
    next: SeenReplicaSet,
    old: readonly SeenReplicaSet[],
    hand: Hand,
  ): Promise<void> {
    const newest = nextRevision(old);
    if (old.length > 0 && revisionOf(next) < newest) {
      const annotations = { [REVISION]: String(newest) };
      await hand.patch(this.sets, next, { type: 'merge', body: { metadata: { annotations } } });
      await this.noteRevision(deployment, String(newest), hand);
    } else await this.noteRevision(deployment, String(revisionOf(next)), hand);
  }

  private async noteRevision(deployment: SeenDeployment, revision: string, hand: Hand): Promise<void> {
    if (deployment.metadata.annotations?.[REVISION] === revision) return;
    const body = { metadata: { annotations: { [REVISION]: revision } } };
    // Through the status, where an annotation is no new generation.
    await hand.patch({ resource, store: this.deployments }, deployment, { type: 'merge', body }, 'status');
  }

  private async resize(deployment: SeenDeployment, resizes: readonly Resize[], hand: Hand): Promise<void> {
    for (const { set, replicas } of resizes) {
      const { surge } = tolerancesOf(deployment);
      const annotations = {
        [DESIRED_REPLICAS]: String(replicasOf(deployment)),
        [MAX_REPLICAS]: String(replicasOf(deployment) + surge),
      };
      const { resourceVersion, name } = set.metadata;
      const body = { metadata: { resourceVersion, annotations }, spec: { replicas } };
      await hand.patch(this.sets, set, { type: 'merge', body });
      const was = replicasOf(set);
      const note = `Scaled ${replicas > was ? 'up' : 'down'} replica set ${name} from ${was} to ${replicas}`;
      if (replicas !== was) this.context.tell({ regarding: deployment, reason: 'ScalingReplicaSet', note });
    }
  }

  /** Old ReplicaSets beyond the limit, when the rollout is over. */
  private async cleanUp(
    deployment: SeenDeployment,
    next: SeenReplicaSet,
    old: readonly SeenReplicaSet[],
    hand: Hand,
  ): Promise<void> {
    const wanted = replicasOf(deployment);
    const isOver = (next.status?.replicas ?? 0) === wanted && availableOf(next) === wanted;
    if (isOver && total(old, ({ status }) => status?.replicas ?? 0) === 0)
      for (const set of surplusOf(deployment, old)) await hand.delete(this.sets, set);
  }

  private async tellStatus(deployment: SeenDeployment, shapes: Shapes, hand: Hand): Promise<void> {
    const status = statusOf(deployment, shapes, this.context.clock.now());
    if (isSame(status, deployment.status)) return;
    const place = { resource, store: this.deployments };
    await hand.patch(place, deployment, { type: 'merge', body: { status: replaced(deployment, status) } }, 'status');
  }
}

function scaling(
  deployment: SeenDeployment,
  next: SeenReplicaSet | undefined,
  old: readonly SeenReplicaSet[],
): readonly Resize[] {
  const all = next ? [...old, next] : old;
  const active = all.filter((set) => replicasOf(set) > 0);
  const wanted = replicasOf(deployment);
  const note = (set: SeenReplicaSet): boolean => set.metadata.annotations?.[DESIRED_REPLICAS] !== String(wanted);
  const withNotes = (resizes: readonly Resize[]): Resize[] => [
    ...resizes,
    ...active
      .filter((set) => note(set) && !resizes.some((resize) => resize.set === set))
      .map((set) => ({ set, replicas: replicasOf(set) })),
  ];
  const single = active.length <= 1 ? (active[0] ?? next ?? all.at(-1)) : undefined;
  if (single) return withNotes([{ set: single, replicas: wanted }].filter(isChange));
  const isSaturated = next !== undefined && replicasOf(next) === wanted && availableOf(next) === wanted;
  if (isSaturated) return withNotes(active.filter((set) => set !== next).map((set) => ({ set, replicas: 0 })));
  if (deployment.spec.strategy?.type === 'Recreate') return withNotes([]);
  const before = Number(active[0]?.metadata.annotations?.[MAX_REPLICAS] ?? deployment.status?.replicas ?? 0);
  return withNotes(proportional(deployment, active, before || mostOf(deployment)));
}

/** For a merge patch: what is no longer said goes. */
function replaced({ status }: SeenDeployment, now: NonNullable<Observed<Deployment>['status']>): object {
  const gone = Object.keys(status ?? {}).filter((field) => !(field in now));
  return { ...now, ...Object.fromEntries(gone.map((field) => [field, null])) };
}
