import type { KubeObject } from '../../../src/kube/objects.js';
import { Kind } from './kind.js';
import { autoscaler, claim, configMap, endpointSlice, node, podDisruptionBudget, service } from './kinds/others.js';
import { pod } from './kinds/pod.js';
import { controllerRevision, deployment, gameStatefulSet, job, replicaSet, statefulSet } from './kinds/workloads.js';

/** All that scenarios know. A new one is added here. */
export const KINDS: readonly Kind[] = [
  pod,
  statefulSet,
  controllerRevision,
  replicaSet,
  deployment,
  job,
  gameStatefulSet,
  configMap,
  service,
  endpointSlice,
  podDisruptionBudget,
  claim,
  node,
  autoscaler,
];

export function findKind(name: string): Kind | undefined {
  return KINDS.find(({ names }) => names.includes(name));
}

/** Of an answer; a Scale or a list has its paths only. */
export function kindOf({ kind }: KubeObject): Kind {
  return KINDS.find(({ resource }) => resource.kind === kind) ?? OTHER;
}

const OTHER = new Kind({
  names: ['answer', 'answers'],
  resource: { group: '', version: 'v1', plural: 'answers', kind: 'Answer', namespaced: true },
  anyPath: true,
});
