import type { PodChange } from '../diff.js';
import { isBeingCreated } from '../pod/completion.js';
import { clockTime } from '../time.js';
import { drainOf } from './gates.js';
import type { Drain } from './gates.js';
import { updatePod } from './patch.js';
import type { PodStage, PodView } from './pod-view.js';
import type { Round } from './round.js';
import type { Target } from './target.js';
import type { Update } from './update.js';

/** What becomes of a pod that is out of traffic and not patched yet. */
type Fate =
  | { readonly kind: 'patched'; readonly change: PodChange }
  /** It gets another plan; its time out of traffic counts. */
  | { readonly kind: 'retargeted' }
  | { readonly kind: 'cancelled'; readonly why: string }
  /** It leaves, or is made anew: it does not come back into traffic first. */
  | { readonly kind: 'left' }
  /** Its way is being found out. */
  | { readonly kind: 'drained' };

type Draining = PodStage & { readonly kind: 'draining' };

/**
 * Pods whose gate is closed: patched when their grace is over, back into traffic when it has become needless. `batch` are those
 * that are made anew.
 */
export function drain(update: Update, batch: readonly PodView[]): void {
  const { round, target } = update;
  const leaving = new Set(batch);
  for (const view of round.pods) {
    const { stage } = view;
    if (stage.kind !== 'draining') continue;
    const fate: Fate = leaving.has(view) ? { kind: 'left' } : fateOf(update, view, stage);
    switch (fate.kind) {
      case 'patched':
        patchWhenDrained(update, view, stage, fate.change);
        break;
      case 'retargeted': {
        const why = `${view.name} is to become ${target.revision} now`;
        const plan = { ...stage.plan!, target: target.revision };
        keepClock(round, view, stage);
        round.draft.do({ kind: 'closeGate', pod: view.at, plan, since: stage.since, why });
        break;
      }
      case 'cancelled':
        cancel(round, view, stage, fate.why);
        break;
      case 'drained':
        keepClock(round, view, stage);
        break;
      case 'left':
    }
  }
}

/** Without a target to go to nothing is patched; what drains waits for one, or goes back into traffic. */
export function settleDrains(round: Round, target: Target): void {
  const { paused, type } = round.settings;
  for (const view of round.pods) {
    const { stage } = view;
    if (stage.kind !== 'draining') continue;
    if (paused) cancel(round, view, stage, 'paused');
    else if (target.kind === 'stop') cancel(round, view, stage, target.message);
    else if (target.kind === 'go') cancel(round, view, stage, `updateStrategy.type is ${type}`);
    else keepClock(round, view, stage);
  }
}

function fateOf(update: Update, view: PodView, { plan }: Draining): Fate {
  const { round, target } = update;
  if (!plan) return { kind: 'cancelled', why: 'its gate was closed by somebody else' };
  if (!round.isKept(view)) return { kind: 'left' };
  const withdrawn: Fate = { kind: 'cancelled', why: 'its update was withdrawn' };
  if (view.revision === target.revision || !update.isInScope(view)) return withdrawn;
  const way = update.wayOf(view);
  switch (way.kind) {
    case 'wait':
      return { kind: 'drained' };
    // Its turn to be made anew has not come.
    case 'recreate':
    case 'metadata':
    case 'none':
      return withdrawn;
    case 'inPlace':
      if (plan.target === target.revision) return { kind: 'patched', change: way.change };
      return update.takeShare(view) ? { kind: 'retargeted' } : withdrawn;
  }
}

function patchWhenDrained({ round, target }: Update, view: PodView, stage: Draining, change: PodChange): void {
  const { draft } = round;
  const progress = keepClock(round, view, stage);
  switch (progress?.kind) {
    case 'done':
      if (isBeingCreated(view.pod)) draft.say(`${view.name} waits: its containers are being created`);
      else if (round.agrees(view, 'updateInPlace')) updatePod(round, view, change, target.revision);
      else cancel(round, view, stage, 'its hook does not agree any more');
      break;
    case 'draining':
      draft.say(
        `${view.name} is out of traffic until ${clockTime(progress.until)}, then it is updated to ${target.revision}`,
      );
      break;
    case 'leavingTraffic':
      draft.say(`${view.name} is leaving traffic`);
      break;
    case undefined:
  }
}

/** What was seen must stay known, or the grace would begin anew. */
function keepClock(round: Round, view: PodView, { plan }: Draining): Drain | undefined {
  if (!plan) return undefined;
  const progress = drainOf(round, view, plan);
  round.draft.drains.set(view.at.uid, progress);
  if (progress.kind === 'leavingTraffic') round.draft.wake(progress.at);
  if (progress.kind === 'draining') round.draft.wake(progress.until);
  return progress;
}

/** Puts a pod back into traffic, since nothing was done to it; or back to where it was when something was. */
function cancel({ draft }: Round, { name, at, state }: PodView, { unproven, since }: Draining, why: string): void {
  if (unproven && state) {
    const plan = { target: state.revision, grace: 0 };
    draft.do({ kind: 'closeGate', pod: at, plan, since, why: `${name} stays at ${state.revision}: ${why}` });
  } else draft.do({ kind: 'openGate', pod: at, reason: 'UpdateCancelled', why: `${name} stays as it is: ${why}` });
}
