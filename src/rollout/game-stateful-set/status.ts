import type { GameStatefulSetStatus } from '../../api/generated/types/game-stateful-set.js';
import type { Condition, Phase, PodTarget } from '../../api/generated/types/status.js';
import type { StatefulSet } from '../../api/native.js';
import { timestamp } from '../time.js';
import { drainOf } from './gates.js';
import type { PodView } from './pod-view.js';
import type { Prerequisites } from './prerequisites.js';
import type { Round } from './round.js';
import { selectorText } from './selector.js';
import type { StopReason, Target } from './target.js';

/** What a decision came to, as far as the status tells it. */
export interface Outcome {
  readonly child?: StatefulSet;
  readonly target?: Target;
  readonly prerequisites: Prerequisites;
  readonly nameTakenBy?: string;
  readonly progressLate?: string;
}

export function statusOf(round: Round, outcome: Outcome): GameStatefulSetStatus {
  const { snapshot, pods, draft, settings } = round;
  const { workload } = snapshot;
  const before = workload.status ?? {};
  const { child, target, prerequisites } = outcome;
  const revision = target?.kind === 'go' ? target.revision : before.updateRevision;
  const staying = pods.filter(
    ({ index, stage }) => index >= 0 && index < settings.replicas && stage.kind !== 'leaving',
  );
  const updated = pods.filter((view) => view.revision === revision && isProven(view));
  const held = Math.min(settings.partition, settings.replicas);
  const inScope = staying.filter(({ index }) => index >= held);
  const isDone =
    target?.kind === 'go' &&
    staying.length === settings.replicas &&
    staying.every(({ available }) => available) &&
    inScope.every((view) => view.revision === revision);
  const isEverywhere = isDone && staying.every((view) => view.revision === revision);
  const currentRevision = oldestRevision(round) ?? revision;
  const degraded = degradedBecause(round, outcome);
  const phase: Phase = degraded ? 'Degraded' : isDone ? 'Healthy' : settings.paused ? 'Paused' : 'Progressing';
  const done =
    held > 0 && !isEverywhere
      ? `${inScope.length} of ${settings.replicas} pods run ${revision ?? ''}; partition ${held} holds the others`
      : `${staying.length} pods run ${revision ?? ''}`;
  const message = [
    ...(degraded ? [degraded.message] : []),
    ...draft.reasons.filter((reason) => reason !== degraded?.message),
  ];
  const stableRevision = isEverywhere ? revision : before.stableRevision;
  return {
    observedGeneration: workload.metadata.generation ?? 1,
    phase,
    message: message.length > 0 ? summary(message) : isDone ? done : 'an update is under way',
    replicas: pods.length,
    readyReplicas: pods.filter(({ ready, stage }) => ready && stage.kind !== 'leaving').length,
    currentReplicas: pods.filter((view) => view.revision === currentRevision).length,
    updatedReplicas: updated.length,
    updatedReadyReplicas: updated.filter(({ ready }) => ready).length,
    ...(currentRevision !== undefined && { currentRevision }),
    ...(revision !== undefined && { updateRevision: revision }),
    ...(stableRevision !== undefined && { stableRevision }),
    ...(child?.status?.collisionCount !== undefined && { collisionCount: child.status.collisionCount }),
    labelSelector: selectorText(workload.spec.selector),
    conditions: conditionsOf(round, outcome, { isDone, ...(degraded && { degraded }) }),
    ...(prerequisites.status.length > 0 && { prerequisites: [...prerequisites.status] }),
    targets: pods.flatMap((view) => targetOfPod(round, view)),
  };
}

const isProven = ({ stage }: PodView): boolean =>
  stage.kind === 'serving' || stage.kind === 'verified' || stage.kind === 'newborn';

