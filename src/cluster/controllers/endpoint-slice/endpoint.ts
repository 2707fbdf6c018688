import { isReady } from '../../../api/pod.js';
import type { Observed } from '../../../kube/store.js';
import type { Node } from '../../kubelet/node-object.js';
import type { Endpoint, EndpointPort, EndpointSlice, Pod, SeenPod, Service, ServicePort } from '../objects.js';
import { isGoing } from '../owners.js';
import { isOver } from '../pod-state.js';

export type AddressType = EndpointSlice['addressType'];

const ZONE = 'topology.kubernetes.io/zone';

/** The kinds of addresses that a Service has. */
export function addressTypesOf({ spec }: Observed<Service>): readonly AddressType[] {
  const families = spec.ipFamilies ?? [];
  return families.length === 0 ? ['IPv4'] : families.map((family) => (family === 'IPv6' ? 'IPv6' : 'IPv4'));
}

/** A pod as one of a Service's endpoints; undefined where it has no address, or none of this type, or has ended. */
export function endpointOf(
  pod: SeenPod,
  service: Observed<Service>,
  type: AddressType,
  node: Observed<Node> | undefined,
): Endpoint | undefined {
  const addresses = addressesOf(pod).filter((address) => address.includes(':') === (type === 'IPv6'));
  if (isOver(pod) || addresses.length === 0) return undefined;
  const { name, namespace = '', uid } = pod.metadata;
  const { nodeName, hostname, subdomain } = (pod as Pod).spec as Pod['spec'] & {
    readonly hostname?: string;
    readonly subdomain?: string;
  };
  const [serving, terminating] = [isReady(pod), isGoing(pod)];
  const ready = service.spec.publishNotReadyAddresses === true || (serving && !terminating);
  const zone = node?.metadata.labels?.[ZONE];
  return {
    addresses,
    conditions: { ready, serving, terminating },
    ...(hostname !== undefined && subdomain === service.metadata.name && { hostname }),
    ...(nodeName !== undefined && { nodeName }),
    ...(zone !== undefined && { zone }),
    targetRef: { kind: 'Pod', namespace, name, uid },
  };
}

function addressesOf({ status }: SeenPod): readonly string[] {
  const all = (status?.podIPs ?? []).map(({ ip }) => ip);
  return all.length === 0 && status?.podIP !== undefined ? [status.podIP] : all;
}

/** The Service's ports as this pod has them; a port whose name the pod does not know is left out. */
export function portsOf(pod: SeenPod, { spec }: Observed<Service>): EndpointPort[] {
  return (spec.ports ?? []).flatMap((port) => {
    const number = targetOf(pod, port);
    if (number === undefined) return [];
    const { name = '', protocol = 'TCP', appProtocol } = port;
    return { name, port: number, protocol, ...(appProtocol !== undefined && { appProtocol }) };
  });
}

interface ContainerPort {
  readonly name?: string;
  readonly containerPort: number;
  readonly protocol?: string;
}

function targetOf({ spec }: SeenPod, { port, targetPort = port, protocol = 'TCP' }: ServicePort): number | undefined {
  if (typeof targetPort === 'number') return targetPort === 0 ? port : targetPort;
  const ports = spec.containers.flatMap((container) => (container['ports'] ?? []) as readonly ContainerPort[]);
  return ports.find((one) => one.name === targetPort && (one.protocol ?? 'TCP') === protocol)?.containerPort;
}
