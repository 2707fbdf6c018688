import {
  configMaps,
  endpointSlices,
  nodes,
  persistentVolumeClaims,
  podDisruptionBudgets,
  services,
  type Resource,
} from '../../../../src/kube/resource.js';
import type { Node } from '../../../../src/cluster/kubelet/node-object.js';
import { Kind } from '../kind.js';

export const configMap = new Kind({ names: ['configmap', 'configmaps'], resource: configMaps });

export const service = new Kind({
  names: ['service', 'services'],
  resource: services,
  blank: (name) => ({ spec: { clusterIP: 'None', selector: { app: name }, ports: [{ name: 'game', port: 7777 }] } }),
  fields: { publishNotReady: 'spec.publishNotReadyAddresses' },
});

interface Endpoint {
  readonly targetRef?: { readonly name?: string };
  readonly conditions?: Readonly<Record<string, boolean | undefined>>;
}

/** The names of the pods that are such endpoints, in the order of the alphabet. */
function endpoints(condition: string) {
  return (slice: object): string | undefined => {
    const names = ((slice as { endpoints?: readonly Endpoint[] | null }).endpoints ?? [])
      .filter(({ conditions = {} }) => conditions[condition] === true)
      .map(({ targetRef }) => targetRef?.name ?? '');
    return names.length === 0 ? undefined : names.sort().join(',');
  };
}

export const endpointSlice = new Kind({
  names: ['endpointslice', 'endpointslices'],
  resource: endpointSlices,
  fields: {
    app: 'metadata.labels[kubernetes.io/service-name]',
    ready: endpoints('ready'),
    serving: endpoints('serving'),
    terminating: endpoints('terminating'),
  },
  shown: ['ready', 'serving', 'terminating'],
});

export const podDisruptionBudget = new Kind({
  names: ['poddisruptionbudget', 'poddisruptionbudgets'],
  resource: podDisruptionBudgets,
  blank: (name) => ({ spec: { selector: { matchLabels: { app: name } } } }),
  fields: {
    minAvailable: 'spec.minAvailable',
    maxUnavailable: 'spec.maxUnavailable',
    unhealthyPodEvictionPolicy: 'spec.unhealthyPodEvictionPolicy',
    disruptionsAllowed: 'status.disruptionsAllowed',
    currentHealthy: 'status.currentHealthy',
    desiredHealthy: 'status.desiredHealthy',
    expectedPods: 'status.expectedPods',
    observedGeneration: 'status.observedGeneration',
  },
  shown: ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'],
});

export const claim = new Kind({
  names: ['persistentvolumeclaim', 'persistentvolumeclaims'],
  resource: persistentVolumeClaims,
});

export const node = new Kind({
  names: ['node', 'nodes'],
  resource: nodes,
  fields: {
    ready: 'status.conditions[type=Ready].status',
    taints: (of) => {
      const { taints = [] } = (of as Node).spec ?? {};
      const short = taints.map(({ key, effect }) => `${key.replace('node.kubernetes.io/', '')}:${effect}`);
      return short.length === 0 ? undefined : short.sort().join(',');
    },
    unschedulable: 'spec.unschedulable',
  },
  shown: ['ready', 'taints'],
});

const autoscalers: Resource = {
  group: 'autoscaling',
  version: 'v2',
  plural: 'horizontalpodautoscalers',
  kind: 'HorizontalPodAutoscaler',
  namespaced: true,
};
export const autoscaler = new Kind({
  names: ['horizontalpodautoscaler', 'horizontalpodautoscalers'],
  resource: autoscalers,
});
