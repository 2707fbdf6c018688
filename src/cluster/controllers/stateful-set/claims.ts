import type { OwnerReference } from '../../../kube/objects.js';
import { statefulSets, pods as podResource } from '../../../kube/resource.js';
import type { Observed } from '../../../kube/store.js';
import type { Claim, Pod, SeenPod, StatefulSet } from '../objects.js';
import { controllerReference } from '../owners.js';
import { claimNameOf, isWanted } from './identity.js';

type SeenSet = Observed<StatefulSet>;

/** The claims of one pod of a set, by the name of their template. */
export function claimsOf(set: SeenSet, ordinal: number): ReadonlyMap<string, Claim> {
  const { namespace = '' } = set.metadata;
  return new Map(
    (set.spec.volumeClaimTemplates ?? []).map((template) => {
      const { labels, annotations, name = '' } = template.metadata ?? {};
      const claim: Claim = {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: {
          name: claimNameOf(set, name, ordinal),
          namespace,
          labels: { ...labels, ...set.spec.selector.matchLabels },
          ...(annotations && { annotations: { ...annotations } }),
        },
        spec: { ...template.spec },
      };
      return [name, claim];
    }),
  );
}

/** The volumes of a pod with those of its claims: they come first, in place of others of the same name. */
export function volumesOf(set: SeenSet, ordinal: number, volumes: readonly Volume[]): readonly Volume[] {
  const claims = claimsOf(set, ordinal);
  const own = Array.from(claims, ([name, { metadata }]) => ({
    name,
    persistentVolumeClaim: { claimName: metadata.name ?? '' },
  }));
  return [...own, ...volumes.filter(({ name }) => !claims.has(name))];
}

export interface Volume {
  readonly name: string;
  readonly persistentVolumeClaim?: { readonly claimName: string };
}

export function hasItsClaims(set: SeenSet, ordinal: number, pod: SeenPod | Pod): boolean {
  const volumes = (pod.spec['volumes'] ?? []) as readonly Volume[];
  return Array.from(claimsOf(set, ordinal)).every(([name, { metadata }]) =>
    volumes.some((one) => one.name === name && one.persistentVolumeClaim?.claimName === metadata.name),
  );
}

/**
 * Who should own a claim by the retention policy of its set, or undefined when it may stay as it is. A claim that names another set or
 * pod of the same name belongs to the past and is left alone.
 */
export function ownersOf(
  set: SeenSet,
  ordinal: number,
  pod: SeenPod | undefined,
  claim: Observed<Claim>,
): OwnerReference[] | undefined {
  const refs = claim.metadata.ownerReferences ?? [];
  const isPast = (
    kind: string,
    one: { readonly metadata: { readonly name?: string; readonly uid?: string } } | undefined,
  ) =>
    one !== undefined &&
    refs.some((ref) => ref.kind === kind && ref.name === one.metadata.name && ref.uid !== one.metadata.uid);
  if (isPast('StatefulSet', set) || isPast('Pod', pod)) return undefined;
  const isOurs = ({ uid }: { readonly uid: string }): boolean =>
    uid === set.metadata.uid || (pod !== undefined && uid === pod.metadata.uid);
  const others = refs.filter((ref) => !isOurs(ref));
  const wanted = others.some(({ controller }) => controller) ? undefined : ownerBy(set, ordinal, pod);
  const ours = refs.filter(isOurs);
  const isRight =
    ours.length === (wanted ? 1 : 0) && ours.every(({ uid, controller }) => uid === wanted?.uid && controller);
  return isRight ? undefined : [...others.map((ref) => ({ ...ref })), ...(wanted ? [wanted] : [])];
}

function ownerBy(set: SeenSet, ordinal: number, pod: SeenPod | undefined): OwnerReference | undefined {
  const { whenScaled = 'Retain', whenDeleted = 'Retain' } = set.spec.persistentVolumeClaimRetentionPolicy ?? {};
  if (whenScaled === 'Delete' && !isWanted(set, ordinal)) return pod && controllerReference(pod, podResource);
  return whenDeleted === 'Delete' ? controllerReference(set, statefulSets) : undefined;
}

/** Whether a claim still belongs to a pod that left with an earlier scale-in, and goes after it. */
export function isStale(claim: Observed<Claim>, podName: string, uid: string | undefined): boolean {
  return (claim.metadata.ownerReferences ?? []).some(
    (ref) => ref.kind === 'Pod' && ref.name === podName && ref.uid !== uid,
  );
}
