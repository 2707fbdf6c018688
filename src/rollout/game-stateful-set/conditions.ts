import type { Condition } from '../../api/generated/types/status.js';
import { timestamp } from '../time.js';
import type { Degraded } from './degraded.js';
import type { Round } from './round.js';

/** Only what holds is told, besides `Available` and `Progressing`. The time of a condition is when its status last changed. */
export function conditionsOf(
  round: Round,
  { done, degraded }: { readonly done: boolean; readonly degraded: Degraded | undefined },
): Condition[] {
  const wanted = [
    availability(round),
    progress(round, done, degraded),
    ...(round.settings.paused ? [condition('Paused', 'SpecPaused', 'updateStrategy.paused is true')] : []),
    ...hookBlocked(round),
    ...(degraded?.reason === 'InPlaceNotPossible' || degraded?.reason === 'ChildNameTaken'
      ? [condition(degraded.reason, CAUSES[degraded.reason], degraded.message)]
      : []),
    ...unsupported(round),
  ];
  const before = round.snapshot.workload.status?.conditions ?? [];
  return wanted.map((next) => {
    const same = before.find(({ type, status }) => type === next.type && status === next.status);
    return { ...next, lastTransitionTime: same?.lastTransitionTime ?? timestamp(round.now) };
  });
}

const CAUSES = { InPlaceNotPossible: 'OnlyNewPods', ChildNameTaken: 'NameTaken' } as const;

function availability({ pods, settings }: Round): Condition {
  const available = pods.filter((view) => view.available).length;
  const least = Math.max(0, settings.replicas - settings.maxUnavailable);
  const message = `${available} of ${settings.replicas} pods are available`;
  return condition('Available', 'PodsAvailable', message, available >= least);
}

function progress({ settings }: Round, done: boolean, degraded: Degraded | undefined): Condition {
  if (degraded) return condition('Progressing', degraded.reason, degraded.message, false);
  if (done) return condition('Progressing', 'Complete', '');
  return settings.paused ? condition('Progressing', 'Paused', '', false) : condition('Progressing', 'Updating', '');
}

function hookBlocked({ draft }: Round): Condition[] {
  const [first] = draft.held.values();
  if (!first) return [];
  const others = draft.held.size > 1 ? `, and ${draft.held.size - 1} more` : '';
  return [condition('HookBlocked', 'HookNotAgreed', `${first.view.name}${others}: ${first.why}`)];
}

function unsupported({ unsupported: { stopsUpdates, ignored }, immutable }: Round): Condition[] {
  const kept = immutable.map(({ field }) => `spec.${field} cannot change while the workload exists`);
  const sentences = [...(stopsUpdates === undefined ? [] : [stopsUpdates]), ...ignored, ...kept];
  if (sentences.length === 0) return [];
  return [condition('Unsupported', stopsUpdates === undefined ? 'Ignored' : 'NothingIsUpdated', sentences.join('; '))];
}

const condition = (type: string, reason: string, message: string, holds = true): Condition => ({
  type,
  status: holds ? 'True' : 'False',
  reason,
  message,
});
