import type { PodTarget } from '../../api/generated/types/status.js';
import { timestamp } from '../time.js';
import type { Held } from './draft.js';
import { drainOf } from './gates.js';
import type { Drain } from './gates.js';
import { hasActed } from './pod-view.js';
import type { PodView } from './pod-view.js';
import type { Round } from './round.js';

/** The pods on which something is being done, and those that wait for a hook. */
export const podTargets = (round: Round, revision: string | undefined): PodTarget[] =>
  round.pods.flatMap((view) => {
    const target = targetOf(round, view) ?? heldTarget(round.draft.held.get(view.at.uid), revision);
    return target ? [{ podName: view.name, uid: view.at.uid, ...target }] : [];
  });

type What = Omit<PodTarget, 'podName' | 'uid'>;

function targetOf(round: Round, view: PodView): What | undefined {
  const { stage } = view;
  if (stage.kind === 'draining' && stage.plan) {
    const drain = drainOf(round, view, stage.plan);
    return {
      action: 'Update',
      revision: stage.plan.target,
      phase: 'Draining',
      ...(stage.since !== '' && { since: stage.since }),
      ...(drain.kind === 'draining' && { until: timestamp(drain.until) }),
      message: drainMessage(drain),
    };
  }
  if (stage.kind !== 'verifying') return undefined;
  const { state, completion } = stage;
  return {
    action: 'Update',
    revision: state.revision,
    phase: hasActed(completion) ? 'Verifying' : 'Patched',
    since: state.updateTimestamp,
    message: completion.why,
  };
}

function drainMessage(drain: Drain): string {
  switch (drain.kind) {
    case 'leavingTraffic':
      return 'waits for the kubelet to take it out of traffic';
    case 'draining':
      return drain.unconfirmed ? 'not seen out of traffic after 10 s; its grace runs all the same' : 'out of traffic';
    case 'done':
      return 'out of traffic';
  }
}

function heldTarget(held: Held | undefined, revision: string | undefined): What | undefined {
  if (!held) return undefined;
  const { purpose, why } = held;
  const action = purpose === 'delete' ? 'Delete' : 'Update';
  return { action, ...(revision !== undefined && { revision }), phase: 'HookPending', message: why };
}
