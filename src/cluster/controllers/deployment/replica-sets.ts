import { deployments } from '../../../kube/resource.js';
import type { ReplicaSet, Template } from '../objects.js';
import { controllerReference } from '../owners.js';
import { goJson } from '../revision/go-json.js';
import { fnv1, safeSuffix } from '../revision/hash.js';
import {
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  replicasOf,
  tolerancesOf,
  type SeenDeployment,
  type SeenReplicaSet,
} from './strategy.js';

export const REVISION = 'deployment.kubernetes.io/revision';
const HASH_LABEL = 'pod-template-hash';
/** What `kubectl apply` writes for itself. */
const NOT_INHERITED = new Set(['kubectl.kubernetes.io/last-applied-configuration', REVISION]);

/** Whether a ReplicaSet is of the Deployment's template, apart from the label that tells its pods from others. */
export function isTemplate({ spec }: SeenDeployment, set: SeenReplicaSet): boolean {
  return goJson(withoutHash(spec.template)) === goJson(withoutHash(set.spec.template));
}

function withoutHash({ metadata, ...template }: Template): object {
  const { [HASH_LABEL]: _, ...labels } = metadata?.labels ?? {};
  return { ...template, metadata: { ...metadata, labels } };
}

export function newReplicaSet(
  deployment: SeenDeployment,
  replicas: number,
  revision: number,
  collisions: number,
): ReplicaSet {
  const { name, namespace = '', annotations = {} } = deployment.metadata;
  const { template, selector, minReadySeconds } = deployment.spec;
  const suffix = safeSuffix(fnv1(Buffer.from(`${goJson(template)}${collisions}`)));
  const labels = { ...template.metadata?.labels, [HASH_LABEL]: suffix };
  const inherited = Object.entries(annotations).filter(([key]) => !NOT_INHERITED.has(key));
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${suffix}`,
      namespace,
      labels,
      annotations: {
        ...Object.fromEntries(inherited),
        [REVISION]: String(revision),
        [DESIRED_REPLICAS]: String(replicasOf(deployment)),
        [MAX_REPLICAS]: String(replicasOf(deployment) + tolerancesOf(deployment).surge),
      },
      ownerReferences: [controllerReference(deployment, deployments)],
    },
    spec: {
      replicas,
      ...(minReadySeconds !== undefined && minReadySeconds > 0 && { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [HASH_LABEL]: suffix } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}

export function revisionOf({ metadata }: SeenReplicaSet): number {
  return Number(metadata.annotations?.[REVISION] ?? 0);
}

export function nextRevision(old: readonly SeenReplicaSet[]): number {
  return Math.max(0, ...old.map(revisionOf)) + 1;
}

/** Old ReplicaSets without pods, of the lowest revisions, down to the limit. */
export function surplusOf({ spec }: SeenDeployment, old: readonly SeenReplicaSet[]): SeenReplicaSet[] {
  const { revisionHistoryLimit: limit = 10 } = spec;
  const idle = old.filter(({ status, ...set }) => replicasOf(set) === 0 && (status?.replicas ?? 0) === 0);
  const oldest = idle.sort((one, other) => revisionOf(one) - revisionOf(other));
  return limit === NO_LIMIT ? [] : oldest.slice(0, Math.max(0, idle.length - limit));
}

const NO_LIMIT = 2 ** 31 - 1;
