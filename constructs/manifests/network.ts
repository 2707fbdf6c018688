import { headlessServiceName, podName, publicServiceName } from '../model/names.js';
import type { Exposure, Port, Service, Zone } from '../model/zone.js';
import { POD_INDEX_LABEL } from './environment.js';
import { memberLabels, metadataOf, unlessEmpty } from './manifest.js';
import type { Manifest } from './manifest.js';

/** The Service by which peers find the pods; not ready ones too, since a pod in its grace period still serves its players. */
export const headlessService = (zone: Zone, service: Service): Manifest => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: metadataOf(zone, { name: headlessServiceName(zone.name, service.type), service: service.type }),
  spec: {
    clusterIP: 'None',
    ...(zone.pods.publishNotReadyAddresses && { publishNotReadyAddresses: true }),
    ...unlessEmpty('ports', servicePorts(service.ports)),
    selector: memberLabels(zone, service.type),
  },
});

/** The Services by which players reach the pods: one, or one per id. */
export function publicServices(zone: Zone, service: Service): Manifest[] {
  const { expose } = service;
  if (!expose || expose.type === 'HostPort') return [];
  if (!expose.perId) return [publicService(zone, service, expose, undefined, 0)];
  return idsOf(service).map((id, index) => publicService(zone, service, expose, id, index));
}

/** The ids of a service in rising order; none for one with replicas. */
export const idsOf = ({ workloads }: Service): number[] =>
  workloads.flatMap((workload) =>
    workload.kind === 'ids' ? Array.from({ length: workload.count }, (_, index) => workload.firstId + index) : [],
  );

/** Every pod of the ids of a service, by name. */
export const podNames = ({ workloads }: Service): string[] =>
  workloads.flatMap((workload) =>
    workload.kind === 'ids'
      ? Array.from({ length: workload.count }, (_, index) => podName(workload.name, workload.firstId + index))
      : [],
  );

function publicService(
  zone: Zone,
  service: Service,
  expose: Exposure,
  id: number | undefined,
  index: number,
): Manifest {
  const annotations = { ...providerAnnotations(expose, index), ...expose.annotations };
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadataOf(zone, {
      name: publicServiceName(zone.name, service.type, id),
      service: service.type,
      annotations,
    }),
    spec: {
      type: expose.type,
      externalTrafficPolicy: expose.externalTrafficPolicy,
      ports: servicePorts(expose.ports),
      selector: {
        ...memberLabels(zone, service.type),
        ...(id !== undefined && { [POD_INDEX_LABEL]: String(id) }),
      },
    },
  };
}

const servicePorts = (ports: readonly Port[]): object[] =>
  ports.map(({ name, port, protocol }) => ({ name, port, targetPort: name, protocol }));

/** Sources: MetalLB "Usage" (address pools, loadBalancerIPs); Tencent Kubernetes Engine "Service annotations". */
function providerAnnotations({ metalLb, tencentClb, perId }: Exposure, index: number): Record<string, string> {
  const annotations: Record<string, string> = {};
  if (metalLb?.addressPool !== undefined) annotations['metallb.io/address-pool'] = metalLb.addressPool;
  const addresses = perId ? metalLb?.addresses?.slice(index, index + 1) : metalLb?.addresses;
  if (addresses && addresses.length > 0) annotations['metallb.io/loadBalancerIPs'] = addresses.join(',');
  if (tencentClb) {
    const { internalSubnetId, existingLbId, directAccess } = tencentClb;
    if (internalSubnetId !== undefined)
      annotations['service.kubernetes.io/qcloud-loadbalancer-internal-subnetid'] = internalSubnetId;
    if (existingLbId !== undefined) annotations['service.kubernetes.io/tke-existed-lbid'] = existingLbId;
    if (directAccess) annotations['service.cloud.tencent.com/direct-access'] = 'true';
  }
  return annotations;
}