/** Sentences that fit into a status; the whole list is in the pods' own targets. */
const MOST_SENTENCES = 3;
function summary(sentences: readonly string[]): string {
  const more = sentences.length - MOST_SENTENCES;
  return [...sentences.slice(0, MOST_SENTENCES), ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

function oldestRevision({ pods, snapshot }: Round): string | undefined {
  const carried = new Set(pods.filter(({ stage }) => stage.kind !== 'leaving').map(({ revision }) => revision));
  const [oldest] = snapshot.revisions
    .filter(({ metadata }) => carried.has(metadata.name))
    .sort((a, b) => a.revision - b.revision);
  return oldest?.metadata.name;
}

function targetOfPod(round: Round, view: PodView): PodTarget[] {
  const { stage, name: podName, at } = view;
  const common = { podName, uid: at.uid, action: 'Update' } as const;
  if (stage.kind === 'draining' && stage.plan) {
    const drain = drainOf(round, view, stage.plan);
    return [
      {
        ...common,
        revision: stage.plan.target,
        phase: 'Draining',
        ...(stage.since !== '' && { since: stage.since }),
        ...(drain.kind === 'draining' && { until: timestamp(drain.until) }),
        message:
          drain.kind === 'leavingTraffic'
            ? 'waits for the kubelet to take it out of traffic'
            : drain.kind === 'draining' && drain.unconfirmed
              ? 'not seen out of traffic after 10 s; its grace runs all the same'
              : 'out of traffic',
      },
    ];
  }
  if (stage.kind !== 'verifying') return [];
  const { state, completion } = stage;
  const acted = completion.kind === 'pending' && completion.acted;
  return [
    {
      ...common,
      revision: state.revision,
      phase: acted ? 'Verifying' : 'Patched',
      since: state.updateTimestamp,
      message: completion.why,
    },
  ];
}

interface Degraded {
  readonly reason: string;
  readonly message: string;
}

function degradedBecause({ pods, draft }: Round, outcome: Outcome): Degraded | undefined {
  const { target, prerequisites, nameTakenBy, progressLate } = outcome;
  if (nameTakenBy !== undefined) return { reason: 'ChildNameTaken', message: nameTakenBy };
  if (target?.kind === 'stop' && target.why !== 'PrerequisitesOpen')
    return { reason: target.why, message: draft.reasons[0] ?? STOPPED[target.why] };
  if (prerequisites.failed) return { reason: 'PrerequisiteFailed', message: prerequisites.waiting! };
  for (const { name, stage } of pods) {
    if (stage.kind === 'verifying' && stage.completion.kind === 'overdue')
      return { reason: 'KubeletDidNotAct', message: `${name}: ${stage.completion.why}` };
  }
  return progressLate === undefined ? undefined : { reason: 'ProgressDeadlineExceeded', message: progressLate };
}

const STOPPED: Readonly<Record<StopReason, string>> = {
  TemplateRefused: 'the API server refuses the template',
  InPlaceNotPossible: 'the new template cannot be reached in place',
  PrerequisitesOpen: 'the prerequisites are not complete',
  NotSupported: 'what the spec asks for is not supported',
};

function conditionsOf(
  round: Round,
  { target, nameTakenBy }: Outcome,
  { isDone, degraded }: { readonly isDone: boolean; readonly degraded?: Degraded },
): Condition[] {
  const { settings, snapshot, pods } = round;
  const available = pods.filter((view) => view.available).length;
  const least = Math.max(0, settings.replicas - settings.maxUnavailable);
  const stopped = target?.kind === 'stop' ? target.why : undefined;
  const wanted: Condition[] = [
    condition(
      'Available',
      available >= least,
      'PodsAvailable',
      `${available} of ${settings.replicas} pods are available`,
    ),
    isDone
      ? condition('Progressing', true, 'Complete', '')
      : condition(
          'Progressing',
          !degraded && !settings.paused,
          degraded?.reason ?? 'Updating',
          degraded?.message ?? '',
        ),
    ...(settings.paused ? [condition('Paused', true, 'SpecPaused', 'updateStrategy.paused is true')] : []),
    ...(stopped === 'InPlaceNotPossible'
      ? [condition('InPlaceNotPossible', true, stopped, degraded?.message ?? '')]
      : []),
    ...(stopped === 'NotSupported' ? [condition('Unsupported', true, stopped, degraded?.message ?? '')] : []),
    ...(nameTakenBy === undefined ? [] : [condition('ChildNameTaken', true, 'NameTaken', nameTakenBy)]),
  ];
  const before = snapshot.workload.status?.conditions ?? [];
  return wanted.map((next) => {
    const same = before.find(({ type, status }) => type === next.type && status === next.status);
    return { ...next, lastTransitionTime: same?.lastTransitionTime ?? timestamp(round.now) };
  });
}

const condition = (type: string, holds: boolean, reason: string, message: string): Condition => ({
  type,
  status: holds ? 'True' : 'False',
  reason,
  message,
});
