import type { GameStatefulSet } from '../../api/generated/types/game-stateful-set.js';
import type { Condition, Phase, PodTarget } from '../../api/generated/types/status.js';
import type { Pod } from '../../api/pod.js';
import { ObservedFacts } from '../../rollout/observations.js';
import { viewOf, type PodView } from '../../rollout/game-stateful-set/pod-view.js';
import { settingsOf, type Settings } from '../../rollout/game-stateful-set/settings.js';
import { waitsToBeReadyFor } from '../../rollout/pod/not-ready.js';
import { clockTime } from '../../rollout/time.js';

/** Where a workload is, for people and for programs. */
export interface RolloutReport {
  readonly kind: 'GameStatefulSet';
  readonly namespace: string;
  readonly name: string;
  /** `Unseen` when the controller has not looked at the spec as it is. */
  readonly phase: Phase | 'Unseen';
  readonly message: string;
  readonly replicas: { readonly wanted: number; readonly ready: number; readonly updated: number };
  readonly revisions: { readonly current?: string; readonly update?: string; readonly stable?: string };
  readonly conditions: readonly Condition[];
  /** Highest ordinal first, as they are updated. */
  readonly pods: readonly PodReport[];
}

export interface PodReport {
  readonly ordinal: number;
  readonly name: string;
  readonly revision?: string;
  readonly stage: PodView['stage']['kind'] | 'missing';
  readonly ready: boolean;
  readonly gate: 'open' | 'closed' | 'none';
  /** What it waits for; absent when for nothing. */
  readonly waitsFor?: string;
  /** RFC 3339. */
  readonly until?: string;
}

/** What a workload does and waits for, in the words of its status. `now` in milliseconds since 1970. */
export function reportOf(workload: GameStatefulSet, pods: readonly Pod[], now: number): RolloutReport {
  const { metadata, spec, status = {} } = workload;
  const settings = settingsOf(workload);
  const generation = metadata.generation ?? 1;
  const seen = status.observedGeneration;
  const isSeen = seen === generation && status.phase !== undefined;
  const { currentRevision, updateRevision, stableRevision } = status;
  return {
    kind: 'GameStatefulSet',
    namespace: metadata.namespace ?? 'default',
    name: metadata.name,
    phase: isSeen ? status.phase! : 'Unseen',
    message: isSeen
      ? (status.message ?? '')
      : `the controller has seen generation ${seen ?? 0} of ${generation}: is it running?`,
    replicas: {
      wanted: spec.replicas ?? 1,
      ready: status.readyReplicas ?? 0,
      updated: status.updatedReplicas ?? 0,
    },
    revisions: {
      ...(currentRevision !== undefined && { current: currentRevision }),
      ...(updateRevision !== undefined && { update: updateRevision }),
      ...(stableRevision !== undefined && { stable: stableRevision }),
    },
    conditions: status.conditions ?? [],
    pods: podReports(workload, settings, pods, now),
  };
}

function podReports(
  { metadata: { name }, status = {} }: GameStatefulSet,
  settings: Settings,
  pods: readonly Pod[],
  now: number,
): PodReport[] {
  const views = pods.flatMap((pod) => viewOf(pod, settings, new ObservedFacts(), now) ?? []);
  const sentences = (status.message ?? '').split('; ');
  const present = views.map((view): PodReport => {
    const target = status.targets?.find(({ uid }) => uid === view.at.uid);
    const waitsFor = target ? (target.message ?? '') : wait(view, settings, sentences, status);
    return {
      ordinal: view.ordinal,
      name: view.name,
      ...(view.revision !== undefined && { revision: view.revision }),
      stage: view.stage.kind,
      ready: view.ready,
      gate: view.gate.kind === 'none' ? 'none' : view.gate.kind === 'open' ? 'open' : 'closed',
      ...(waitsFor !== undefined && waitsFor !== '' && { waitsFor }),
      ...untilOf(view, target),
    };
  });
  const ordinals = Array.from({ length: settings.replicas }, (_, index) => settings.start + index);
  const missing = ordinals
    .filter((ordinal) => !views.some((view) => view.ordinal === ordinal))
    .map((ordinal): PodReport => ({
      ordinal,
      name: `${name}-${ordinal}`,
      stage: 'missing',
      ready: false,
      gate: 'none',
      waitsFor: 'the StatefulSet to create it',
    }));
  return [...present, ...missing].sort((one, other) => other.ordinal - one.ordinal);
}

function untilOf({ availableAt }: PodView, target: PodTarget | undefined): Pick<PodReport, 'until'> {
  if (target?.until !== undefined) return { until: target.until };
  return availableAt === undefined ? {} : { until: new Date(availableAt).toISOString() };
}

function wait(
  view: PodView,
  settings: Settings,
  sentences: readonly string[],
  { updateRevision: target, stableRevision: stable }: NonNullable<GameStatefulSet['status']>,
): string | undefined {
  const { pod, stage, name, index, revision, ready, availableAt } = view;
  // The controller's own words, where it has some for this pod.
  const said = sentences.find((sentence) => sentence.startsWith(`${name} `));
  switch (stage.kind) {
    case 'leaving':
      return index < settings.replicas ? 'its end; then another one takes its place' : 'its end';
    case 'newborn':
      return 'the controller to open its gate';
    case 'verified':
      return said ?? 'the controller to open its gate';
    case 'verifying':
      return stage.completion.why;
    case 'draining':
      return said ?? 'the controller to go on';
    case 'serving':
      break;
  }
  if (said !== undefined) return said;
  if (!ready) return waitsToBeReadyFor(pod);
  if (availableAt !== undefined) return `${settings.minReady} s of being ready, before it counts as available`;
  if (target === undefined || revision === target) return undefined;
  if (index >= settings.replicas) return 'its turn to leave';
  return index < settings.partition && target !== stable ? `a partition below ${settings.partition}` : 'its turn';
}

/** `until 12:00:00 UTC`, for a table. */
export const untilText = ({ until }: PodReport): string =>
  until === undefined ? '' : `until ${clockTime(Date.parse(until))}`;
