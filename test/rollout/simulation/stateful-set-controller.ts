import { hash } from '../../../src/cluster/random.js';
import { REVISION_LABEL } from '../../../src/api/native.js';
import type { ControllerRevision, OwnedMetadata, StatefulSet, StatefulSetStatus } from '../../../src/api/native.js';
import { isReady } from '../../../src/api/pod.js';
import type { Pod, StoredPodSpec } from '../../../src/api/pod.js';
import type { ApiServer } from './api-server.js';

export interface NativeOptions {
  /** Before Kubernetes 1.30, a set without any pod counts as updated. */
  readonly flipsWhenEmpty: boolean;
  /** Since the feature MaxUnavailableStatefulSet: it deletes although the pod above is not ready yet. */
  readonly countsUnavailable: boolean;
}

/**
 * Kubernetes' own StatefulSet controller, as far as we lean on it: research/inplace-lab.md A, and
 * pkg/controller/statefulset/stateful_set_control.go. Only `Parallel`, which is all that we create.
 */
export class StatefulSetController {
  constructor(
    private readonly api: ApiServer,
    private readonly options: NativeOptions,
    private readonly told: (line: string) => void,
    /** Told of each pod that it deletes because of its spec. */
    private readonly onDelete: (pod: Pod, why: 'update' | 'surplus') => void,
    /** Told of each pod that it is about to make. */
    private readonly onCreate: (name: string, revision: string) => void,
  ) {}

  reconcile(): void {
    const set = this.api.child;
    if (!set) return;
    const update = this.revisionOf(set);
    const current = this.api.revisions.get(set.status?.currentRevision ?? '') ?? update;
    for (const pod of [...this.api.pods.values()]) if (!ownerOf(pod)) this.adopt(pod, set);
    const owned = [...this.api.pods.values()].filter((pod) => ownerOf(pod) === set.metadata.uid);
    const status = this.process(set, owned, current, update);
    if (this.isComplete(set, status)) status.currentRevision = update.metadata.name!;
    if (JSON.stringify(status) !== JSON.stringify(set.status)) this.api.writeChildStatus(status);
    this.truncateHistory(set, owned, current, update);
  }

  private adopt({ metadata: { name } }: Pod, set: StatefulSet): void {
    this.api.changePod(name!, (pod) => ({ ...pod, metadata: { ...pod.metadata, ...ownedBy(set) } }));
    this.told(`${name} adopted`);
  }

  /** A template seen before has its old name again. */
  private revisionOf(set: StatefulSet): ControllerRevision {
    const text = JSON.stringify(set.spec.template);
    const all = [...this.api.revisions.values()].sort((a, b) => a.revision - b.revision);
    const newest = all.at(-1);
    const equal = all.findLast(({ data }) => JSON.stringify(data?.spec?.template) === text);
    if (equal && equal === newest) return equal;
    const revision = (newest?.revision ?? 0) + 1;
    const name = `zone-${hash(text).toString(36)}`;
    const wanted: ControllerRevision = equal
      ? { ...equal, revision }
      : { metadata: { name }, revision, data: { spec: { template: set.spec.template } } };
    this.api.putRevision(wanted);
    return this.api.revisions.get(wanted.metadata.name!)!;
  }

  private process(
    set: StatefulSet,
    owned: readonly Pod[],
    current: ControllerRevision,
    update: ControllerRevision,
  ): StatefulSetStatus {
    const start = set.spec.ordinals?.start ?? 0;
    const replicas = set.spec.replicas ?? 1;
    const partition = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0;
    const onDelete = set.spec.updateStrategy?.type === 'OnDelete';
    const byOrdinal = new Map(owned.map((pod) => [ordinalOf(pod), pod]));
    const status = this.statusOf(set, owned, current, update);
    for (let index = 0; index < replicas; index++) {
      const ordinal = start + index;
      const pod = byOrdinal.get(ordinal);
      if (!pod) this.create(set, ordinal, onDelete || index >= partition ? update : current);
      else if (pod.status?.phase === 'Failed' && !isLeaving(pod)) this.delete(pod, 'it has failed');
    }
    for (const pod of owned) {
      const index = ordinalOf(pod) - start;
      if ((index >= 0 && index < replicas) || isLeaving(pod)) continue;
      this.onDelete(pod, 'surplus');
      this.delete(pod, 'it is one too many');
    }
    if (!onDelete) this.roll(set, byOrdinal, update.metadata.name!);
    return status;
  }

