import type { PodTemplateSpec } from '../../api/kubernetes.js';
import { diffTemplates } from '../diff.js';
import type { TemplateDiff } from '../diff.js';
import type { HookPurpose } from '../hook-gate.js';
import type { Observations } from '../observations.js';
import { immutableChanges, replicasOf, startOf } from './child.js';
import type { Immutable } from './child.js';
import { Draft } from './draft.js';
import { viewOf } from './pod-view.js';
import type { PodView } from './pod-view.js';
import { selectorKeys } from './selector.js';
import { settingsOf } from './settings.js';
import type { Settings } from './settings.js';
import type { GameStatefulSetSnapshot } from './snapshot.js';
import { unsupportedIn } from './unsupported.js';
import type { Unsupported } from './unsupported.js';

/** One decision about one workload: what it looks at, worked out once, and what it has come to so far. */
export class Round {
  readonly settings: Settings;
  readonly unsupported: Unsupported;
  /** What the child keeps although the spec says otherwise. */
  readonly immutable: readonly Immutable[];
  /** Highest ordinal first. */
  readonly pods: readonly PodView[];
  /** How many pods, from index 0 on, the child has and is to keep. */
  readonly kept: number;
  readonly draft = new Draft();
  private readonly byIndex: ReadonlyMap<number, PodView>;
  private readonly diffs = new Map<string, TemplateDiff>();
  /** Since when pods carry a revision that cannot be seen; milliseconds since 1970. */
  private readonly unseenSince = new Map<string, number>();

  constructor(
    readonly snapshot: GameStatefulSetSnapshot,
    readonly now: number,
    readonly observed: Observations,
  ) {
    const { workload, child } = snapshot;
    this.settings = settingsOf(workload);
    this.unsupported = unsupportedIn(workload);
    const { resolved } = snapshot;
    const isOfThis = resolved && resolved.generation === workload.metadata.generation && 'template' in resolved;
    const claims = isOfThis ? resolved.claims : [];
    this.immutable = child ? immutableChanges(workload, child, claims) : [];
    const { start: wantedStart, replicas, minReady } = this.settings;
    const start = child ? startOf(child) : wantedStart;
    this.pods = snapshot.pods
      .flatMap((pod) => viewOf(pod, { start, minReady }, observed, now) ?? [])
      .sort((a, b) => b.ordinal - a.ordinal);
    this.byIndex = new Map(this.pods.map((view) => [view.index, view]));
    // Looked at each time, so that it stays known while nothing is decided about these pods.
    for (const { base = '' } of this.pods)
      if (!this.templateOf(base)) this.unseenSince.set(base, observed.since(`unknown revision/${base}`, now));
    // Which pods go is not known by their number before the first ordinal has changed.
    this.kept = !child ? replicas : start === wantedStart ? Math.min(replicasOf(child), replicas) : replicasOf(child);
  }

  /** The pod of an index; undefined where there is none, or where it is on its way out: the child makes that one anew. */
  podAt(index: number): PodView | undefined {
    const view = this.byIndex.get(index);
    return view?.stage.kind === 'leaving' ? undefined : view;
  }

  isKept({ index }: PodView): boolean {
    return index >= 0 && index < this.kept;
  }

  /** Since when it has been seen that nobody knows the revision of a pod. */
  unknownSince({ base = '' }: PodView): number {
    return this.unseenSince.get(base) ?? this.now;
  }

  /** What a pod at `revision` needs to become `template`; undefined where nobody knows the revision. */
  diffTo(template: PodTemplateSpec, revision: string | undefined): TemplateDiff | undefined {
    const from = this.templateOf(revision);
    if (revision === undefined || !from) return undefined;
    const known = this.diffs.get(revision);
    if (known) return known;
    const diff = diffTemplates(from, template, selectorKeys(this.snapshot.workload.spec.selector));
    this.diffs.set(revision, diff);
    return diff;
  }

  private templateOf(revision: string | undefined): PodTemplateSpec | undefined {
    return this.snapshot.revisions.find(({ metadata }) => metadata.name === revision)?.data?.spec?.template;
  }

  /** Whether the hooks agree to what is about to happen to a pod. Where no player is in it, nobody is asked. */
  agrees(view: PodView, purpose: HookPurpose): boolean {
    if (view.empty && purpose !== 'afterUpdate') return true;
    const answer = this.snapshot.hooks.ask(view.pod, purpose);
    if (answer.kind === 'waiting') this.draft.hold({ view, purpose, why: answer.why });
    return answer.kind === 'agreed';
  }
}
