import { keyOf } from '../../../kube/objects.js';
import type { Observed, Store } from '../../../kube/store.js';
import type { ComeBack } from '../../../kube/work-queue.js';
import { isSame } from '../../json.js';
import type { Controller, ControllerContext } from '../context.js';
import type { Hand } from '../hand.js';
import { deployments, disruptionBudgets, pods, replicaSets, statefulSets } from '../informed.js';
import { Loop } from '../loop.js';
import type { Deployment, DisruptionBudget, Pod, ReplicaSet, SeenPod, StatefulSet } from '../objects.js';
import { controllerOf } from '../owners.js';
import { selects } from '../selector.js';
import { countsOwners, demandOf, disrupted, failedStatus, nextTimeout, statusOf } from './budget.js';

/**
 * Model of the disruption controller: says how many pods of a PodDisruptionBudget may be evicted now. Of owners it knows StatefulSets,
 * ReplicaSets and Deployments; a pod of another kind of owner is an error, where the real one would ask for its scale.
 */
export class DisruptionController implements Controller {
  private readonly budgets: Store<DisruptionBudget, 'namespace'>;
  private readonly pods: Store<Pod, 'namespace'>;
  private readonly sets: Store<StatefulSet>;
  private readonly replicaSets: Store<ReplicaSet>;
  private readonly deployments: Store<Deployment>;
  private readonly loop: Loop;

  constructor(private readonly context: ControllerContext) {
    const { informers } = context;
    this.budgets = informers.store(disruptionBudgets);
    this.pods = informers.store(pods);
    this.sets = informers.store(statefulSets);
    this.replicaSets = informers.store(replicaSets);
    this.deployments = informers.store(deployments);
    this.loop = new Loop('PodDisruptionBudget', context, (key, hand) => this.sync(key, hand), 1);
    this.budgets.subscribe(({ object }) => this.loop.add(keyOf(object as DisruptionBudget)));
    this.pods.subscribe((event) => {
      this.addFor(event.object);
      if (event.type === 'changed') this.addFor(event.old);
    });
  }

  start(): void {
    this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  private addFor({ metadata }: SeenPod): void {
    for (const budget of this.budgets.byIndex('namespace', metadata.namespace ?? ''))
      if (selects(budget.spec.selector, metadata.labels)) this.loop.add(keyOf(budget as DisruptionBudget));
  }

  private async sync(key: string, hand: Hand): Promise<ComeBack | undefined> {
    const budget = this.budgets.get(key);
    if (budget === undefined) return undefined;
    const now = this.context.clock.now();
    const matching = this.pods
      .byIndex('namespace', budget.metadata.namespace ?? '')
      .filter(({ metadata }) => selects(budget.spec.selector, metadata.labels));
    if (matching.length === 0)
      this.context.tell({ regarding: budget, reason: 'NoPods', note: 'No matching pods found' });
    const status = this.judge(budget, matching, now);
    if (!isSame(withoutNone(status), withoutNone(budget.status))) {
      const place = { resource: disruptionBudgets.resource, store: this.budgets };
      await hand.updateStatus<DisruptionBudget>(place, { ...(budget as DisruptionBudget), status });
    }
    const after = nextTimeout(disrupted(budget, matching, now), now);
    return after === undefined ? undefined : { after };
  }

  private judge(
    budget: Observed<DisruptionBudget>,
    matching: readonly SeenPod[],
    now: number,
  ): NonNullable<DisruptionBudget['status']> {
    try {
      const wanted = countsOwners(budget) ? this.wantedOf(budget, matching) : 0;
      return statusOf(budget, matching, demandOf(budget, matching.length, wanted), now);
    } catch (error) {
      const reason = 'CalculateExpectedPodCountFailed';
      const note = `Failed to calculate the number of expected pods: ${(error as Error).message}`;
      this.context.tell({ regarding: budget, type: 'Warning', reason, note });
      return failedStatus(budget, error, now);
    }
  }

  /** The replicas of all that own one of the pods. */
  private wantedOf(budget: Observed<DisruptionBudget>, matching: readonly SeenPod[]): number {
    const scales = new Map<string, number>();
    let unmanaged = 0;
    for (const pod of matching) {
      if (controllerOf(pod) === undefined) unmanaged++;
      else scales.set(...this.scaleOf(pod));
    }
    if (unmanaged > 0) {
      const note = `${unmanaged} pods of this PodDisruptionBudget have no controller, so nobody knows how many there should be; an integer minAvailable does not ask`;
      this.context.tell({ regarding: budget, type: 'Warning', reason: 'UnmanagedPods', note });
    }
    return [...scales.values()].reduce((sum, replicas) => sum + replicas, 0);
  }

  private scaleOf(pod: SeenPod): [uid: string, replicas: number] {
    const owner = controllerOf(pod)!;
    const replicaSet = this.replicaSets.byUid(owner.uid);
    const above = replicaSet && controllerOf(replicaSet);
    const found =
      this.deployments.byUid(above?.uid ?? '') ??
      (above?.kind === 'Deployment' ? undefined : replicaSet) ??
      this.sets.byUid(owner.uid);
    if (found === undefined) throw new Error(`found no controllers for pod "${pod.metadata.name}"`);
    return [found.metadata.uid, found.spec.replicas ?? 1];
  }
}

/** Empty maps are not kept. */
function withoutNone(status: Observed<DisruptionBudget>['status']): object {
  const { disruptedPods = {}, ...rest } = status ?? {};
  return Object.keys(disruptedPods).length === 0 ? rest : { ...rest, disruptedPods };
}
