import { partitionOfChild, replicasOf } from './child.js';
import type { PodView } from './pod-view.js';
import type { Update } from './update.js';

/**
 * The pods that are to be made anew now, the highest ordinal first. Strictly by ordinal, since the child can only be told from
 * which index on: whatever stands above the last of them has the target, is on its way out, or may go as well.
 */
export function podsToRecreate(update: Update): PodView[] {
  const { round, child, target, budget } = update;
  const batch: PodView[] = [];
  for (let index = replicasOf(child) - 1; index >= 0; index--) {
    const view = round.podAt(index);
    if (!view) {
      // It comes back as it was, and may be back and serve already.
      if (index < partitionOfChild(child)) break;
      continue;
    }
    if (view.revision === target.revision) continue;
    if (!update.isInScope(view) || update.wayOf(view).kind !== 'recreate') break;
    const taken = view.stage.kind === 'draining' ? takeDrained(update, view) : update.take(view);
    if (taken === 'busy') round.draft.say(`${view.name} waits to be made anew: ${budget.sentence}`);
    if (taken !== 'taken' || !round.agrees(view, 'delete')) break;
    batch.push(view);
  }
  return batch;
}

/** One that drains was taken out of service already. */
function takeDrained(update: Update, view: PodView): 'taken' | 'held' {
  const { stage } = view;
  const isCounted = stage.kind === 'draining' && stage.plan?.target === update.target.revision;
  return isCounted || update.takeShare(view) ? 'taken' : 'held';
}
