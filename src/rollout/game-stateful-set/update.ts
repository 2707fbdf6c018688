import type { StatefulSet } from '../../api/native.js';
import type { TemplateDiff } from '../diff.js';
import { containersBefore } from '../pod/update-state.js';
import { timestamp } from '../time.js';
import { Budget } from './budget.js';
import { partitionOfChild, updateStrategyOf } from './child.js';
import { cancel, drainOf, drainSentence } from './gates.js';
import type { PodView } from './pod-view.js';
import { childAt, replicasOf } from './round.js';
import type { Round } from './round.js';
import type { Target } from './target.js';

type Go = Target & { readonly kind: 'go' };

/** How a pod comes to the target. */
type Way = 'none' | 'metadata' | 'inPlace' | 'recreate';

/**
 * Moves pods to the target: those in traffic no more first, then new ones within the budget, broken ones before healthy ones,
 * the highest ordinal first.
 */
export function updatePods(round: Round, child: StatefulSet, target: Target): void {
  const { settings, draft, pods } = round;
  if (target.kind !== 'go' || settings.paused || settings.type === 'OnDelete') {
    settleDrains(round, target);
    return;
  }
  const update = new Update(round, child, target);
  for (const view of pods) if (view.stage.kind === 'draining') update.drain(view);
  update.metadata();
  update.inPlace();
  update.recreate();
  for (const sentence of update.waits) draft.say(sentence);
}

/** Without a target to go to nothing is patched; what drains waits for one, or goes back into traffic. */
function settleDrains(round: Round, target: Target): void {
  const { paused } = round.settings;
  for (const view of round.pods) {
    if (view.stage.kind !== 'draining') continue;
    if (target.kind !== 'hold' || paused) cancel(round, view, paused ? 'paused' : 'there is nothing to update to');
    // The clock of the drain goes on: what was seen must stay known.
    else if (view.stage.plan) drainOf(round, view, view.stage.plan);
  }
}

class Update {
  readonly waits: string[] = [];
  private readonly budget: Budget;
  private readonly scope: readonly PodView[];

  constructor(
    private readonly round: Round,
    private readonly child: StatefulSet,
    private readonly target: Go,
  ) {
    const { pods, settings } = round;
    const replicas = Math.min(replicasOf(child), settings.replicas);
    const staying = pods.filter(({ index }) => index >= 0 && index < replicas);
    this.scope = staying.filter(({ index }) => index >= settings.partition);
    const missing = replicas - staying.length;
    const moving = staying.filter(
      (view) =>
        !view.available &&
        (view.revision === target.revision ||
          view.stage.kind === 'draining' ||
          (view.stage.kind === 'leaving' && view.index >= partitionOfChild(child))),
    );
    const missingUpdated = countMissing(staying, partitionOfChild(child), replicas);
    this.budget = new Budget(settings.ordered ? 1 : settings.maxUnavailable, {
      atTarget: moving.length + missingUpdated,
      unavailable: staying.filter(({ available }) => !available).length + missing,
    });
  }

  /** A pod whose gate we closed: patched when its grace is over, back into traffic when it has become needless. */
  drain(view: PodView): void {
    const { round, target } = this;
    const { stage } = view;
    if (stage.kind !== 'draining') return;
    const way = this.wayOf(view);
    if (!stage.plan) {
      cancel(round, view, 'its gate was closed by somebody else');
      return;
    }
    // One that leaves does not come back into traffic first, nor one that is recreated.
    if (view.index >= round.settings.replicas || (way === 'recreate' && this.scope.includes(view))) return;
    if (way !== 'inPlace' || !this.scope.includes(view)) {
      cancel(round, view, 'its update was withdrawn');
      return;
    }
    const drain = drainOf(round, view, stage.plan);
    if (stage.plan.target !== target.revision) {
      const plan = { ...stage.plan, target: target.revision };
      const why = `${view.name} is to become ${target.revision} now`;
      round.draft.do({ kind: 'closeGate', pod: view.at, plan, since: stage.since, why });
      return;
    }
    switch (drain.kind) {
      case 'done':
        this.patch(view, this.diffOf(view));
        return;
      case 'draining':
        round.draft.wake(drain.until);
        this.waits.push(drainSentence(view, drain.until, target.revision));
        return;
      case 'leavingTraffic':
        round.draft.wake(drain.at);
        this.waits.push(`${view.name} is leaving traffic`);
    }
  }

  /** Labels and annotations cost nothing: all at once, the gate as it is. */
  metadata(): void {
    for (const view of this.scope) {
      if (view.stage.kind === 'leaving' || view.stage.kind === 'draining') continue;
      if (this.wayOf(view) === 'metadata') this.patch(view, this.diffOf(view));
    }
  }

