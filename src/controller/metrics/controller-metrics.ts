import type { Clock } from '../../kube/clock.js';
import type { Action } from '../../rollout/game-stateful-set/action.js';
import type { Acting, ActionOutcome } from '../game-stateful-set/executor.js';
import { Counter, Durations } from './counters.js';
import type { Family } from './exposition.js';

/** From what a call takes to what people wait for; milliseconds. */
const CALLS = [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000];
const UPDATES = [500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 120_000, 300_000, 600_000];

/**
 * What is counted as it happens. `bkbcs_` are the names of the seed system, so that its dashboards go on working, without the
 * names of single workloads: those grow without bound.
 */
export class ControllerMetrics {
  private readonly actions = new Counter(
    'gamezone_actions_total',
    'Writes to the cluster and questions to it, by what became of them.',
  );
  private readonly podUpdates = new Durations(
    'bkbcs_gamestatefulset_pod_update_duration_seconds',
    'Calls that update a pod in place.',
    CALLS,
  );
  private readonly podDeletes = new Durations(
    'bkbcs_gamestatefulset_pod_delete_duration_seconds',
    'Calls that delete a pod.',
    CALLS,
  );
  private readonly reconciles = new Durations(
    'bkbcs_gamestatefulset_reconcile_duration_seconds',
    'One look at a workload, with the writes that followed.',
    CALLS,
  );
  private readonly proven = new Durations(
    'gamezone_pod_update_proven_seconds',
    'From the patch of a pod until it is proven to run what it was patched to.',
    UPDATES,
  );
  /** When a pod was patched, by UID. Monotonic. */
  private readonly patched = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  acted({ namespace = '' }: Pick<Acting, 'namespace'>, action: Action, outcome: ActionOutcome, took: number): void {
    const { kind } = action;
    this.actions.add({ kind: 'GameStatefulSet', action: kind, outcome: outcome.kind });
    const status = outcome.kind === 'done' ? 'success' : 'failure';
    if (kind === 'updatePod') {
      const grace = action.state.containers.length > 0 ? 'true' : 'false';
      this.podUpdates.observe({ namespace, status, grace, action: 'inplaceUpdate' }, took);
      if (outcome.kind === 'done') this.patched.set(action.pod.uid, this.clock.monotonic());
    }
    if (kind === 'deletePod') {
      this.podDeletes.observe({ namespace, status, action: 'deletePod' }, took);
      this.patched.delete(action.pod.uid);
    }
    if (kind === 'openGate' && outcome.kind === 'done') {
      const since = this.patched.get(action.pod.uid);
      this.patched.delete(action.pod.uid);
      if (since !== undefined && action.reason === 'UpdateVerified')
        this.proven.observe({ namespace }, this.clock.monotonic() - since);
    }
    // Pods without a gate are never seen to be done here.
    if (this.patched.size > MOST_PATCHED) this.patched.clear();
  }

  reconciled(status: 'success' | 'failure', took: number): void {
    this.reconciles.observe({ status }, took);
  }

  get families(): Family[] {
    return [this.actions, this.podUpdates, this.podDeletes, this.reconciles, this.proven].map(({ family }) => family);
  }
}

const MOST_PATCHED = 10_000;
