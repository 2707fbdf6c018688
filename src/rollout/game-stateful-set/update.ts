import type { StatefulSet } from '../../api/native.js';
import { isBeingCreated } from '../pod/completion.js';
import { budgetOf } from './budget.js';
import type { Budget, Taken } from './budget.js';
import { drain, settleDrains } from './drain.js';
import { updatePod } from './patch.js';
import { hasActed, isWithdrawn } from './pod-view.js';
import type { PodView } from './pod-view.js';
import { needsShare } from './progress.js';
import { podsToRecreate } from './recreate.js';
import type { Round } from './round.js';
import type { Go, Target } from './target.js';
import { wayTo } from './way.js';
import type { Way } from './way.js';

/**
 * Moves pods to the target: those out of traffic first, then new ones within the budget, broken ones before healthy ones, the
 * highest ordinal first. Returns the pods that are to be made anew.
 */
export function updatePods(round: Round, child: StatefulSet, target: Target): readonly PodView[] {
  const { settings } = round;
  if (target.kind !== 'go' || settings.paused || settings.type === 'OnDelete') {
    settleDrains(round, target);
    if (target.kind === 'go' && settings.type === 'OnDelete') tellOutdated(round, target);
    return [];
  }
  return target.progress.isMoving ? new Update(round, child, target).run() : [];
}

function tellOutdated({ pods, draft }: Round, { revision }: Go): void {
  const outdated = pods.filter((view) => view.revision !== revision && view.stage.kind !== 'leaving');
  if (outdated.length > 0)
    draft.say(`updateStrategy.type OnDelete: ${outdated.length} of ${pods.length} pods stay as they are until deleted`);
}

/** One round of an update that goes on. */
export class Update {
  readonly budget: Budget;
  /** Pods that are to have the target, and do not yet. */
  private readonly ahead: readonly PodView[];
  private readonly ways = new Map<PodView, Way>();
  /** Indexes of broken pods that can only be made anew. */
  private waiting: readonly number[] | undefined;

  constructor(
    readonly round: Round,
    readonly child: StatefulSet,
    readonly target: Go,
  ) {
    this.budget = budgetOf(round, child, target);
    this.ahead = round.pods.filter(
      (view) => this.isInScope(view) && view.stage.kind !== 'leaving' && view.revision !== target.revision,
    );
  }

  run(): readonly PodView[] {
    this.tellObstacles();
    this.metadata();
    // First those whose end the child has been told already: it does not wait for us.
    const batch = podsToRecreate(this);
    for (const view of batch) this.round.draft.leave(view);
    drain(this, batch);
    this.inPlace();
    return batch;
  }

  /**
   * Takes a pod out of service if the budget allows. Broken pods below it that can only be made anew are excused: their turn
   * comes after its own, so that they would hold it back for ever.
   */
  take(view: PodView): Taken {
    this.waiting ??= this.ahead
      .filter((other) => !other.available && !isBeingCreated(other.pod) && isCandidate(other))
      .filter((other) => this.wayOf(other).kind === 'recreate')
      .map(({ index }) => index);
    // The highest are first.
    const first = this.waiting.findIndex((index) => index < view.index);
    const excused = first < 0 ? 0 : this.waiting.length - first;
    const { available, ready } = view;
    return this.budget.take({ available, ready, needsShare: needsShare(this.round, view) }, excused);
  }

  /** Lets a pod have the target that is not taken out of service for it, or is already. */
  takeShare(view: PodView): boolean {
    return this.budget.takeShare({ needsShare: needsShare(this.round, view) });
  }

  /** Whether the partition lets a pod have the target. */
  isInScope(view: PodView): boolean {
    return this.round.isKept(view) && view.index >= this.target.progress.partition;
  }

  wayOf(view: PodView): Way {
    const way = this.ways.get(view) ?? wayTo(this.round, view, this.target.template);
    this.ways.set(view, way);
    return way;
  }

  private tellObstacles(): void {
    for (const view of this.ahead) {
      const way = this.wayOf(view);
      if (way.kind === 'none') this.round.draft.stuck(`${view.name} cannot be updated in place: ${way.why}`);
      if (way.kind === 'wait') this.round.draft.say(`${view.name} waits: ${way.why}`);
    }
  }

  /** Labels and annotations cost nothing: all at once, the gate as it is. */
  private metadata(): void {
    for (const view of this.ahead) {
      const way = this.wayOf(view);
      if (way.kind !== 'metadata' || view.stage.kind === 'draining') continue;
      const { available } = view;
      if (this.budget.relabel({ available, needsShare: needsShare(this.round, view) }))
        updatePod(this.round, view, way.change, this.target.revision);
    }
  }

  private inPlace(): void {
    const { round, budget } = this;
    const candidates = this.ahead.filter((view) => isCandidate(view) && this.wayOf(view).kind === 'inPlace');
    const broken = candidates.filter(({ available }) => !available);
    const healthy = candidates.filter(({ available }) => available);
    for (const view of [...broken, ...healthy]) {
      if (!view.available && isBeingCreated(view.pod)) {
        round.draft.say(`${view.name} waits: its containers are being created`);
        round.draft.leave(view);
        continue;
      }
      const taken = this.take(view);
      if (taken === 'busy') round.draft.say(`${view.name} waits: ${budget.sentence}`);
      if (taken === 'busy') return;
      if (taken === 'taken' && round.agrees(view, 'updateInPlace')) this.begin(view);
    }
  }

  private begin(view: PodView): void {
    const { round, target } = this;
    const way = this.wayOf(view);
    if (way.kind !== 'inPlace') return;
    const { gate, state, empty, at, name } = view;
    if (gate.kind === 'none') {
      updatePod(round, view, way.change, target.revision);
      return;
    }
    const servesNobody = empty || isWithdrawn(gate, state);
    const plan = { target: target.revision, grace: servesNobody ? 0 : round.settings.grace };
    const since = gate.kind === 'closed' && gate.since !== undefined ? { since: gate.since } : {};
    const why = servesNobody ? `${name} serves nobody` : `${name} is next`;
    round.draft.do({ kind: 'closeGate', pod: at, plan, ...since, why });
  }
}

/** A pod may be touched when nothing is under way in it, or when what was patched into it last cannot come true. */
function isCandidate({ stage }: PodView): boolean {
  switch (stage.kind) {
    case 'serving':
    case 'newborn':
    case 'verified':
      return true;
    case 'verifying':
      return hasActed(stage.completion);
    case 'draining':
    case 'leaving':
      return false;
  }
}
