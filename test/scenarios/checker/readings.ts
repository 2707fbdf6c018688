import { REVISION_LABEL } from '../../../src/api/native.js';
import { conditionOf, isReady, isSidecar, type ContainerStatus, type Pod } from '../../../src/api/pod.js';

// What a pod says, read without any help of the product.

const GATE = 'InPlaceUpdateReady';

export type GateReading = 'none' | 'unopened' | 'open' | 'closed';

export function gateOf(pod: Pod): GateReading {
  if (!pod.spec.readinessGates?.some(({ conditionType }) => conditionType === GATE)) return 'none';
  const status = conditionOf(pod.status, GATE)?.status;
  return status === undefined ? 'unopened' : status === 'True' ? 'open' : 'closed';
}

/** The revision that a closed gate names. */
export function planned(pod: Pod): string | undefined {
  if (gateOf(pod) !== 'closed') return undefined;
  return / updated to (\S+)$/.exec(conditionOf(pod.status, GATE)?.message ?? '')?.[1];
}

export const revisionOf = ({ metadata }: Pod): string | undefined => metadata.labels?.[REVISION_LABEL];

export const isLeaving = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp !== undefined || status?.phase === 'Failed' || status?.phase === 'Succeeded';

/** Whether players are sent to it. */
export const isServing = (pod: Pod): boolean => isReady(pod) && gateOf(pod) !== 'closed' && !isLeaving(pod);

export function imagesOf({ spec }: Pod): ReadonlyMap<string, string> {
  const containers = [...spec.containers, ...(spec.initContainers ?? []).filter(isSidecar)];
  return new Map(containers.map(({ name, image }) => [name, image]));
}

/** Containers whose image is another one now. */
export function changedImages(old: Pod, pod: Pod): string[] {
  const before = imagesOf(old);
  return [...imagesOf(pod)].flatMap(([name, image]) => (before.get(name) === image ? [] : [name]));
}

export function statusesOf({ status }: Pod): readonly ContainerStatus[] {
  return [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])];
}

export const runsSomething = ({ status }: Pod): boolean =>
  (status?.containerStatuses ?? []).some(({ state }) => state?.running !== undefined);

/** `game` and 2 for `game-2`. */
export function placeOf(podName: string): { readonly workload: string; readonly ordinal: number } {
  const [, workload = '', ordinal = ''] = /^(.*)-(\d+)$/.exec(podName) ?? [];
  return { workload, ordinal: Number(ordinal) };
}
