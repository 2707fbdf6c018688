import type { GameStatefulSet } from '../../src/api/generated/types/game-stateful-set.js';
import { namespace } from './lab.js';

/** A GameStatefulSet of one container, as somebody would apply it. */
export function gameStatefulSet(
  name: string,
  spec: Partial<GameStatefulSet['spec']> = {},
  image = 'registry.example/game:v1',
): GameStatefulSet {
  return {
    apiVersion: 'tkex.tencent.com/v1alpha1',
    kind: 'GameStatefulSet',
    metadata: { namespace, name },
    spec: {
      replicas: 3,
      serviceName: name,
      podManagementPolicy: 'Parallel',
      selector: { matchLabels: { app: name } },
      updateStrategy: { type: 'InplaceUpdate', rollingUpdate: { maxUnavailable: 1 } },
      template: template(name, image),
      ...spec,
    },
  };
}

export const template = (name: string, image: string, env: object[] = []): GameStatefulSet['spec']['template'] => ({
  metadata: { labels: { app: name } },
  spec: {
    terminationGracePeriodSeconds: 5,
    containers: [{ name: 'game', image, ...(env.length > 0 && { env }) }],
  },
});

/** Another image, in a patch of a spec. */
export const image = (name: string, to: string): object => ({ template: template(name, to) });
