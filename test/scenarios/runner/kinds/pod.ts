import { pods } from '../../../../src/kube/resource.js';
import { Kind } from '../kind.js';
import { podFields, podSpec } from './pod-fields.js';

export const READINESS_GATE = 'InPlaceUpdateReady';

export const pod = new Kind({
  names: ['pod', 'pods'],
  resource: pods,
  blank: () => ({ spec: podSpec() }),
  fields: {
    ...podFields(),
    app: 'metadata.labels[app]',
    revision: 'metadata.labels[controller-revision-hash]',
    cost: 'metadata.annotations[controller.kubernetes.io/pod-deletion-cost]',
    ready: 'status.conditions[type=Ready].status',
    scheduled: 'status.conditions[type=PodScheduled].status',
    gate: `status.conditions[type=${READINESS_GATE}].status`,
    phase: 'status.phase',
    boundTo: 'spec.nodeName',
    restarts: 'status.containerStatuses[0].restartCount',
    containerID: 'status.containerStatuses[0].containerID',
    started: 'status.containerStatuses[0].started',
  },
  shown: ['image', 'revision', 'phase', 'ready', 'gate', 'boundTo', 'owner'],
});
