import { isRecord, list, record, type Json } from '../json.js';
import type { Defaults } from './defaults.js';
import { setTo } from './set-to.js';

export const workloadDefaults: Defaults = {
  'io.k8s.api.apps.v1.StatefulSet': ({ spec }) => {
    const set = record(spec);
    setTo(set, { podManagementPolicy: 'OrderedReady', replicas: 1, revisionHistoryLimit: 10 });
    const strategy = record(set['updateStrategy']);
    if (strategy['type'] === undefined) {
      strategy['type'] = 'RollingUpdate';
      setTo(strategy, { rollingUpdate: {} });
    }
    if (strategy['type'] === 'RollingUpdate') setTo(record(strategy['rollingUpdate']), { partition: 0 });
    setTo(set, { persistentVolumeClaimRetentionPolicy: {} });
    setTo(record(set['persistentVolumeClaimRetentionPolicy']), { whenDeleted: 'Retain', whenScaled: 'Retain' });
    for (const claim of list(set['volumeClaimTemplates']))
      if (isRecord(claim)) Object.assign(claim, { apiVersion: 'v1', kind: 'PersistentVolumeClaim' });
  },
  'io.k8s.api.apps.v1.Deployment': ({ spec }) => {
    const deployment = record(spec);
    setTo(deployment, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 });
    const strategy = record(deployment['strategy']);
    setTo(strategy, { type: 'RollingUpdate' });
    if (strategy['type'] !== 'RollingUpdate') return;
    setTo(strategy, { rollingUpdate: {} });
    setTo(record(strategy['rollingUpdate']), { maxUnavailable: '25%', maxSurge: '25%' });
  },
  'io.k8s.api.apps.v1.ReplicaSet': ({ spec }) => setTo(record(spec), { replicas: 1 }),
  'io.k8s.api.apps.v1.DaemonSet': ({ spec }) => {
    const set = record(spec);
    setTo(set, { revisionHistoryLimit: 10 });
    const strategy = record(set['updateStrategy']);
    setTo(strategy, { type: 'RollingUpdate' });
    if (strategy['type'] !== 'RollingUpdate') return;
    setTo(strategy, { rollingUpdate: {} });
    setTo(record(strategy['rollingUpdate']), { maxUnavailable: 1, maxSurge: 0 });
  },
  'io.k8s.api.batch.v1.Job': ({ metadata, spec }) => {
    const job = record(spec);
    labelsOfTemplate(record(metadata), job);
    if (job['completions'] === undefined && job['parallelism'] === undefined) job['completions'] = 1;
    setTo(job, {
      parallelism: 1,
      backoffLimit: job['backoffLimitPerIndex'] === undefined ? 6 : 2 ** 31 - 1,
      completionMode: 'NonIndexed',
      suspend: false,
      manualSelector: false,
      podReplacementPolicy: job['podFailurePolicy'] === undefined ? 'TerminatingOrFailed' : 'Failed',
    });
  },
  'io.k8s.api.batch.v1.CronJob': ({ spec }) =>
    setTo(record(spec), {
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    }),
};

/** They are the template's very labels: what is added to those later, these have as well. */
function labelsOfTemplate(metadata: Json, spec: Json): void {
  const labels = record(record(record(spec['template'])['metadata'])['labels']);
  if (Object.keys(record(metadata['labels'])).length === 0 && Object.keys(labels).length > 0)
    metadata['labels'] = labels;
}
