import { REVISION_LABEL } from '../../../api/native.js';
import { isReady } from '../../../api/pod.js';
import { isSame } from '../../json.js';
import type { Observed } from '../../../kube/store.js';
import type { SeenPod, StatefulSet } from '../objects.js';
import { isGoing } from '../owners.js';
import { isAvailable } from '../pod-state.js';
import { ordinalIn, replicasOf } from './identity.js';

type Status = NonNullable<StatefulSet['status']>;

export interface Names {
  readonly current: string;
  readonly update: string;
  readonly collisions: number;
}

/** What is said of the pods as they were before this step; `updating`: one of them is deleted to be updated. */
export function statusOf(
  set: Observed<StatefulSet>,
  pods: readonly SeenPod[],
  { current, update, collisions }: Names,
  now: number,
  updating: boolean,
): Status {
  const { minReadySeconds = 0, updateStrategy } = set.spec;
  const members = pods.filter(({ metadata }) => ordinalIn(set, metadata.name) !== undefined);
  const ready = members.filter((pod) => pod.status?.phase === 'Running' && isReady(pod));
  const at = (revision: string): number =>
    members.filter((pod) => !isGoing(pod) && pod.metadata.labels?.[REVISION_LABEL] === revision).length;
  const counts = {
    replicas: members.length,
    readyReplicas: ready.length,
    availableReplicas: ready.filter((pod) => isAvailable(pod, minReadySeconds, now)).length,
    currentReplicas: Math.max(0, at(current) - (updating ? 1 : 0)),
    updatedReplicas: at(update),
  };
  const wanted = replicasOf(set);
  const isComplete =
    updateStrategy?.type !== 'OnDelete' &&
    [counts.updatedReplicas, counts.readyReplicas, counts.replicas].every((count) => count === wanted);
  return {
    ...(set.metadata.generation !== undefined && { observedGeneration: set.metadata.generation }),
    ...counts,
    ...(isComplete && { currentReplicas: counts.updatedReplicas }),
    currentRevision: isComplete ? update : current,
    updateRevision: update,
    collisionCount: collisions,
  };
}

/** Whether it has to be written. A count of none is not kept by the server, except of replicas and of those available. */
export function isNews(old: Observed<StatefulSet>['status'], status: Status): boolean {
  const { collisionCount: _, ...said } = status;
  if (old?.observedGeneration === undefined || old.observedGeneration < (said.observedGeneration ?? 0)) return true;
  return COMPARED.some((field) => !isSame(old[field] ?? 0, said[field] ?? 0));
}

const COMPARED = [
  'replicas',
  'readyReplicas',
  'availableReplicas',
  'currentReplicas',
  'updatedReplicas',
  'currentRevision',
  'updateRevision',
] as const;

/** As the server keeps it. */
export function stored(status: Status): Status {
  const kept = Object.entries(status).filter(([field, value]) => value !== 0 || ALWAYS.has(field));
  return Object.fromEntries(kept);
}

const ALWAYS = new Set(['replicas', 'availableReplicas', 'collisionCount']);
