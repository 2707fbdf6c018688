import type { Pod, SeenPod } from '../objects.js';
import { selects, type LabelSelector } from '../selector.js';
import type { Neighbourhood } from './neighbourhood.js';

/** Which pods, as the pod means it that says so, and in how wide a neighbourhood. */
export interface AffinityTerm {
  readonly topologyKey: string;
  readonly labelSelector?: LabelSelector;
  /** @default the pod's own, if there is no selector either */
  readonly namespaces?: readonly string[];
  readonly namespaceSelector?: LabelSelector;
  readonly matchLabelKeys?: readonly string[];
  readonly mismatchLabelKeys?: readonly string[];
}

export interface Terms {
  readonly required: readonly AffinityTerm[];
  readonly preferred: readonly { readonly weight: number; readonly podAffinityTerm: AffinityTerm }[];
}

type Side = 'podAffinity' | 'podAntiAffinity';

interface Stored {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly AffinityTerm[];
  readonly preferredDuringSchedulingIgnoredDuringExecution?: Terms['preferred'];
}

const NONE: Terms = { required: [], preferred: [] };

/** What a pod wants of the company of others, or against it. */
export function termsOf(pod: SeenPod, side: Side): Terms {
  const { affinity } = (pod as Pod).spec as { readonly affinity?: Readonly<Partial<Record<Side, Stored>>> };
  const stored = affinity?.[side];
  if (stored === undefined) return NONE;
  return {
    required: stored.requiredDuringSchedulingIgnoredDuringExecution ?? [],
    preferred: stored.preferredDuringSchedulingIgnoredDuringExecution ?? [],
  };
}

/** Whether a term of one pod is about another. */
export function isAbout(
  { labelSelector, namespaces = [], namespaceSelector, matchLabelKeys = [], mismatchLabelKeys = [] }: AffinityTerm,
  of: SeenPod,
  other: SeenPod,
  around: Pick<Neighbourhood, 'namespaceLabels'>,
): boolean {
  const { namespace = '', labels } = other.metadata;
  const named = namespaces.length === 0 && namespaceSelector === undefined ? [of.metadata.namespace ?? ''] : namespaces;
  const isThere =
    named.includes(namespace) ||
    (namespaceSelector !== undefined && selects(namespaceSelector, around.namespaceLabels(namespace)));
  if (!isThere || !selects(labelSelector, labels)) return false;
  const own = (key: string): string | undefined => of.metadata.labels?.[key];
  return (
    matchLabelKeys.every((key) => own(key) === undefined || labels?.[key] === own(key)) &&
    mismatchLabelKeys.every((key) => own(key) === undefined || labels?.[key] !== own(key))
  );
}
