import { workloadName } from '../model/names.js';
import type { Service, Zone } from '../model/zone.js';
import { memberLabels, metadataOf } from './manifest.js';
import type { Manifest } from './manifest.js';
import { GAME_WORKLOAD_API } from './workload.js';

/** How many pods of the service a node drain may take at a time. */
export function disruptionBudget(zone: Zone, service: Service): Manifest[] {
  if (service.maxDisrupted === undefined) return [];
  return [
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: metadataOf(zone, { name: workloadName(zone.name, service.type), service: service.type }),
      spec: { maxUnavailable: service.maxDisrupted, selector: { matchLabels: memberLabels(zone, service.type) } },
    },
  ];
}

export function autoscaler(zone: Zone, service: Service): Manifest[] {
  if (!service.autoscale) return [];
  const { minReplicas, maxReplicas, cpuPercent, memoryPercent } = service.autoscale;
  const utilization = (name: string, percent: number | undefined): object[] =>
    percent === undefined
      ? []
      : [{ type: 'Resource', resource: { name, target: { type: 'Utilization', averageUtilization: percent } } }];
  const name = workloadName(zone.name, service.type);
  const target =
    zone.runtime === 'native'
      ? { apiVersion: 'apps/v1', kind: 'Deployment', name }
      : { apiVersion: GAME_WORKLOAD_API, kind: 'GameDeployment', name };
  return [
    {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: metadataOf(zone, { name, service: service.type }),
      spec: {
        scaleTargetRef: target,
        minReplicas,
        maxReplicas,
        metrics: [...utilization('cpu', cpuPercent), ...utilization('memory', memoryPercent)],
      },
    },
  ];
}

/** Where the Prometheus operator scrapes the pods. */
export function podMonitor(zone: Zone, service: Service): Manifest[] {
  if (service.metrics?.scrape !== 'PodMonitor') return [];
  const { port, path, interval } = service.metrics;
  return [
    {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PodMonitor',
      metadata: metadataOf(zone, { name: workloadName(zone.name, service.type), service: service.type }),
      spec: {
        selector: { matchLabels: memberLabels(zone, service.type) },
        podMetricsEndpoints: [{ port: port.name, path, ...(interval !== undefined && { interval }) }],
      },
    },
  ];
}
