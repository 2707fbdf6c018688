import type { PodTemplateSpec } from '../../api/kubernetes.js';
import { childOf, childTemplate } from './child.js';
import type { ChildShape } from './child.js';
import { openGates } from './gates.js';
import type { PodView } from './pod-view.js';
import type { Prerequisites } from './prerequisites.js';
import type { Round } from './round.js';
import { desiredTemplate, stop } from './target.js';
import type { Target } from './target.js';

/**
 * Without a child: it is created when its name is free, its template is accepted, and its prerequisites are complete. Around
 * pods that are there already it is created at once, with the template that they have.
 */
export function start(round: Round, prerequisites: Prerequisites): Target {
  const { snapshot, settings, unsupported } = round;
  const { workload, nameTakenBy } = snapshot;
  const { name } = workload.metadata;
  openGates(round);
  if (nameTakenBy !== undefined)
    return stop(round, 'ChildNameTaken', `StatefulSet ${name} belongs to ${nameTakenBy}: rename one of the two`);
  const left = round.pods.filter(({ stage }) => stage.kind !== 'leaving');
  const stable = templateOf(round, left);
  if (stable) {
    const why = `${left.length} pods are there, and no StatefulSet that looks after them`;
    return create(round, { ...extentOf(round, left), template: stable }, why);
  }
  if (unsupported.stopsCreation !== undefined) return stop(round, 'NotSupported', unsupported.stopsCreation);
  if (prerequisites.waiting !== undefined) return stop(round, 'PrerequisitesOpen', prerequisites.waiting);
  const desired = desiredTemplate(round);
  if (desired.kind !== 'template') return desired;
  const template = childTemplate(workload, settings);
  return create(round, { ...extentOf(round, left), template }, 'there is none yet');
}

function create({ snapshot, settings, draft }: Round, shape: ChildShape, why: string): Target {
  draft.do({ kind: 'createChild', child: childOf(snapshot.workload, settings, shape), why });
  return { kind: 'hold' };
}

/**
 * The oldest template that a pod runs. A child takes the template that it is created with for the one that all have, so that
 * a lost pod comes back with it: docs/decisions/0016-what-a-closed-partition-protects.md.
 */
function templateOf({ snapshot }: Round, pods: readonly PodView[]): PodTemplateSpec | undefined {
  const carried = new Set(pods.map(({ base }) => base));
  const [oldest] = snapshot.revisions
    .filter(({ metadata, data }) => carried.has(metadata.name) && data?.spec?.template)
    .sort((a, b) => a.revision - b.revision);
  if (!oldest) return undefined;
  const { $patch: _, ...template } = oldest.data!.spec!.template!;
  return template;
}

/** Every pod that is there has a place: what is too many leaves later, after its hook. */
function extentOf({ settings }: Round, pods: readonly PodView[]): Pick<ChildShape, 'replicas' | 'start'> {
  const ordinals = pods.map(({ ordinal }) => ordinal);
  const start = Math.min(settings.start, ...ordinals);
  const wanted = settings.ordered ? Math.min(1, settings.replicas) : settings.replicas;
  return { start, replicas: Math.max(start === settings.start ? wanted : 0, ...ordinals.map((at) => at - start + 1)) };
}
