import type { Resource } from '../kube/resource.js';

/** The kinds of ours that have a controller. */
export const gameStatefulSets: Resource = {
  group: 'tkex.tencent.com',
  version: 'v1alpha1',
  plural: 'gamestatefulsets',
  kind: 'GameStatefulSet',
  namespaced: true,
};
