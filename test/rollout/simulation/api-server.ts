import type { GameStatefulSet, GameStatefulSetStatus } from '../../../src/api/generated/types/game-stateful-set.js';
import type { Container, PodTemplateSpec } from '../../../src/api/kubernetes.js';
import type { ControllerRevision, Job, StatefulSet, StatefulSetStatus } from '../../../src/api/native.js';
import type { Pod, PodCondition } from '../../../src/api/pod.js';
import { Objects } from './objects.js';
import type { Change, Stream } from './objects.js';

export interface Precondition {
  readonly uid: string;
  readonly resourceVersion?: string;
}

export type Answer =
  { readonly kind: 'done'; readonly version: number } | { readonly kind: 'conflict' | 'gone' | 'exists' | 'refused' };

type Watched = { readonly metadata: { readonly uid?: string; readonly resourceVersion?: string } };

/** The objects around one workload, with versions and preconditions. */
export class ApiServer extends Objects {
  version = 100;
  private identities = 0;
  private readonly watchers: ((change: Change) => void)[] = [];

  /** `historyIsFixed`: as before 1.34, where a StatefulSet that exists keeps its revisionHistoryLimit. */
  constructor(
    private readonly now: () => string,
    readonly historyIsFixed: boolean,
  ) {
    super();
  }

  watch(watcher: (change: Change) => void): void {
    this.watchers.push(watcher);
  }

  newIdentity(kind: string): string {
    return `${kind}-${++this.identities}`;
  }

  private tell(stream: Stream, key: string, object: unknown): number {
    const version = ++this.version;
    const stored = object === undefined ? undefined : stamped(object as Watched, version);
    this.keep({ stream, key, object: stored });
    for (const watcher of this.watchers) watcher({ stream, key, version, object: stored });
    return version;
  }

  putWorkload(spec: GameStatefulSet['spec']): void {
    const before = this.workload;
    const metadata = before
      ? { ...before.metadata, generation: before.metadata.generation! + 1 }
      : { name: 'zone', namespace: 'default', uid: this.newIdentity('workload'), generation: 1 };
    this.tell('workload', 'zone', {
      apiVersion: 'tkex.tencent.com/v1alpha1',
      kind: 'GameStatefulSet',
      metadata,
      spec,
      ...(before?.status && { status: before.status }),
    });
  }

  writeStatus(status: GameStatefulSetStatus, at: Precondition): Answer {
    const before = this.workload;
    if (!before) return { kind: 'gone' };
    if (before.metadata.resourceVersion !== at.resourceVersion) return { kind: 'conflict' };
    return { kind: 'done', version: this.tell('workload', 'zone', { ...before, status }) };
  }

  createChild(child: StatefulSet): Answer {
    if (this.child) return { kind: 'exists' };
    const metadata = { ...child.metadata, uid: this.newIdentity('set'), generation: 1 };
    const spec = { ...child.spec, template: defaulted(child.spec.template) };
    return { kind: 'done', version: this.tell('child', 'zone', { ...child, metadata, spec }) };
  }

  changeChild(change: Partial<StatefulSet['spec']>, at?: Precondition): Answer {
    const before = this.child;
    if (!before || (at && at.uid !== before.metadata.uid)) return { kind: 'gone' };
    if (at && at.resourceVersion !== before.metadata.resourceVersion) return { kind: 'conflict' };
    if (change.revisionHistoryLimit !== undefined && this.historyIsFixed) return { kind: 'refused' };
    const spec = { ...before.spec, ...change };
    const isSame = JSON.stringify(spec) === JSON.stringify(before.spec);
    const metadata = { ...before.metadata, generation: before.metadata.generation! + (isSame ? 0 : 1) };
    return { kind: 'done', version: this.tell('child', 'zone', { ...before, metadata, spec }) };
  }

  writeChildStatus(status: StatefulSetStatus): void {
    if (this.child) this.tell('child', 'zone', { ...this.child, status });
  }

  removeChild(): void {
    this.tell('child', 'zone', undefined);
  }

  putRevision(revision: ControllerRevision): void {
    this.tell('revisions', revision.metadata.name!, revision);
  }

  removeRevision(name: string): void {
    this.tell('revisions', name, undefined);
  }

  createPod(pod: Pod): Answer {
    if (this.pods.has(pod.metadata.name!)) return { kind: 'exists' };
    const creationTimestamp = this.now();
    const metadata = { ...pod.metadata, uid: this.newIdentity('pod'), generation: 1, creationTimestamp };
    return { kind: 'done', version: this.tell('pods', pod.metadata.name!, { ...pod, metadata }) };
  }

  /** `change` sees the newest pod. A changed spec is another generation. */
  changePod(name: string, change: (pod: Pod) => Pod, at?: Precondition): Answer {
    const before = this.pods.get(name);
    if (!before || (at && at.uid !== before.metadata.uid)) return { kind: 'gone' };
    if (at?.resourceVersion !== undefined && at.resourceVersion !== before.metadata.resourceVersion)
      return { kind: 'conflict' };
    const after = change(before);
    const grown = after.spec === before.spec ? 0 : 1;
    const metadata = { ...after.metadata, generation: before.metadata.generation! + grown };
    return { kind: 'done', version: this.tell('pods', name, { ...after, metadata }) };
  }

  /** Marks a pod as going; the kubelet removes it. */
  deletePod(name: string, at?: Precondition): Answer {
    if (this.pods.get(name)?.metadata.deletionTimestamp !== undefined) return { kind: 'gone' };
    const deletionTimestamp = this.now();
    return this.changePod(name, (pod) => ({ ...pod, metadata: { ...pod.metadata, deletionTimestamp } }), at);
  }

  removePod(name: string): void {
    const pod = this.pods.get(name);
    if (!pod) return;
    this.tell('pods', name, undefined);
    this.setTraffic(pod.metadata.uid!, false);
  }

  setTraffic(uid: string, isOffered: boolean): void {
    if (this.traffic.has(uid) !== isOffered) this.tell('traffic', uid, isOffered ? { uid, metadata: {} } : undefined);
  }

  putJob(job: Job): void {
    this.tell('jobs', job.metadata.name!, job);
  }

  removeJob(name: string): void {
    if (this.jobs.has(name)) this.tell('jobs', name, undefined);
  }

  putNode(name: string, version: string): void {
    this.tell('nodes', name, { version, metadata: {} });
  }
}

const stamped = (object: Watched, version: number): Watched => ({
  ...object,
  metadata: { ...object.metadata, resourceVersion: String(version) },
});

/** A template as the server stores it. */
export function defaulted({ metadata, spec }: PodTemplateSpec): PodTemplateSpec {
  const containers = (of: readonly Container[]) =>
    of.map((container) => ({ terminationMessagePath: '/dev/termination-log', ...container }));
  return {
    metadata: { ...metadata },
    spec: {
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      ...spec,
      containers: containers(spec?.containers ?? []),
      ...(spec?.initContainers && { initContainers: containers(spec.initContainers) }),
    },
  };
}

/** The pod with one of its conditions replaced, or added. */
export function withCondition(pod: Pod, condition: PodCondition): Pod {
  const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== condition.type);
  return { ...pod, status: { ...pod.status, conditions: [...others, condition] } };
}
