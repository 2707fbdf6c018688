import type { GameStatefulSet } from '../../api/generated/types/game-stateful-set.js';
import type { PodTemplateSpec } from '../../api/kubernetes.js';
import type { StatefulSet, StatefulSetSpec } from '../../api/native.js';
import { READINESS_GATE } from '../pod/gate.js';
import type { ChildChange } from './action.js';
import type { Settings } from './settings.js';

/** No ordinal is as high: the child deletes no pod to update it, whoever edits it. */
export const CLOSED = 2 ** 31 - 1;

export const partitionOfChild = ({ spec }: StatefulSet): number => spec.updateStrategy?.rollingUpdate?.partition ?? 0;

/** The template that new pods get: the author's, and the readiness gate. */
export function childTemplate({ spec }: GameStatefulSet, { gated }: Settings): PodTemplateSpec {
  const { template } = spec;
  if (!gated) return template;
  const written = template.spec?.['readinessGates'];
  const gates = Array.isArray(written) ? (written as { conditionType?: unknown }[]) : [];
  if (gates.some(({ conditionType }) => conditionType === READINESS_GATE)) return template;
  return { ...template, spec: { ...template.spec, readinessGates: [...gates, { conditionType: READINESS_GATE }] } };
}

/** The StatefulSet that keeps the pods of a workload alive. */
export function childOf(workload: GameStatefulSet, settings: Settings, replicas: number): StatefulSet {
  const { metadata, spec } = workload;
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: {
      name: metadata.name,
      ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
      ...(metadata.labels && { labels: metadata.labels }),
      ownerReferences: [
        {
          apiVersion: workload.apiVersion,
          kind: workload.kind,
          name: metadata.name,
          uid: metadata.uid!,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      replicas,
      serviceName: spec.serviceName,
      // Order is ours: a closed gate would otherwise keep the child from recreating a lost pod.
      podManagementPolicy: 'Parallel',
      selector: spec.selector,
      ...(settings.start > 0 && { ordinals: { start: settings.start } }),
      ...followed(workload),
      updateStrategy: updateStrategyOf(settings, CLOSED),
      ...(spec.volumeClaimTemplates && { volumeClaimTemplates: spec.volumeClaimTemplates }),
      template: childTemplate(workload, settings),
    },
  };
}

export const updateStrategyOf = (
  { type }: Settings,
  partition: number,
): NonNullable<StatefulSetSpec['updateStrategy']> =>
  type === 'OnDelete' ? { type: 'OnDelete' } : { type: 'RollingUpdate', rollingUpdate: { partition } };

/** What the child follows at any time, since no pod is touched by it. */
const followed = ({ spec }: GameStatefulSet): ChildChange => ({
  minReadySeconds: spec.minReadySeconds ?? 0,
  revisionHistoryLimit: spec.revisionHistoryLimit ?? 10,
  ...(spec.persistentVolumeClaimRetentionPolicy && {
    persistentVolumeClaimRetentionPolicy: { ...spec.persistentVolumeClaimRetentionPolicy },
  }),
});

/** The part of {@link followed} in which the child differs. */
export function followedChange(workload: GameStatefulSet, child: StatefulSet): ChildChange {
  const wanted = followed(workload);
  const { minReadySeconds, revisionHistoryLimit, persistentVolumeClaimRetentionPolicy: claims } = wanted;
  const now = child.spec;
  const claimsDiffer =
    claims !== undefined &&
    (['whenDeleted', 'whenScaled'] as const).some(
      (when) => (claims[when] ?? 'Retain') !== (now.persistentVolumeClaimRetentionPolicy?.[when] ?? 'Retain'),
    );
  return {
    ...(minReadySeconds !== (now.minReadySeconds ?? 0) && { minReadySeconds: minReadySeconds! }),
    ...(revisionHistoryLimit !== (now.revisionHistoryLimit ?? 10) && { revisionHistoryLimit: revisionHistoryLimit! }),
    ...(claimsDiffer && { persistentVolumeClaimRetentionPolicy: claims }),
  };
}

/** Fields of a StatefulSet that cannot change while it exists; those that the workload wants otherwise. */
export function immutableChanges({ spec }: GameStatefulSet, child: StatefulSet): string[] {
  const differs = (from: unknown, to: unknown): boolean => JSON.stringify(from) !== JSON.stringify(to);
  const claims = (from: readonly { metadata?: { name?: string }; spec?: object }[] | undefined): string =>
    (from ?? []).map(({ metadata, spec: claim }) => JSON.stringify([metadata?.name, sizeOf(claim)])).join();
  return [
    ...(differs(spec.serviceName, child.spec.serviceName ?? '') ? ['serviceName'] : []),
    ...(differs(sorted(spec.selector.matchLabels), sorted(child.spec.selector.matchLabels)) ? ['selector'] : []),
    ...(claims(spec.volumeClaimTemplates) === claims(child.spec.volumeClaimTemplates) ? [] : ['volumeClaimTemplates']),
  ];
}

const sorted = (labels: Readonly<Record<string, string>> = {}): unknown => Object.entries(labels).sort();

const sizeOf = (claim: object | undefined): unknown =>
  (claim as { resources?: { requests?: { storage?: unknown } } } | undefined)?.resources?.requests?.storage;
