import type { GameStatefulSet } from '../../api/generated/types/game-stateful-set.js';
import type { OwnedMetadata, StatefulSet } from '../../api/native.js';
import { matches } from './selector.js';

/** The name of the StatefulSet that a pod of this name is of; undefined where it ends in no ordinal. */
export const setNameOf = (podName: string | undefined): string | undefined => /^(.+)-\d+$/.exec(podName ?? '')?.[1];

/**
 * Whether a pod is one of a workload's: its child controls it, or will adopt it, since it has the name and the labels and nobody
 * else controls it. Without a child, pods of the one before it are left over, and the next one will adopt them.
 */
export function isPodOf(
  { metadata }: { readonly metadata: OwnedMetadata },
  { metadata: { name }, spec: { selector } }: Pick<GameStatefulSet, 'metadata' | 'spec'>,
  child: Pick<StatefulSet, 'metadata'> | undefined,
): boolean {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (child && owner) return owner.uid === child.metadata.uid;
  if (setNameOf(metadata.name) !== name || !matches(selector, metadata.labels)) return false;
  return !owner || (owner.kind === 'StatefulSet' && owner.name === name);
}
