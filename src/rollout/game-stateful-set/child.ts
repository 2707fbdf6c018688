import type { GameStatefulSet } from '../../api/generated/types/game-stateful-set.js';
import type { PersistentVolumeClaim, PodTemplateSpec } from '../../api/kubernetes.js';
import type { StatefulSet, StatefulSetSpec } from '../../api/native.js';
import { READINESS_GATE } from '../pod/gate.js';
import type { At, ChildChange } from './action.js';
import type { Settings } from './settings.js';

/** No ordinal is as high: the child deletes no pod to update it, whoever edits it. */
export const CLOSED = 2 ** 31 - 1;

/** From which index on the child replaces pods that are not at its update revision, and makes missing ones at it. */
export const partitionOfChild = ({ spec }: StatefulSet): number => spec.updateStrategy?.rollingUpdate?.partition ?? 0;

export const replicasOf = ({ spec }: StatefulSet): number => spec.replicas ?? 1;

export const startOf = ({ spec }: StatefulSet): number => spec.ordinals?.start ?? 0;

/** The child at the version that was seen. */
export function childAt({ metadata: { name, uid, resourceVersion } }: StatefulSet): At {
  return { name: name!, uid: uid!, resourceVersion: resourceVersion! };
}

/** Whether the StatefulSet controller has seen the spec as it is: until then its status speaks of another one. */
export const isObserved = ({ metadata, status }: StatefulSet): boolean =>
  (status?.observedGeneration ?? 0) >= (metadata.generation ?? 1);

/** Whether all pods of the child have its update revision, and new ones will have it, whatever the partition is. */
export const isCurrent = (child: StatefulSet): boolean =>
  isObserved(child) && child.status?.currentRevision === child.status?.updateRevision;

/** Whether the child makes a missing pod at its update revision: research/inplace-lab.md A3. */
export const makesUpdated = (child: StatefulSet, index: number): boolean =>
  isCurrent(child) || child.spec.updateStrategy?.type === 'OnDelete' || index >= partitionOfChild(child);

/** The template that new pods get: the author's, and the readiness gate. */
export function childTemplate({ spec }: GameStatefulSet, { gated }: Settings): PodTemplateSpec {
  const { template } = spec;
  if (!gated) return template;
  const written = template.spec?.['readinessGates'];
  const gates = Array.isArray(written) ? (written as { conditionType?: unknown }[]) : [];
  if (gates.some(({ conditionType }) => conditionType === READINESS_GATE)) return template;
  return { ...template, spec: { ...template.spec, readinessGates: [...gates, { conditionType: READINESS_GATE }] } };
}

/** What a child is created with. */
export interface ChildShape {
  readonly replicas: number;
  /** First ordinal. */
  readonly start: number;
  readonly template: PodTemplateSpec;
}

/** The StatefulSet that keeps the pods of a workload alive. */
export function childOf(
  workload: GameStatefulSet,
  settings: Settings,
  { replicas, start, template }: ChildShape,
): StatefulSet {
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
      ...(start > 0 && { ordinals: { start } }),
      ...followed(spec as StatefulSetSpec),
      revisionHistoryLimit: historyLimitOf(spec),
      updateStrategy: updateStrategyOf(settings, CLOSED),
      ...(spec.volumeClaimTemplates && { volumeClaimTemplates: spec.volumeClaimTemplates }),
      template,
    },
  };
}

export const updateStrategyOf = (
  { type }: Settings,
  partition: number,
): NonNullable<StatefulSetSpec['updateStrategy']> =>
  type === 'OnDelete' ? { type: 'OnDelete' } : { type: 'RollingUpdate', rollingUpdate: { partition } };

/** What the child follows at any time, since no pod is touched by it. */
function followed(spec: Pick<StatefulSetSpec, keyof Followed>): Followed {
  const { minReadySeconds = 0, persistentVolumeClaimRetentionPolicy: claims = {} } = spec;
  const { whenDeleted = 'Retain', whenScaled = 'Retain' } = claims;
  return {
    minReadySeconds,
    persistentVolumeClaimRetentionPolicy: { whenDeleted, whenScaled },
  };
}

type Followed = Required<Pick<StatefulSetSpec, 'minReadySeconds' | 'persistentVolumeClaimRetentionPolicy'>>;

export const historyLimitOf = ({ revisionHistoryLimit = 10 }: { readonly revisionHistoryLimit?: number }): number =>
  revisionHistoryLimit;

/** The fields of {@link followed} in which the child differs. */
export function followedChange({ spec }: GameStatefulSet, child: StatefulSet): ChildChange {
  const [wanted, now] = [followed(spec as StatefulSetSpec), followed(child.spec)];
  const fields = Object.keys(wanted) as (keyof Followed)[];
  return Object.fromEntries(
    fields.filter((field) => !isSame(wanted[field], now[field])).map((field) => [field, wanted[field]]),
  );
}

/** Something that cannot change while a StatefulSet exists, and that the workload wants otherwise. */
export interface Immutable {
  /** In the spec. */
  readonly field: 'serviceName' | 'selector' | 'volumeClaimTemplates';
  /** Whether pods of the new template could not be made, since they need it. */
  readonly isNeeded: boolean;
}

/** `claims` are those of the spec as the API server would store them; without them only names are compared. */
export function immutableChanges(
  { spec }: GameStatefulSet,
  child: StatefulSet,
  claims: readonly PersistentVolumeClaim[] = [],
): Immutable[] {
  const names = ({ volumeClaimTemplates = [] }: Claiming) => volumeClaimTemplates.map(({ metadata }) => metadata?.name);
  const labels = ({ selector }: StatefulSetSpec | GameStatefulSet['spec']) => [
    Object.entries(selector.matchLabels ?? {}).sort(),
    selector.matchExpressions ?? [],
  ];
  const areNamed = isSame(names(spec), names(child.spec));
  const areClaimed =
    areNamed && claims.every((claim, index) => contains(child.spec.volumeClaimTemplates?.[index], claim));
  const kept: readonly (Immutable & { readonly isKept: boolean })[] = [
    { field: 'serviceName', isNeeded: false, isKept: spec.serviceName !== (child.spec.serviceName ?? '') },
    { field: 'selector', isNeeded: true, isKept: !isSame(labels(spec), labels(child.spec)) },
    { field: 'volumeClaimTemplates', isNeeded: !areNamed, isKept: !areClaimed },
  ];
  return kept.filter(({ isKept }) => isKept).map(({ field, isNeeded }) => ({ field, isNeeded }));
}

type Claiming = Pick<StatefulSetSpec, 'volumeClaimTemplates'>;

/** Whether a value has everything that another has. */
function contains(whole: unknown, part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return whole === part;
  if (typeof whole !== 'object' || whole === null) return Object.keys(part).length === 0;
  return Object.entries(part).every(([key, value]) => contains((whole as Record<string, unknown>)[key], value));
}

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
