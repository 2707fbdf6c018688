import type { PodTarget } from '../../api/generated/types/status.js';
import { timestamp } from '../time.js';
import type { Held } from './draft.js';
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

function targetOf({ draft }: Round, { stage, at }: PodView): What | undefined {
  const drain = draft.drains.get(at.uid);
  if (stage.kind === 'draining' && stage.plan && drain) {
    return {
      action: 'Update',
      revision: stage.plan.target,
      phase: 'Draining',
      ...(stage.since !== '' && { since: stage.since }),
      ...(drain.kind !== 'leavingTraffic' && { until: timestamp(drain.until) }),
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
  if (drain.kind === 'leavingTraffic') return 'waits for the kubelet to take it out of traffic';
  return drain.unconfirmed ? 'not seen out of traffic after 10 s; its grace runs all the same' : 'out of traffic';
}

function heldTarget(held: Held | undefined, revision: string | undefined): What | undefined {
  if (!held) return undefined;
  const { purpose, why } = held;
  const action = purpose === 'delete' ? 'Delete' : 'Update';
  return { action, ...(revision !== undefined && { revision }), phase: 'HookPending', message: why };
}