  private roll(set: StatefulSet, byOrdinal: ReadonlyMap<number, Pod>, update: string): void {
    const start = set.spec.ordinals?.start ?? 0;
    const replicas = set.spec.replicas ?? 1;
    const partition = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0;
    const isUp = (pod: Pod | undefined) => pod !== undefined && isReady(pod) && !isLeaving(pod);
    let down = 0;
    for (let index = 0; index < replicas; index++) if (!isUp(byOrdinal.get(start + index))) down++;
    if (this.options.countsUnavailable && down > 0) return;
    for (let index = replicas - 1; index >= partition; index--) {
      const pod = byOrdinal.get(start + index);
      if (pod && pod.metadata.labels?.[REVISION_LABEL] !== update && !isLeaving(pod)) {
        this.onDelete(pod, 'update');
        this.delete(pod, `it is not at ${update}, and the partition is ${partition}`);
        return;
      }
      if (!isUp(pod)) return;
    }
  }

  private statusOf(
    set: StatefulSet,
    owned: readonly Pod[],
    current: ControllerRevision,
    update: ControllerRevision,
  ): StatefulSetStatus {
    const at = (revision: ControllerRevision) =>
      owned.filter((pod) => !isLeaving(pod) && pod.metadata.labels?.[REVISION_LABEL] === revision.metadata.name).length;
    return {
      observedGeneration: set.metadata.generation!,
      replicas: owned.length,
      readyReplicas: owned.filter(isReady).length,
      currentReplicas: at(current),
      updatedReplicas: at(update),
      currentRevision: current.metadata.name!,
      updateRevision: update.metadata.name!,
    };
  }

  private isComplete(set: StatefulSet, { replicas, updatedReplicas, readyReplicas }: StatefulSetStatus): boolean {
    if (set.spec.updateStrategy?.type === 'OnDelete') return false;
    const all = this.options.flipsWhenEmpty ? replicas : (set.spec.replicas ?? 1);
    return updatedReplicas === all && readyReplicas === all && replicas === all;
  }

  private create(set: StatefulSet, ordinal: number, revision: ControllerRevision): void {
    const template = revision.data!.spec!.template!;
    const name = `zone-${ordinal}`;
    if (!this.api.pods.has(name)) this.onCreate(name, revision.metadata.name!);
    const answer = this.api.createPod({
      metadata: {
        name,
        namespace: 'default',
        labels: { ...template.metadata?.labels, [REVISION_LABEL]: revision.metadata.name! },
        ...(template.metadata?.annotations && { annotations: template.metadata.annotations }),
        ...ownedBy(set),
      },
      spec: template.spec as StoredPodSpec,
      status: { phase: 'Pending' },
    });
    if (answer.kind === 'done') this.told(`${name} created at ${revision.metadata.name}`);
  }

  private delete(pod: Pod, why: string): void {
    this.api.deletePod(pod.metadata.name!);
    this.told(`${pod.metadata.name} deleted: ${why}`);
  }

  private truncateHistory(
    set: StatefulSet,
    owned: readonly Pod[],
    current: ControllerRevision,
    update: ControllerRevision,
  ): void {
    const live = new Set([current.metadata.name, update.metadata.name]);
    for (const pod of owned) live.add(pod.metadata.labels?.[REVISION_LABEL]);
    const old = [...this.api.revisions.values()]
      .filter(({ metadata }) => !live.has(metadata.name))
      .sort((a, b) => a.revision - b.revision);
    const surplus = old.length - (set.spec.revisionHistoryLimit ?? 10);
    for (const { metadata } of old.slice(0, Math.max(0, surplus))) this.api.removeRevision(metadata.name!);
  }
}

const ownedBy = ({ metadata: { uid } }: StatefulSet): Pick<OwnedMetadata, 'ownerReferences'> => ({
  ownerReferences: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'zone', uid: uid!, controller: true }],
});

export const ordinalOf = (pod: Pod): number => Number(/-(\d+)$/.exec(pod.metadata.name!)![1]);

export const isLeaving = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined;

export const ownerOf = (pod: Pod): string | undefined => (pod.metadata as OwnedMetadata).ownerReferences?.[0]?.uid;
