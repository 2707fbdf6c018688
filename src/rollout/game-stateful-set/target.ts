import type { PodTemplateSpec } from '../../api/kubernetes.js';
import type { StatefulSet } from '../../api/native.js';
import { diffTemplates } from '../diff.js';
import { reservedIn } from '../reserved.js';
import { childAt, childOf, childTemplate, CLOSED, isObserved, updateStrategyOf } from './child.js';
import type { Prerequisites } from './prerequisites.js';
import { progressOf } from './progress.js';
import type { Progress } from './progress.js';
import type { Round } from './round.js';
import { wayTo } from './way.js';

/** What the pods are to become. */
export type Target =
  | {
      readonly kind: 'go';
      readonly revision: string;
      readonly template: PodTemplateSpec;
      readonly progress: Progress;
    }
  /** It is being found out: nothing new starts, and what drains goes on draining. */
  | { readonly kind: 'hold' }
  /** There is none: nothing starts, and what drains goes back into traffic. */
  | { readonly kind: 'stop'; readonly reason: StopReason; readonly message: string };

export type Go = Target & { readonly kind: 'go' };
export type Stop = Target & { readonly kind: 'stop' };

export type StopReason =
  'ChildNameTaken' | 'TemplateRefused' | 'InPlaceNotPossible' | 'PrerequisitesOpen' | 'NotSupported';

/** The target of a workload whose child exists. Writes a new template into the child when nothing speaks against it. */
export function targetOf(round: Round, child: StatefulSet, prerequisites: Prerequisites): Target {
  const { settings, draft, unsupported } = round;
  if (unsupported.stopsUpdates !== undefined) return stop(round, 'NotSupported', unsupported.stopsUpdates);
  const needed = round.immutable.find(({ isNeeded }) => isNeeded);
  if (needed)
    return stop(
      round,
      'TemplateRefused',
      `spec.${needed.field} is another one, and the StatefulSet cannot follow: put it back`,
    );
  const desired = desiredTemplate(round);
  if (desired.kind !== 'template') return desired;
  const { template } = desired;
  if (diffTemplates(child.spec.template, template).kind === 'none') return seenTarget(round, child, template);

  // A child that knows of no revision yet would take the new one for the one that all pods have.
  if (child.status?.currentRevision === undefined) return notSeen(round, child);
  const obstacle = obstacleTo(round, template);
  if (obstacle) return obstacle;
  if (prerequisites.waiting !== undefined) return stop(round, 'PrerequisitesOpen', prerequisites.waiting);
  draft.do({
    kind: 'changeChild',
    child: childAt(child),
    change: { template, updateStrategy: updateStrategyOf(settings, CLOSED) },
    why: `generation ${generationOf(round)} has another template`,
  });
  return { kind: 'hold' };
}

/** The template of the spec with the API server's defaults. Asks for it where it is not known. */
export function desiredTemplate(
  round: Round,
): { readonly kind: 'template'; readonly template: PodTemplateSpec } | Exclude<Target, Go> {
  const { snapshot, settings, draft } = round;
  const { workload, resolved } = snapshot;
  const generation = generationOf(round);
  const reserved = reservedIn(workload.spec.template);
  if (reserved !== undefined)
    return stop(round, 'TemplateRefused', `${reserved} belongs to Kubernetes or to us: remove it from the template`);
  if (resolved?.generation !== generation) {
    const { start } = settings;
    const child = childOf(workload, settings, { replicas: 0, start, template: childTemplate(workload, settings) });
    const why = 'templates are compared with the defaults of the server';
    draft.do({ kind: 'resolveTemplate', child, generation, why });
    return { kind: 'hold' };
  }
  if ('template' in resolved) return { kind: 'template', template: resolved.template };
  return stop(round, 'TemplateRefused', `the API server refuses the template: ${resolved.refused}`);
}

function seenTarget(round: Round, child: StatefulSet, template: PodTemplateSpec): Target {
  const revision = child.status?.updateRevision;
  if (isObserved(child) && revision !== undefined && revision !== '')
    return { kind: 'go', revision, template, progress: progressOf(round, child, revision) };
  return notSeen(round, child);
}

function notSeen(round: Round, child: StatefulSet): Target {
  const { generation = 1 } = child.metadata;
  const seen = child.status?.observedGeneration ?? 0;
  round.draft.say(`waiting for the StatefulSet controller: it has seen generation ${seen} of ${generation}`);
  return { kind: 'hold' };
}

/** Why pods cannot have a template. One pod of which nobody knows what it is stops only itself. */
function obstacleTo(round: Round, template: PodTemplateSpec): Exclude<Target, Go> | undefined {
  const living = round.pods.filter(({ stage }) => stage.kind !== 'leaving');
  const ways = living.map((view) => ({ view, way: wayTo(round, view, template) }));
  for (const { way } of ways) {
    if (way.kind !== 'none' || way.cause !== 'template') continue;
    const message = `the new template cannot be reached in place: ${way.why}; nothing is touched, set inPlaceUpdateStrategy.fallback to Recreate to allow it`;
    return stop(round, 'InPlaceNotPossible', message);
  }
  const waiting = ways.find(({ way }) => way.kind === 'wait');
  if (waiting?.way.kind !== 'wait') return undefined;
  round.draft.say(`the new template waits: ${waiting.view.name}: ${waiting.way.why}`);
  return { kind: 'hold' };
}

export function stop({ draft }: Round, reason: StopReason, message: string): Stop {
  draft.say(message);
  return { kind: 'stop', reason, message };
}

const generationOf = ({ snapshot }: Round): number => snapshot.workload.metadata.generation ?? 1;
