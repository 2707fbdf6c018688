import type { GameStatefulSet } from '../../../src/api/generated/types/game-stateful-set.js';
import { REVISION_LABEL } from '../../../src/api/native.js';
import type { StatefulSet } from '../../../src/api/native.js';
import { isReady } from '../../../src/api/pod.js';
import type { Pod } from '../../../src/api/pod.js';
import { partitionOf } from '../../../src/rollout/count.js';
import { CLOSED } from '../../../src/rollout/game-stateful-set/child.js';
import { isLeaving } from './stateful-set-controller.js';
import type { Wanted } from './wanted.js';

/** A workload and all that belongs to it, when it should be as it was wanted. */
export interface Reached {
  readonly wanted: Wanted;
  readonly workload: GameStatefulSet;
  readonly child: StatefulSet | undefined;
  /** By name. */
  readonly pods: ReadonlyMap<string, Pod>;
  /** The API server lets nobody change the history limit of the child. */
  readonly historyIsFixed: boolean;
  /** Whether the containers that really run are those of its spec. */
  readonly runsSpec: (pod: Pod) => boolean;
}

/** What the desired state lacks, in a sentence. */
export function missingIn({ wanted, workload, child, pods, historyIsFixed, runsSpec }: Reached): string | undefined {
  const { status } = workload;
  if (!child) return 'there is no child';
  const { replicas, ordinals, updateStrategy } = child.spec;
  if (replicas !== wanted.replicas || (ordinals?.start ?? 0) !== wanted.start)
    return `the child has ${replicas} replicas from ${ordinals?.start ?? 0} on`;
  if (child.spec.revisionHistoryLimit !== wanted.history && !historyIsFixed)
    return `the child has a history of ${child.spec.revisionHistoryLimit}`;
  for (let index = 0; index < wanted.replicas; index++) {
    const name = `zone-${wanted.start + index}`;
    const pod = pods.get(name);
    if (!pod || isLeaving(pod)) return `${name} is missing`;
    if (!isReady(pod)) return `${name} is not ready`;
    if (!runsSpec(pod)) return `${name} does not run its spec`;
  }
  if (pods.size !== wanted.replicas) return `there are ${pods.size} pods`;
  const held = wanted.type === 'OnDelete' ? 0 : partitionOf(wanted.partition, wanted.replicas);
  const revision = child.status?.updateRevision;
  const updated = [...pods.values()].filter((pod) => pod.metadata.labels?.[REVISION_LABEL] === revision);
  if (updated.length < wanted.replicas - held)
    return `${updated.length} pods have the update, and ${held} are held back`;
  const stable = status?.stableRevision;
  for (const { metadata } of pods.values()) {
    const has = metadata.labels?.[REVISION_LABEL];
    const index = Number(metadata.name!.split('-').at(-1)) - wanted.start;
    const isHeld = revision !== stable && (index < held || has === stable);
    if (has !== revision && !isHeld) return `${metadata.name} is left behind at ${has}`;
  }
  for (const { metadata, spec } of updated) {
    const [game, log] = spec.containers;
    const isAsWanted =
      game!.image === wanted.image &&
      (log?.image ?? '') === wanted.log &&
      (spec.initContainers?.find(({ name }) => name === 'proxy')?.image ?? '') === wanted.proxy &&
      metadata.labels?.['team'] === wanted.team &&
      metadata.annotations?.['release'] === wanted.release &&
      game!.env?.[0]?.value === wanted.mode;
    if (!isAsWanted) return `${metadata.name} is at ${revision}, and not as the template wants it`;
  }
  const isAll = updated.length === wanted.replicas;
  const partition = updateStrategy?.rollingUpdate?.partition;
  if (isAll && wanted.type !== 'OnDelete' && partition !== CLOSED) return `the partition is ${partition}`;
  if (status?.phase !== 'Healthy' || status.observedGeneration !== workload.metadata.generation)
    return `the status is ${status?.phase}: ${status?.message}`;
  return undefined;
}
