import type { StatefulSet } from '../../api/native.js';
import type { PodTemplateSpec } from '../../api/kubernetes.js';
import { diffTemplates } from '../diff.js';
import type { TemplateDiff } from '../diff.js';
import type { Observations } from '../observations.js';
import type { At } from './action.js';
import { Draft } from './draft.js';
import { viewOf } from './pod-view.js';
import type { PodView } from './pod-view.js';
import { settingsOf } from './settings.js';
import type { Settings } from './settings.js';
import type { GameStatefulSetSnapshot } from './snapshot.js';

/** One decision about one workload: what it looks at, worked out once, and what it has come to so far. */
export class Round {
  readonly settings: Settings;
  /** Highest ordinal first. */
  readonly pods: readonly PodView[];
  readonly draft = new Draft();
  private readonly diffs = new Map<string, TemplateDiff>();

  constructor(
    readonly snapshot: GameStatefulSetSnapshot,
    readonly now: number,
    readonly observed: Observations,
  ) {
    this.settings = settingsOf(snapshot.workload);
    this.pods = snapshot.pods
      .flatMap((pod) => viewOf(pod, this.settings, observed, now) ?? [])
      .sort((a, b) => b.ordinal - a.ordinal);
  }

  /** The template of a revision of the child; undefined when the child does not keep it any more. */
  templateOf(revision: string | undefined): PodTemplateSpec | undefined {
    return this.snapshot.revisions.find(({ metadata }) => metadata.name === revision)?.data?.spec?.template;
  }

  /** What a pod at `revision` needs to become `template`. A revision that nobody knows any more can only be replaced. */
  diffTo(template: PodTemplateSpec, revision: string | undefined): TemplateDiff {
    const known = this.diffs.get(revision ?? '');
    if (known) return known;
    const from = this.templateOf(revision);
    const diff: TemplateDiff = from
      ? diffTemplates(from, template)
      : {
          kind: 'recreate',
          reasons: [{ path: 'metadata.labels', why: `revision ${revision ?? '(none)'} is not known any more` }],
        };
    this.diffs.set(revision ?? '', diff);
    return diff;
  }
}

/** The child at the version that was seen. */
export function childAt({ metadata: { name, uid, resourceVersion } }: StatefulSet): At {
  return { name: name!, uid: uid!, resourceVersion: resourceVersion! };
}

export const replicasOf = ({ spec }: StatefulSet): number => spec.replicas ?? 1;

/** Whether the StatefulSet controller has seen the spec as it is: until then its status speaks of another one. */
export const isObserved = ({ metadata, status }: StatefulSet): boolean =>
  (status?.observedGeneration ?? 0) >= (metadata.generation ?? 1);
