import { headlessServiceName } from '../model/names.js';
import type { Service, Workload, Zone } from '../model/zone.js';
import type { ConfigParts } from './config-files.js';
import { metadataOf, unlessEmpty } from './manifest.js';
import type { Manifest } from './manifest.js';
import { podTemplate, selectorLabels } from './pod.js';
import { hookStrategies, updateStrategy } from './update.js';

export const GAME_WORKLOAD_API = 'tkex.tencent.com/v1alpha1';

/** A Job that must have completed before a revision of a workload starts. */
export interface Prerequisite {
  readonly kind: 'Job';
  readonly name: string;
}

/** A service and what its workloads refer to. */
export interface ServiceContext {
  readonly zone: Zone;
  readonly service: Service;
  readonly config: ConfigParts;
  readonly prerequisites: readonly Prerequisite[];
}

/** The object that keeps the pods of a workload: one of ours, or with `runtime: native` one of Kubernetes' own. */
export function workloadManifest(context: ServiceContext, workload: Workload): Manifest {
  if (context.zone.runtime === 'native') return nativeWorkload(context, workload);
  return workload.kind === 'ids' ? gameStatefulSet(context, workload) : gameDeployment(context, workload);
}

function gameStatefulSet(
  { zone, service, config, prerequisites }: ServiceContext,
  workload: Workload & { kind: 'ids' },
): Manifest {
  return {
    apiVersion: GAME_WORKLOAD_API,
    kind: 'GameStatefulSet',
    metadata: metadataOf(zone, { name: workload.name, service: service.type }),
    spec: {
      ...identity(zone, service, workload),
      progressDeadlineSeconds: service.progressDeadlineSeconds,
      ...unlessEmpty('prerequisites', prerequisites),
      selector: { matchLabels: selectorLabels(zone, service, workload) },
      updateStrategy: updateStrategy(zone, service, 'ids'),
      ...hookStrategies(zone, service),
      ...unlessEmpty(
        'instances',
        workload.instances.map(({ id, image }) => ({ ordinal: id, images: { [service.type]: image } })),
      ),
      template: podTemplate(zone, service, workload, config),
    },
  };
}

/** What a GameStatefulSet and a StatefulSet have in common: a pod's ordinal is its service id. */
const identity = (zone: Zone, service: Service, workload: Workload & { kind: 'ids' }): object => ({
  replicas: workload.count,
  ordinals: { start: workload.firstId },
  serviceName: headlessServiceName(zone.name, service.type),
  podManagementPolicy: service.podManagementPolicy,
  minReadySeconds: service.minReadySeconds,
});

function gameDeployment(
  { zone, service, config, prerequisites }: ServiceContext,
  workload: Workload & { kind: 'replicas' },
): Manifest {
  return {
    apiVersion: GAME_WORKLOAD_API,
    kind: 'GameDeployment',
    metadata: metadataOf(zone, { name: workload.name, service: service.type }),
    spec: {
      ...scale(service, workload),
      minReadySeconds: service.minReadySeconds,
      progressDeadlineSeconds: service.progressDeadlineSeconds,
      ...unlessEmpty('prerequisites', prerequisites),
      selector: { matchLabels: selectorLabels(zone, service, workload) },
      updateStrategy: updateStrategy(zone, service, 'replicas'),
      ...hookStrategies(zone, service),
      template: podTemplate(zone, service, workload, config),
    },
  };
}

/** The autoscaler owns the number of pods where there is one: an apply must not set it back. */
const scale = ({ autoscale }: Service, { replicas }: Workload & { kind: 'replicas' }): object =>
  autoscale ? {} : { replicas };

/** Argo CD applies wave 1 when everything before it, the Jobs included, is healthy. */
const AFTER_THE_JOBS = { 'argocd.argoproj.io/sync-wave': '1' };

function nativeWorkload({ zone, service, config, prerequisites }: ServiceContext, workload: Workload): Manifest {
  const metadata = metadataOf(zone, {
    name: workload.name,
    service: service.type,
    ...(prerequisites.length > 0 && { annotations: AFTER_THE_JOBS }),
  });
  const selector = { matchLabels: selectorLabels(zone, service, workload) };
  const template = podTemplate(zone, service, workload, config);
  const type = service.update['type'] ?? 'RollingUpdate';
  if (workload.kind === 'ids') {
    const { partition } = (service.update['rollingUpdate'] ?? {}) as { readonly partition?: number };
    return {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata,
      spec: {
        ...identity(zone, service, workload),
        selector,
        updateStrategy: { type, ...(partition !== undefined && { rollingUpdate: { partition } }) },
        template,
      },
    };
  }
  const { maxUnavailable = 1, maxSurge = 0 } = service.update as { maxUnavailable?: unknown; maxSurge?: unknown };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: {
      ...scale(service, workload),
      minReadySeconds: service.minReadySeconds,
      progressDeadlineSeconds: service.progressDeadlineSeconds,
      selector,
      strategy: { type, rollingUpdate: { maxUnavailable, maxSurge } },
      template,
    },
  };
}
