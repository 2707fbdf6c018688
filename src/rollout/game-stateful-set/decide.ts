import type { StatefulSet } from '../../api/native.js';
import { firstDifferences } from '../difference.js';
import type { Observations } from '../observations.js';
import type { At, ChildChange, Decision } from './action.js';
import { childOf, followedChange, immutableChanges } from './child.js';
import { openGates } from './gates.js';
import { prerequisitesOf } from './prerequisites.js';
import type { Prerequisites } from './prerequisites.js';
import { restingStrategy } from './rest.js';
import { childAt, replicasOf, Round } from './round.js';
import { scaleChange } from './scale.js';
import type { GameStatefulSetSnapshot } from './snapshot.js';
import { statusOf } from './status.js';
import type { Outcome } from './status.js';
import { desiredTemplate, targetOf } from './target.js';
import type { Target } from './target.js';
import { updatePods } from './update.js';

/**
 * What is to be done about one GameStatefulSet now, and why nothing more: rollout.md. Controller, preview and tests call this
 * one function. It knows no clock and does no I/O; `observed` holds when this process first saw what the objects do not say.
 */
export function decide(snapshot: GameStatefulSetSnapshot, now: number, observed: Observations): Decision {
  const { workload, child } = snapshot;
  if ((workload.metadata.deletionTimestamp ?? '') !== '') return { actions: [], reasons: ['it is being deleted'] };
  const round = new Round(snapshot, now, observed);
  const prerequisites = prerequisitesOf(
    round.settings.prerequisites,
    snapshot.jobs,
    workload.status?.prerequisites ?? [],
  );
  const outcome = child ? keep(round, child, prerequisites) : start(round, prerequisites);
  writeStatus(round, outcome);
  const { actions, reasons, wakeAt } = round.draft;
  return { actions, reasons, ...(wakeAt !== undefined && { wakeAt }) };
}

/** Without a child: it is created when its name is free, its template is accepted, and its prerequisites are complete. */
function start(round: Round, prerequisites: Prerequisites): Outcome {
  const { snapshot, settings, draft } = round;
  const { workload, nameTakenBy } = snapshot;
  if (nameTakenBy !== undefined) {
    const taken = `StatefulSet ${workload.metadata.name} belongs to ${nameTakenBy}: rename one of the two`;
    draft.say(taken);
    return { prerequisites, nameTakenBy: taken };
  }
  if (settings.type === 'HotPatchUpdate') {
    draft.say('updateStrategy.type HotPatchUpdate is not supported: use InplaceUpdate');
    return { prerequisites, target: { kind: 'stop', why: 'NotSupported' } };
  }
  if (prerequisites.waiting !== undefined) {
    draft.say(prerequisites.waiting);
    return { prerequisites, target: { kind: 'stop', why: 'PrerequisitesOpen' } };
  }
  if (!desiredTemplate(round))
    return { prerequisites, target: isRefused(snapshot) ? { kind: 'stop', why: 'TemplateRefused' } : { kind: 'hold' } };
  const replicas = settings.ordered ? Math.min(1, settings.replicas) : settings.replicas;
  draft.do({ kind: 'createChild', child: childOf(workload, settings, replicas), why: 'there is none yet' });
  return { prerequisites, target: { kind: 'hold' } };
}

const isRefused = ({ resolved }: GameStatefulSetSnapshot): boolean => resolved !== undefined && 'refused' in resolved;

function keep(round: Round, child: StatefulSet, prerequisites: Prerequisites): Outcome {
  const { draft, snapshot, settings } = round;
  const target = targetOf(round, child, prerequisites);
  updatePods(round, child, target);
  openGates(round);
  for (const field of immutableChanges(snapshot.workload, child))
    draft.say(`spec.${field} cannot change while the workload exists: its StatefulSet keeps the old one`);
  // One write to the child at a time: each is decided on what the one before has led to.
  if (!draft.actions.some(({ kind }) => kind === 'changeChild')) {
    const change: ChildChange = {
      ...followedChange(snapshot.workload, child),
      ...restingStrategy(round, child, target),
      ...scaleChange(round, child, target.kind === 'go' && !isMoving(round, target)),
    };
    if (Object.keys(change).length > 0)
      draft.do({ kind: 'changeChild', child: childAt(child), change, why: describe(change, child) });
  }
  if (settings.paused && isMoving(round, target)) draft.say('paused: updateStrategy.paused is true');
  for (const { availableAt } of round.pods) if (availableAt !== undefined) draft.wake(availableAt);
  for (const { name, stage } of round.pods) {
    if (stage.kind !== 'verifying') continue;
    draft.say(`${name} is verified: ${stage.completion.why}`);
    if (stage.completion.kind === 'pending' && stage.completion.at !== undefined) draft.wake(stage.completion.at);
  }
  const late = progressLate(round, target);
  return { child, target, prerequisites, ...(late !== undefined && { progressLate: late }) };
}

/** Whether pods are on their way to the target, or should be. */
const isMoving = ({ pods, settings }: Round, target: Target): boolean =>
  target.kind === 'go' &&
  pods.some(
    ({ index, revision, stage }) =>
      stage.kind === 'draining' ||
      stage.kind === 'verifying' ||
      (index >= settings.partition && index < settings.replicas && revision !== target.revision),
  );

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

/** Why the update is late; progress is whatever changes how many pods are where. */
function progressLate({ snapshot, settings, pods, now, observed, draft }: Round, target: Target): string | undefined {
  const { progressDeadlineSeconds } = snapshot.workload.spec;
  const incomplete =
    target.kind === 'go' && (pods.length < settings.replicas || pods.some(({ available }) => !available));
  if (progressDeadlineSeconds === undefined || settings.paused || !incomplete) return undefined;
  const key = pods.map(({ name, revision, stage, available }) => [name, revision, stage.kind, available]);
  const since = observed.since(`progress/${JSON.stringify([target.revision, key])}`, now);
  const lateAt = since + progressDeadlineSeconds * 1000;
  if (now >= lateAt) return `no progress in ${progressDeadlineSeconds} s`;
  draft.wake(lateAt);
  return undefined;
}

function writeStatus(round: Round, outcome: Outcome): void {
  // What the template means is known in a moment: a status of this moment would only flicker.
  if (round.draft.actions.some(({ kind }) => kind === 'resolveTemplate')) return;
  const { workload } = round.snapshot;
  const status = statusOf(round, outcome);
  if (firstDifferences(workload.status, status, 'status', 1).length === 0) return;
  const { name, uid, resourceVersion } = workload.metadata;
  const at: At = { name, uid: uid!, resourceVersion: resourceVersion! };
  round.draft.do({ kind: 'writeStatus', workload: at, status, why: status.message ?? '' });
}
