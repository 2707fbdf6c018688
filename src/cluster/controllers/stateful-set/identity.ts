import type { StatefulSet } from '../objects.js';

type Numbered = {
  readonly metadata: { readonly name?: string };
  readonly spec: Pick<StatefulSet['spec'], 'replicas'> & { readonly ordinals?: { readonly start?: number } };
};

/** The labels by which a pod says who it is in its set. */
export const POD_NAME_LABEL = 'statefulset.kubernetes.io/pod-name';
export const POD_INDEX_LABEL = 'apps.kubernetes.io/pod-index';

export function replicasOf({ spec }: Numbered): number {
  return spec.replicas ?? 1;
}

export function startOf({ spec }: Numbered): number {
  return spec.ordinals?.start ?? 0;
}

export function podNameOf({ metadata: { name = '' } }: Numbered, ordinal: number): string {
  return `${name}-${ordinal}`;
}

export function claimNameOf(set: Numbered, template: string, ordinal: number): string {
  return `${template}-${podNameOf(set, ordinal)}`;
}

/** The number at the end of a pod's name, when what comes before is the set's; else undefined. */
export function ordinalIn(set: Numbered, name: string): number | undefined {
  const [, parent, digits] = /^(.*)-([0-9]+)$/.exec(name) ?? [];
  const ordinal = Number(digits);
  return parent === set.metadata.name && ordinal <= LARGEST ? ordinal : undefined;
}

/** Whether the set wants an ordinal: `start` and the `replicas - 1` that follow. */
export function isWanted(set: Numbered, ordinal: number): boolean {
  return ordinal >= startOf(set) && ordinal < startOf(set) + replicasOf(set);
}

const LARGEST = 2 ** 31 - 1;
