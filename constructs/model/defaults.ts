import type { Security } from './zone.js';

/**
 * What a zone does when its author says nothing: game servers are pets, so every default errs on the side of the player.
 * The reference page of GameZone lists the same values.
 */
export const DEFAULTS = {
  runtime: 'gamezone',
  security: 'baseline' as Security,
  terminationGracePeriodSeconds: 120,
  minReadySeconds: 5,
  progressDeadlineSeconds: 3600,
  podManagementPolicy: 'Parallel',
  imagePullPolicy: 'IfNotPresent',
  maxDisrupted: 1,
  maxUnavailable: 1,
  gracePeriodSeconds: 30,
  prepull: { timeoutSeconds: 600, onFailure: 'Pause' },
  publishNotReadyAddresses: true,
  externalTrafficPolicy: 'Local',
  redisPort: 6379,
  mysqlPort: 3306,
  configFileMode: 0o644,
  metricsPath: '/metrics',
  autoscaleCpuPercent: 80,
  claimSize: '10Gi',
  claimAccessMode: 'ReadWriteMany',
} as const;

/** The image of artifact Jobs and of config rendering where the zone names none. */
export const DEFAULT_SYNC_IMAGE = 'docker.io/gamezone/artifacts:0.1';
