import type { GameStatefulSetStatus } from '../../api/generated/types/game-stateful-set.js';
import type { Phase } from '../../api/generated/types/status.js';
import { waitsToBeReadyFor } from '../pod/not-ready.js';
import { clockTime } from '../time.js';
import { conditionsOf } from './conditions.js';
import { degradedBecause } from './degraded.js';
import type { Degraded } from './degraded.js';
import { isDone, isOpen } from './done.js';
import type { PodView } from './pod-view.js';
import { podTargets } from './pod-targets.js';
import type { Prerequisites } from './prerequisites.js';
import type { Round } from './round.js';
import { selectorText } from './selector.js';
import type { Target } from './target.js';

/** The status that says what a decision came to: rollout.md section 7. It takes the place of the whole status before. */
export function statusOf(round: Round, target: Target, prerequisites: Prerequisites): GameStatefulSetStatus {
  const { snapshot, pods, settings } = round;
  const { workload, child } = snapshot;
  const before = workload.status ?? {};
  const done = isDone(round, target);
  const degraded = degradedBecause(round, target, prerequisites);
  const phase: Phase = degraded ? 'Degraded' : done ? 'Healthy' : settings.paused ? 'Paused' : 'Progressing';
  const revision = target.kind === 'go' ? target.revision : before.updateRevision;
  const currentRevision = oldestRevision(round) ?? revision;
  const updated = pods.filter((view) => view.revision === revision && runsUpdate(view));
  const isEverywhere = done && pods.every((view) => view.revision === revision);
  const stableRevision = isEverywhere ? revision : before.stableRevision;
  const collisionCount = child?.status?.collisionCount;
  return {
    observedGeneration: workload.metadata.generation ?? 1,
    phase,
    message: messageOf(round, degraded, done ? doneSentence(round, revision) : openSentence(round, target)),
    replicas: pods.length,
    readyReplicas: pods.filter(({ ready, stage }) => ready && stage.kind !== 'leaving').length,
    currentReplicas: pods.filter((view) => view.revision === currentRevision).length,
    updatedReplicas: updated.length,
    updatedReadyReplicas: updated.filter(({ ready }) => ready).length,
    ...(currentRevision !== undefined && { currentRevision }),
    ...(revision !== undefined && { updateRevision: revision }),
    ...(stableRevision !== undefined && { stableRevision }),
    ...(collisionCount !== undefined && { collisionCount }),
    labelSelector: selectorText(workload.spec.selector),
    conditions: conditionsOf(round, { done, degraded }),
    ...(prerequisites.status.length > 0 && { prerequisites: [...prerequisites.status] }),
    targets: podTargets(round, revision),
  };
}

const runsUpdate = ({ stage, empty }: PodView): boolean =>
  (stage.kind === 'serving' || stage.kind === 'verified') && !empty;

/** Sentences that fit into a status; the whole list is in the pods' own targets. */
const MOST_SENTENCES = 3;

function messageOf({ draft }: Round, degraded: Degraded | undefined, otherwise: string): string {
  const sentences = [...new Set([...(degraded ? [degraded.message] : []), ...draft.reasons])];
  const more = sentences.length - MOST_SENTENCES;
  const told = [...sentences.slice(0, MOST_SENTENCES), ...(more > 0 ? [`and ${more} more`] : [])];
  return told.length > 0 ? told.join('; ') : otherwise;
}

function doneSentence({ pods, settings }: Round, revision = ''): string {
  const updated = pods.filter((view) => view.revision === revision).length;
  if (updated === pods.length) return `${updated} pods run ${revision}`;
  return `${updated} of ${pods.length} pods run ${revision}; partition ${settings.partition} holds the others`;
}

/** Why nothing is done although not all is well: pods that are not there yet, or do not serve. */
function openSentence(round: Round, target: Target): string {
  const { pods, settings, snapshot } = round;
  const available = pods.filter((view) => view.available).length;
  const [first, ...others] = pods.filter((view) => !view.available);
  const found = `${available} of ${settings.replicas} pods are available`;
  if (!first && available < settings.replicas) return `${found}; the others are being made`;
  if (!first && snapshot.child && isOpen(round, snapshot.child, target))
    return `${found}; the partition of the StatefulSet closes when its controller calls their revision current`;
  if (!first) return 'an update is under way';
  const more = others.length > 0 ? `, and ${others.length} more` : '';
  return `${found}; ${first.name} waits for ${waitsFor(first)}${more}`;
}

function waitsFor({ stage, ready, availableAt, pod }: PodView): string {
  if (stage.kind === 'leaving') return 'its end';
  if (!ready) return waitsToBeReadyFor(pod);
  return availableAt === undefined ? 'its gate' : `${clockTime(availableAt)}, when it has been ready for long enough`;
}

function oldestRevision({ pods, snapshot }: Round): string | undefined {
  const carried = new Set(pods.filter(({ stage }) => stage.kind !== 'leaving').map(({ revision }) => revision));
  const [oldest] = snapshot.revisions
    .filter(({ metadata }) => carried.has(metadata.name))
    .sort((a, b) => a.revision - b.revision);
  return oldest?.metadata.name;
}
