import { keyOf } from '../../../kube/objects.js';
import { services as serviceResource } from '../../../kube/resource.js';
import type { Observed, Store } from '../../../kube/store.js';
import { isSame } from '../../json.js';
import type { Node } from '../../kubelet/node-object.js';
import type { Controller, ControllerContext } from '../context.js';
import type { Hand, Place } from '../hand.js';
import { endpointSlices, nodes, pods, services } from '../informed.js';
import { Loop } from '../loop.js';
import type { Endpoint, EndpointPort, EndpointSlice, Pod, SeenPod, Service } from '../objects.js';
import { controllerReference, isControlledBy, isGoing } from '../owners.js';
import { hasAll } from '../selector.js';
import { addressTypesOf, endpointOf, portsOf, type AddressType } from './endpoint.js';
import { changesOf, type Group } from './slices.js';

const SERVICE_NAME = 'kubernetes.io/service-name';
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const HEADLESS = 'service.kubernetes.io/headless';
const MANAGER = 'endpointslice-controller.k8s.io';

/** Model of the EndpointSlice controller: the addresses of a Service's pods, and which of them are ready. It gives no topology hints. */
export class EndpointSliceController implements Controller {
  private readonly services: Store<Service, 'namespace'>;
  private readonly slices: Place & { readonly store: Store<EndpointSlice, 'service'> };
  private readonly pods: Store<Pod, 'namespace'>;
  private readonly nodes: Store<Node>;
  private readonly loop: Loop;

  constructor(context: ControllerContext) {
    const { informers } = context;
    this.services = informers.store(services);
    this.slices = { resource: endpointSlices.resource, store: informers.store(endpointSlices) };
    this.pods = informers.store(pods);
    this.nodes = informers.store(nodes);
    this.loop = new Loop('EndpointSlice', context, (key, hand) => this.sync(key, hand));
    this.services.subscribe(({ object }) => this.loop.add(keyOf(object as Service)));
    this.slices.store.subscribe(({ object: { metadata } }) => {
      const name = metadata.labels?.[SERVICE_NAME];
      if (name !== undefined) this.loop.add(`${metadata.namespace}/${name}`);
    });
    this.pods.subscribe((event) => {
      const before = event.type === 'changed' ? event.old : undefined;
      if (before && looksSame(before, event.object)) return;
      this.addFor(event.object);
      if (before) this.addFor(before);
    });
  }

  start(): void {
    this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  private addFor({ metadata }: SeenPod): void {
    for (const service of this.services.byIndex('namespace', metadata.namespace ?? ''))
      if (isSelecting(service) && hasAll(service.spec.selector, metadata.labels))
        this.loop.add(keyOf(service as Service));
  }

  private async sync(key: string, hand: Hand): Promise<void> {
    const service = this.services.get(key);
    // The slices of one that is gone are the garbage collector's.
    if (service === undefined || isGoing(service) || !isSelecting(service)) return;
    const matching = this.pods
      .byIndex('namespace', service.metadata.namespace ?? '')
      .filter(({ metadata }) => hasAll(service.spec.selector, metadata.labels))
      .sort((one, other) => (one.metadata.name < other.metadata.name ? -1 : 1));
    const types = addressTypesOf(service);
    const slices = this.slices.store
      .byIndex('service', key)
      .filter((slice) => !isGoing(slice) && slice.metadata.labels?.[MANAGED_BY] === MANAGER);
    for (const type of types) await this.reconcile(service, matching, slices, type, hand);
    for (const slice of slices) if (!types.includes(slice.addressType)) await hand.delete(this.slices, slice);
  }

  private async reconcile(
    service: Observed<Service>,
    matching: readonly SeenPod[],
    all: readonly Observed<EndpointSlice>[],
    type: AddressType,
    hand: Hand,
  ): Promise<void> {
    const own = all.filter((slice) => slice.addressType === type);
    const slices = own.filter((slice) => isControlledBy(slice, service));
    const { create, update, remove } = changesOf(this.groups(service, matching, type), slices);
    const labels = labelsOf(service);
    const updated = new Map(update.map(({ slice, endpoints }) => [slice, endpoints]));
    for (const slice of slices) {
      if (remove.includes(slice)) continue;
      const endpoints = updated.get(slice);
      if (endpoints === undefined && isSame(slice.metadata.labels, labels)) continue;
      const { metadata, ...rest } = slice as EndpointSlice;
      await hand.update<EndpointSlice>(this.slices, {
        ...rest,
        metadata: { ...metadata, labels },
        ...(endpoints && { endpoints: [...endpoints] }),
      });
    }
    for (const { ports, endpoints } of create)
      await hand.create(this.slices, newSlice(service, type, labels, ports, endpoints));
    const foreign = own.filter((slice) => !slices.includes(slice));
    for (const slice of [...remove, ...foreign]) await hand.delete(this.slices, slice);
  }

  /** Pods whose ports are the same go together. */
  private groups(service: Observed<Service>, matching: readonly SeenPod[], type: AddressType): Group[] {
    const groups: { ports: EndpointPort[]; endpoints: Endpoint[] }[] = [];
    for (const pod of matching) {
      const endpoint = endpointOf(pod, service, type, this.nodes.get(pod.spec.nodeName ?? ''));
      if (endpoint === undefined) continue;
      const ports = portsOf(pod, service);
      const group = groups.find((one) => isSame(one.ports, ports));
      if (group) group.endpoints.push(endpoint);
      else groups.push({ ports, endpoints: [endpoint] });
    }
    return groups;
  }
}

/** One without a selector has slices that somebody else writes. */
function isSelecting({ spec }: Observed<Service>): boolean {
  return spec.type !== 'ExternalName' && Object.keys(spec.selector ?? {}).length > 0;
}

function looksSame(one: SeenPod, other: SeenPod): boolean {
  const look = ({ metadata, spec, status }: SeenPod): unknown => [
    [metadata.labels, metadata.deletionTimestamp, spec.nodeName],
    [status?.phase, status?.podIP, status?.podIPs, status?.conditions?.find(({ type }) => type === 'Ready')?.status],
  ];
  return isSame(look(one), look(other));
}

function labelsOf({ metadata, spec }: Observed<Service>): Record<string, string> {
  const { clusterIP = '' } = spec;
  return {
    ...metadata.labels,
    ...((clusterIP === '' || clusterIP === 'None') && { [HEADLESS]: '' }),
    [SERVICE_NAME]: metadata.name,
    [MANAGED_BY]: MANAGER,
  };
}

function newSlice(
  service: Observed<Service>,
  addressType: AddressType,
  labels: Record<string, string>,
  ports: readonly EndpointPort[],
  endpoints: readonly Endpoint[],
): EndpointSlice {
  const { name, namespace = '' } = service.metadata;
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      generateName: `${name}-`,
      namespace,
      labels,
      ownerReferences: [controllerReference(service, serviceResource)],
    },
    addressType,
    endpoints: [...endpoints],
    ports: [...ports],
  };
}
