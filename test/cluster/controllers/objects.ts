import type { Job, Pod, ReplicaSet, SeenPod, StatefulSet } from '../../../src/cluster/controllers/objects.js';
import type { KubeObject } from '../../../src/kube/objects.js';
import type { Observed } from '../../../src/kube/store.js';

export const NOW = Date.UTC(2026, 0, 1, 12);

/** `secondsAgo` before {@link NOW}, as the API writes it. */
export function ago(secondsAgo: number): string {
  return new Date(NOW - secondsAgo * 1000).toISOString().replace('.000Z', 'Z');
}

export interface PodTraits {
  readonly name?: string;
  readonly uid?: string;
  readonly phase?: NonNullable<Pod['status']>['phase'];
  /** Since so many seconds; false where it is not Ready. */
  readonly ready?: number | false;
  readonly node?: string;
  readonly cost?: string;
  readonly revision?: string;
  readonly labels?: Record<string, string>;
  readonly restarts?: number;
  /** Seconds. */
  readonly age?: number;
  readonly going?: boolean;
  readonly finalizers?: string[];
  readonly ip?: string;
}

/** A Pod as a store shows it: running, Ready for a minute, on a node, unless the traits say otherwise. */
export function pod(traits: PodTraits = {}): SeenPod {
  const { name = 'game-0', uid = `uid-of-${name}`, phase = 'Running', ready = 60, node = 'node-a', age = 100 } = traits;
  const { cost, revision, labels, restarts = 0, going = false, finalizers, ip } = traits;
  const set = revision === undefined ? {} : { 'controller-revision-hash': revision };
  return {
    metadata: {
      name,
      namespace: 'default',
      uid,
      resourceVersion: '1',
      creationTimestamp: ago(age),
      labels: { 'statefulset.kubernetes.io/pod-name': name, ...set, ...labels },
      ...(cost !== undefined && { annotations: { 'controller.kubernetes.io/pod-deletion-cost': cost } }),
      ...(going && { deletionTimestamp: ago(1) }),
      ...(finalizers && { finalizers }),
    },
    spec: { containers: [{ name: 'app', image: 'app:1' }], ...(node !== '' && { nodeName: node }) },
    status: {
      phase,
      ...(ip !== undefined && { podIP: ip, podIPs: [{ ip }] }),
      conditions: [
        ready === false
          ? { type: 'Ready', status: 'False' as const }
          : { type: 'Ready', status: 'True' as const, lastTransitionTime: ago(ready) },
      ],
      containerStatuses: [{ name: 'app', image: 'app:1', imageID: '', restartCount: restarts, ready: ready !== false }],
    },
  };
}

type Seen<T extends KubeObject> = Observed<T>;

const metadata = { name: 'game', namespace: 'default', uid: 'uid-of-game', resourceVersion: '1', generation: 1 };
const selector = { matchLabels: { app: 'game' } };
const template = {
  metadata: { labels: { app: 'game' } },
  spec: { containers: [{ name: 'app', image: 'app:1' }] },
};

export function statefulSet(
  spec: Partial<StatefulSet['spec']> = {},
  more: Partial<StatefulSet['metadata']> = {},
): Seen<StatefulSet> {
  return {
    metadata: { ...metadata, ...more },
    spec: { replicas: 3, podManagementPolicy: 'Parallel', selector, template, ...spec },
  };
}

export function replicaSet(
  name: string,
  replicas: number,
  available: number,
  annotations: Record<string, string> = {},
  age = 100,
): Seen<ReplicaSet> {
  return {
    metadata: { ...metadata, name, uid: `uid-of-${name}`, annotations, creationTimestamp: ago(age) },
    spec: { replicas, selector, template },
    status: { replicas, availableReplicas: available, readyReplicas: available },
  };
}

export function job(spec: Partial<Job['spec']> = {}, status?: Job['status']): Seen<Job> {
  return {
    metadata: { ...metadata, name: 'check', uid: 'uid-of-check' },
    spec: { completions: 1, template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } }, ...spec },
    ...(status && { status }),
  };
}
