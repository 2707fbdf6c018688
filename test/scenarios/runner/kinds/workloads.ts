import { controllerRevisions, deployments, jobs, replicaSets, statefulSets } from '../../../../src/kube/resource.js';
import { gameStatefulSets } from '../../../../src/controller/resources.js';
import { Kind } from '../kind.js';
import { podFields, podSpec, template } from './pod-fields.js';

const TEMPLATE = 'spec.template.';

const replicated = {
  replicas: 'spec.replicas',
  app: 'spec.template.metadata.labels[app]',
  observedGeneration: 'status.observedGeneration',
  readyReplicas: 'status.readyReplicas',
  availableReplicas: 'status.availableReplicas',
  ...podFields(TEMPLATE),
};

export const statefulSet = new Kind({
  names: ['statefulset', 'statefulsets'],
  resource: statefulSets,
  blank: (name) => ({
    spec: {
      replicas: 1,
      serviceName: name,
      podManagementPolicy: 'Parallel',
      selector: { matchLabels: { app: name } },
      template: template(name),
    },
  }),
  fields: {
    ...replicated,
    partition: 'spec.updateStrategy.rollingUpdate.partition',
    strategy: 'spec.updateStrategy.type',
    start: 'spec.ordinals.start',
    podManagementPolicy: 'spec.podManagementPolicy',
    serviceName: 'spec.serviceName',
    historyLimit: 'spec.revisionHistoryLimit',
    currentRevision: 'status.currentRevision',
    updateRevision: 'status.updateRevision',
    currentReplicas: 'status.currentReplicas',
    updatedReplicas: 'status.updatedReplicas',
    statusReplicas: 'status.replicas',
  },
  shown: [
    'generation',
    'replicas',
    'image',
    'partition',
    'observedGeneration',
    'currentRevision',
    'updateRevision',
    'currentReplicas',
    'updatedReplicas',
    'readyReplicas',
  ],
});

export const controllerRevision = new Kind({
  names: ['controllerrevision', 'controllerrevisions'],
  resource: controllerRevisions,
  fields: { app: 'metadata.labels[app]', number: 'revision' },
  shown: ['number', 'owner'],
});

export const replicaSet = new Kind({
  names: ['replicaset', 'replicasets'],
  resource: replicaSets,
  blank: (name) => ({ spec: { replicas: 1, selector: { matchLabels: { app: name } }, template: template(name) } }),
  fields: { ...replicated, statusReplicas: 'status.replicas' },
  shown: ['replicas', 'image', 'observedGeneration', 'statusReplicas', 'readyReplicas'],
});

export const deployment = new Kind({
  names: ['deployment', 'deployments'],
  resource: deployments,
  blank: (name) => ({ spec: { replicas: 1, selector: { matchLabels: { app: name } }, template: template(name) } }),
  fields: { ...replicated, updatedReplicas: 'status.updatedReplicas' },
  shown: ['replicas', 'image', 'observedGeneration', 'updatedReplicas'],
});

export const job = new Kind({
  names: ['job', 'jobs'],
  resource: jobs,
  blank: () => ({ spec: { template: { spec: { ...podSpec(), restartPolicy: 'Never' } } } }),
  fields: {
    ...podFields(TEMPLATE),
    parallelism: 'spec.parallelism',
    completions: 'spec.completions',
    backoffLimit: 'spec.backoffLimit',
    suspend: 'spec.suspend',
    ttl: 'spec.ttlSecondsAfterFinished',
    complete: 'status.conditions[type=Complete].status',
    failed: 'status.conditions[type=Failed].status',
    active: 'status.active',
    succeeded: 'status.succeeded',
  },
  shown: ['image', 'active', 'succeeded', 'complete', 'failed'],
});

export const gameStatefulSet = new Kind({
  names: ['gamestatefulset', 'gamestatefulsets'],
  resource: gameStatefulSets,
  blank: (name) => ({
    spec: {
      replicas: 1,
      serviceName: name,
      selector: { matchLabels: { app: name } },
      template: template(name),
    },
  }),
  fields: {
    replicas: 'spec.replicas',
    image: `${TEMPLATE}spec.containers[0].image`,
    statusReplicas: 'status.replicas',
  },
  shown: ['generation', 'replicas', 'image', 'statusReplicas'],
});