  inPlace(): void {
    const candidates = this.scope.filter((view) => this.isCandidate(view) && this.wayOf(view) === 'inPlace');
    const broken = candidates.filter(({ available }) => !available);
    const healthy = candidates.filter(({ available }) => available);
    for (const view of [...broken, ...healthy]) {
      if (!this.budget.take(view)) {
        this.waits.push(`${view.name} waits: ${this.budget.sentence}`);
        // Its turn has not come: a new pod serves meanwhile as it is.
        if (view.stage.kind !== 'newborn') break;
        continue;
      }
      if (!this.agrees(view, 'updateInPlace')) continue;
      if (view.gate.kind === 'none') this.patch(view, this.diffOf(view));
      else this.close(view);
    }
  }

  /** Strictly by ordinal: the partition of the child falls below exactly those pods that may go, then they are deleted. */
  recreate(): void {
    const batch: PodView[] = [];
    for (const view of this.scope) {
      if (view.stage.kind === 'leaving' || view.revision === this.target.revision) continue;
      if (this.wayOf(view) !== 'recreate') break;
      if (view.stage.kind !== 'draining' && !this.isCandidate(view)) break;
      if (view.stage.kind !== 'draining' && !this.budget.take(view)) {
        this.waits.push(`${view.name} waits to be recreated: ${this.budget.sentence}`);
        break;
      }
      if (!this.agrees(view, 'delete')) break;
      batch.push(view);
    }
    const lowest = batch.at(-1);
    if (!lowest) return;
    const { draft, settings } = this.round;
    if (partitionOfChild(this.child) > lowest.index) {
      const names = batch.map(({ name }) => name).join(', ');
      draft.do({
        kind: 'changeChild',
        child: childAt(this.child),
        change: { updateStrategy: updateStrategyOf(settings, lowest.index) },
        why: `${names}: recreated as ${this.target.revision}`,
      });
      return;
    }
    for (const { at, name } of batch)
      draft.do({ kind: 'deletePod', pod: at, why: `${name} is recreated as ${this.target.revision}` });
  }

  /** A pod may be touched when nothing is under way in it, or when what was patched into it last cannot come true. */
  private isCandidate({ stage }: PodView): boolean {
    switch (stage.kind) {
      case 'serving':
      case 'newborn':
      case 'verified':
        return true;
      case 'verifying':
        return stage.completion.kind === 'pending' && stage.completion.acted;
      default:
        return false;
    }
  }

  private agrees(view: PodView, purpose: 'updateInPlace' | 'delete'): boolean {
    if (view.empty) return true;
    const answer = this.round.snapshot.hooks.ask(view.pod, purpose);
    if (answer.kind === 'waiting') this.waits.push(`${view.name} waits for its hook: ${answer.why}`);
    return answer.kind === 'agreed';
  }

  private close(view: PodView): void {
    const { target, round } = this;
    const grace = view.empty ? 0 : round.settings.grace;
    const why = view.empty ? `${view.name} serves nobody` : `${view.name} is next`;
    round.draft.do({ kind: 'closeGate', pod: view.at, plan: { target: target.revision, grace }, why });
  }

  private patch(view: PodView, diff: TemplateDiff): void {
    if (diff.kind === 'recreate') return;
    const change = diff.kind === 'none' ? NO_CHANGE : diff.change;
    const { stage, pod, at } = view;
    const changed = [...Object.keys(change.images), ...Object.keys(change.sidecars)];
    const unproven =
      stage.kind === 'verifying' ? stage.state.containers.filter(({ name }) => !changed.includes(name)) : [];
    this.round.draft.do({
      kind: 'updatePod',
      pod: at,
      change,
      state: {
        revision: this.target.revision,
        updateTimestamp: timestamp(this.round.now),
        containers: [...unproven, ...containersBefore(pod, changed)],
      },
      why: `${view.name} becomes ${this.target.revision}`,
    });
  }

  private diffOf({ base }: PodView): TemplateDiff {
    return this.round.diffTo(this.target.template, base);
  }

  private wayOf(view: PodView): Way {
    if (view.revision === this.target.revision) return 'none';
    const diff = this.diffOf(view);
    if (diff.kind === 'none') return 'metadata';
    if (diff.kind !== 'inPlace') return diff.kind;
    const { settings, snapshot } = this.round;
    if (settings.type !== 'InplaceUpdate') return 'recreate';
    if (view.gate.kind === 'none' && !settings.patchUngated) return 'recreate';
    const kubelet = snapshot.kubelets.get(view.pod.spec.nodeName ?? '');
    if (Object.keys(diff.change.sidecars).length > 0 && !updatesSidecars(kubelet)) return 'recreate';
    return 'inPlace';
  }
}

const NO_CHANGE = { images: {}, sidecars: {}, labels: {}, annotations: {} };

/** Kubelets from 1.32 on restart a native sidecar whose image changes. */
function updatesSidecars(version: string | undefined): boolean {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version ?? '') ?? [];
  return major !== undefined && (Number(major) > 1 || Number(minor) >= 32);
}

/** Pods that do not exist at or above an index. */
function countMissing(pods: readonly PodView[], from: number, replicas: number): number {
  const first = Math.min(from, replicas);
  return replicas - first - pods.filter(({ index }) => index >= first).length;
}
