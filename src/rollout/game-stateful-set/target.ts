import type { PodTemplateSpec } from '../../api/kubernetes.js';
import type { StatefulSet } from '../../api/native.js';
import { diffTemplates } from '../diff.js';
import type { RecreateReason } from '../diff.js';
import { childOf, CLOSED, updateStrategyOf } from './child.js';
import type { Prerequisites } from './prerequisites.js';
import { childAt, isObserved } from './round.js';
import type { Round } from './round.js';

/** What the pods are to become. */
export type Target =
  | { readonly kind: 'go'; readonly revision: string; readonly template: PodTemplateSpec }
  /** It is being found out: nothing new starts, and what drains goes on draining. */
  | { readonly kind: 'hold' }
  /** There is none: nothing starts, and what drains goes back into traffic. */
  | { readonly kind: 'stop'; readonly why: StopReason };

export type StopReason = 'TemplateRefused' | 'InPlaceNotPossible' | 'PrerequisitesOpen' | 'NotSupported';

/** The target of a workload whose child exists. Writes a new template into the child when nothing speaks against it. */
export function targetOf(round: Round, child: StatefulSet, prerequisites: Prerequisites): Target {
  const { snapshot, settings, draft } = round;
  const { workload, resolved } = snapshot;
  if (settings.type === 'HotPatchUpdate') {
    draft.say('updateStrategy.type HotPatchUpdate is not supported: use InplaceUpdate');
    return { kind: 'stop', why: 'NotSupported' };
  }
  const template = desiredTemplate(round);
  if (!template) return resolved && 'refused' in resolved ? { kind: 'stop', why: 'TemplateRefused' } : { kind: 'hold' };

  if (diffTemplates(child.spec.template, template).kind === 'none') return seenTarget(round, child, template);
  const impossible = impossibleFor(round, template);
  if (impossible) {
    draft.say(
      `the new template cannot be reached in place: ${impossible.path}: ${impossible.why}; nothing is touched, set inPlaceUpdateStrategy.fallback to Recreate to allow it`,
    );
    return { kind: 'stop', why: 'InPlaceNotPossible' };
  }
  if (prerequisites.waiting !== undefined) {
    draft.say(prerequisites.waiting);
    return { kind: 'stop', why: 'PrerequisitesOpen' };
  }
  draft.do({
    kind: 'changeChild',
    child: childAt(child),
    change: { template, updateStrategy: updateStrategyOf(settings, CLOSED) },
    why: `generation ${workload.metadata.generation ?? 1} has another template`,
  });
  return { kind: 'hold' };
}

/** The template of the spec with the API server's defaults; asks for it where it is not known. */
export function desiredTemplate({ snapshot, settings, draft }: Round): PodTemplateSpec | undefined {
  const { workload, resolved } = snapshot;
  const generation = workload.metadata.generation ?? 1;
  if (resolved?.generation !== generation) {
    const child = childOf(workload, settings, 0);
    draft.do({
      kind: 'resolveTemplate',
      child,
      generation,
      why: 'templates are compared with the defaults of the server',
    });
    return undefined;
  }
  if ('template' in resolved) return resolved.template;
  draft.say(`the API server refuses the template: ${resolved.refused}`);
  return undefined;
}

function seenTarget({ draft }: Round, child: StatefulSet, template: PodTemplateSpec): Target {
  const revision = child.status?.updateRevision;
  if (isObserved(child) && revision !== undefined && revision !== '') return { kind: 'go', revision, template };
  const { generation = 1 } = child.metadata;
  const seen = child.status?.observedGeneration ?? 0;
  draft.say(`waiting for the StatefulSet controller: it has seen generation ${seen} of ${generation}`);
  return { kind: 'hold' };
}

/** Why a pod that must not be recreated cannot have the template. */
function impossibleFor(round: Round, template: PodTemplateSpec): RecreateReason | undefined {
  if (round.settings.mayRecreate) return undefined;
  for (const { stage, base } of round.pods) {
    if (stage.kind === 'leaving') continue;
    const diff = round.diffTo(template, base);
    if (diff.kind === 'recreate') return diff.reasons[0];
  }
  return undefined;
}
