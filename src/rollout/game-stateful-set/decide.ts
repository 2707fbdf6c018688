import type { StatefulSet } from '../../api/native.js';
import { firstDifferences } from '../difference.js';
import type { Observations } from '../observations.js';
import type { ChildChange, Decision } from './action.js';
import { childAt, followedChange, historyLimitOf, isCurrent, partitionOfChild, replicasOf } from './child.js';
import { openGates } from './gates.js';
import { partitionChange } from './partition.js';
import type { PodView } from './pod-view.js';
import { prerequisitesOf } from './prerequisites.js';
import type { Prerequisites } from './prerequisites.js';
import { Round } from './round.js';
import { scaleChange } from './scale.js';
import type { GameStatefulSetSnapshot } from './snapshot.js';
import { statusOf } from './status.js';
import { start } from './start.js';
import { targetOf } from './target.js';
import type { Target } from './target.js';
import { updatePods } from './update.js';

/**
 * What is to be done about one GameStatefulSet now, and why nothing more: rollout.md. Controller, preview and tests call this
 * one function. It knows no clock and does no I/O: `now` is in milliseconds since 1970, and `observed` holds when this process
 * first saw what the objects do not say.
 */
export function decide(snapshot: GameStatefulSetSnapshot, now: number, observed: Observations): Decision {
  const { workload, child } = snapshot;
  if ((workload.metadata.deletionTimestamp ?? '') !== '') return { actions: [], reasons: ['it is being deleted'] };
  const round = new Round(snapshot, now, observed);
  const recorded = workload.status?.prerequisites ?? [];
  const prerequisites = prerequisitesOf(round.settings.prerequisites, snapshot.jobs, recorded);
  const target = child ? keep(round, child, prerequisites) : start(round, prerequisites);
  writeStatus(round, target, prerequisites);
  const { actions, reasons, wakeAt } = round.draft;
  return { actions, reasons, ...(wakeAt !== undefined && { wakeAt }) };
}

function keep(round: Round, child: StatefulSet, prerequisites: Prerequisites): Target {
  if (child.metadata.deletionTimestamp !== undefined) return outlive(round, child);
  const { draft, settings } = round;
  const target = targetOf(round, child, prerequisites);
  const batch = updatePods(round, child, target);
  openGates(round);
  changeChild(round, child, target, batch);
  for (const { field } of round.immutable)
    draft.say(`spec.${field} cannot change while the workload exists: its StatefulSet keeps the old one`);
  if (settings.paused && target.kind === 'go' && target.progress.isMoving)
    draft.say('paused: updateStrategy.paused is true');
  for (const { name, availableAt, stage } of round.pods) {
    if (availableAt !== undefined) draft.wake(availableAt);
    if (stage.kind !== 'verifying') continue;
    draft.say(`${name} is being verified: ${stage.completion.why}`);
    if (stage.completion.kind === 'pending' && stage.completion.at !== undefined) draft.wake(stage.completion.at);
  }
  return target;
}

/** Somebody deletes the child. Its pods go with it, or are left for the next one: nothing is begun meanwhile. */
function outlive(round: Round, { metadata: { name } }: StatefulSet): Target {
  round.draft.say(`StatefulSet ${name} is being deleted: another one is created when it is gone`);
  openGates(round);
  return { kind: 'hold' };
}

/** One write to the child at a time: each is decided on what the one before has led to. */
function changeChild(round: Round, child: StatefulSet, target: Target, batch: readonly PodView[]): void {
  const { draft, snapshot } = round;
  if (draft.does('changeChild')) return;
  const scale = scaleChange(round, child, target);
  const partition = partitionChange(round, child, target, { batch, replicas: scale.replicas ?? replicasOf(child) });
  const change: ChildChange = { ...followedChange(snapshot.workload, child), ...partition, ...scale };
  if (Object.keys(change).length > 0)
    draft.do({ kind: 'changeChild', child: childAt(child), change, why: describe(change, child) });
  else changeHistoryLimit(round, child);
  if (!change.updateStrategy) deletePods(round, child, batch);
}

/** By itself, since older servers refuse it: docs/decisions/0015-history-limit-of-the-child.md. */
function changeHistoryLimit({ draft, snapshot }: Round, child: StatefulSet): void {
  const [wanted, now] = [historyLimitOf(snapshot.workload.spec), historyLimitOf(child.spec)];
  if (wanted === now) return;
  if (snapshot.historyLimitIsFixed)
    draft.say(`spec.revisionHistoryLimit stays ${now}: this API server lets no StatefulSet that exists change it`);
  else {
    const why = `revisionHistoryLimit from ${now} to ${wanted}`;
    draft.do({ kind: 'changeChild', child: childAt(child), change: { revisionHistoryLimit: wanted }, why });
  }
}

/** Only when what the child makes instead has the target. */
function deletePods({ draft }: Round, child: StatefulSet, batch: readonly PodView[]): void {
  const lowest = batch.at(-1)?.index;
  if (lowest === undefined || !(isCurrent(child) || partitionOfChild(child) <= lowest)) return;
  for (const { at, name } of batch) draft.do({ kind: 'deletePod', pod: at, why: `${name} is made anew` });
}

function describe({ replicas, ordinals, updateStrategy, ...others }: ChildChange, child: StatefulSet): string {
  const partition = updateStrategy?.rollingUpdate?.partition;
  return [
    ...(replicas === undefined ? [] : [`replicas from ${replicasOf(child)} to ${replicas}`]),
    ...(ordinals === undefined ? [] : [`ordinals from ${ordinals.start ?? 0} on`]),
    ...(updateStrategy === undefined
      ? []
      : [partition === undefined ? updateStrategy.type! : `partition ${partition}`]),
    ...Object.keys(others),
  ].join(', ');
}

function writeStatus(round: Round, target: Target, prerequisites: Prerequisites): void {
  // What the template means is known in a moment: a status of this moment would only flicker.
  if (round.draft.does('resolveTemplate')) return;
  const { workload } = round.snapshot;
  const status = statusOf(round, target, prerequisites);
  if (firstDifferences(workload.status, status, ['status'], 1).length === 0) return;
  const { name, uid, resourceVersion } = workload.metadata;
  const at = { name, uid: uid!, resourceVersion: resourceVersion! };
  round.draft.do({ kind: 'writeStatus', workload: at, status, why: status.message ?? '' });
}
