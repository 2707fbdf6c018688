import type { GameStatefulSet } from '../../../src/api/generated/types/game-stateful-set.js';
import type { IntOrPercent } from '../../../src/api/generated/types/common.js';
import type { UpdateType } from '../../../src/api/generated/types/updates.js';

/** What a user wants, in the few words that a scenario needs. */
export interface Wanted {
  readonly replicas: number;
  readonly start: number;
  readonly policy: 'OrderedReady' | 'Parallel';
  readonly type: UpdateType;
  readonly partition: IntOrPercent;
  readonly maxUnavailable: IntOrPercent;
  readonly paused: boolean;
  readonly grace: number;
  readonly minReady: number;
  readonly deadline: number | undefined;
  readonly fallback: 'Reject' | 'Recreate';
  readonly ungatedPods: 'Patch' | 'Recreate';
  readonly gate: boolean;
  readonly history: number;
  readonly image: string;
  /** A second container; '' is none. */
  readonly log: string;
  /** A native sidecar; '' is none. */
  readonly proxy: string;
  /** A plain init container; '' is none. */
  readonly init: string;
  /** A variable of the game: only new pods can have another value. */
  readonly mode: string;
  /** An annotation that the game reads when it starts. */
  readonly release: string;
  /** A label that nobody reads. */
  readonly team: string;
  /** Whether the API server refuses the template. */
  readonly refused: boolean;
  /** Name of a Job to wait for; '' is none. */
  readonly job: string;
}

export const WANTED: Wanted = {
  replicas: 3,
  start: 0,
  policy: 'Parallel',
  type: 'InplaceUpdate',
  partition: 0,
  maxUnavailable: 1,
  paused: false,
  grace: 0,
  minReady: 0,
  deadline: undefined,
  fallback: 'Reject',
  ungatedPods: 'Recreate',
  gate: true,
  history: 10,
  image: 'game:1',
  log: '',
  proxy: '',
  init: '',
  mode: 'arena',
  release: '1',
  team: 'red',
  refused: false,
  job: '',
};

export function specOf(wanted: Wanted): GameStatefulSet['spec'] {
  const { log, proxy, init } = wanted;
  return {
    replicas: wanted.replicas,
    selector: { matchLabels: { app: 'zone' } },
    serviceName: 'zone',
    podManagementPolicy: wanted.policy,
    ...(wanted.start > 0 && { ordinals: { start: wanted.start } }),
    minReadySeconds: wanted.minReady,
    ...(wanted.deadline !== undefined && { progressDeadlineSeconds: wanted.deadline }),
    revisionHistoryLimit: wanted.history,
    ...(!wanted.gate && { disableReadinessGate: true }),
    ...(wanted.job !== '' && { prerequisites: [{ kind: 'Job' as const, name: wanted.job }] }),
    updateStrategy: {
      type: wanted.type,
      rollingUpdate: { partition: wanted.partition, maxUnavailable: wanted.maxUnavailable },
      paused: wanted.paused,
      inPlaceUpdateStrategy: {
        gracePeriodSeconds: wanted.grace,
        fallback: wanted.fallback,
        ungatedPods: wanted.ungatedPods,
      },
    },
    template: {
      metadata: {
        labels: { app: 'zone', team: wanted.team },
        annotations: { release: wanted.release, ...(wanted.refused && { refused: 'yes' }) },
      },
      spec: {
        ...(init !== '' || proxy !== ''
          ? {
              initContainers: [
                ...(init === '' ? [] : [{ name: 'init', image: init }]),
                ...(proxy === '' ? [] : [{ name: 'proxy', image: proxy, restartPolicy: 'Always' }]),
              ],
            }
          : {}),
        containers: [
          {
            name: 'game',
            image: wanted.image,
            env: [
              { name: 'MODE', value: wanted.mode },
              { name: 'RELEASE', valueFrom: { fieldRef: { fieldPath: "metadata.annotations['release']" } } },
            ],
          },
          ...(log === '' ? [] : [{ name: 'log', image: log }]),
        ],
      },
    },
  };
}
