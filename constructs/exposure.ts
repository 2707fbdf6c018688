import type { ServicePort } from './service-port.js';

/** What fulfils load balancers. */
export class LoadBalancerProvider {
  /** MetalLB, for clusters on your own machines. */
  public static metalLb(options: MetalLbOptions = {}): LoadBalancerProvider {
    return new LoadBalancerProvider({ metalLb: options });
  }

  /** Tencent Cloud CLB, for TKE. */
  public static tencentClb(options: TencentClbOptions = {}): LoadBalancerProvider {
    return new LoadBalancerProvider({ tencentClb: options });
  }

  private constructor(private readonly fields: Record<string, unknown>) {}

  /** @internal */
  public _toFields(): Record<string, unknown> {
    return this.fields;
  }
}

/** Settings of MetalLB. */
export interface MetalLbOptions {
  /**
   * The pool to take addresses from.
   *
   * @default - MetalLB chooses
   */
  readonly addressPool?: string;

  /**
   * Fixed addresses: one, or one for each id with `perId`.
   *
   * @default - from the pool
   */
  readonly addresses?: string[];
}

/** Settings of a Tencent Cloud load balancer. */
export interface TencentClbOptions {
  /**
   * The subnet of an internal load balancer.
   *
   * @default - a public one
   */
  readonly internalSubnetId?: string;

  /**
   * An existing load balancer to use.
   *
   * @default - a new one
   */
  readonly existingLbId?: string;

  /**
   * Whether the load balancer reaches the pods without the node port.
   *
   * @default true
   */
  readonly directAccess?: boolean;
}

/** Which ports are exposed. */
export interface ExposureOptions {
  /**
   * Ports of the service. Those that the service does not list itself are added to it.
   *
   * @default - all ports of the service
   */
  readonly ports?: ServicePort[];
}

/** Settings of Services that clients outside the cluster use. */
export interface ServiceExposureOptions extends ExposureOptions {
  /**
   * Whether the client's address reaches the pod (`Local`) or any node takes part (`Cluster`).
   *
   * @default 'Local'
   */
  readonly externalTrafficPolicy?: string;

  /**
   * Annotations of the Services.
   *
   * @default - none but the provider's
   */
  readonly annotations?: { [key: string]: string };
}

/** Settings of load balancers. */
export interface LoadBalancerOptions extends ServiceExposureOptions {
  /**
   * What fulfils the load balancer.
   *
   * @default - whatever the cluster offers
   */
  readonly provider?: LoadBalancerProvider;
}

/** How clients outside the cluster reach a service. */
export class Exposure {
  /** A Service of type LoadBalancer. */
  public static loadBalancer(options: LoadBalancerOptions = {}): Exposure {
    const { ports, provider, ...fields } = options;
    return new Exposure(ports, {
      type: 'LoadBalancer',
      ...(provider && { provider: provider._toFields() }),
      ...fields,
    });
  }

  /** A port on every node. */
  public static nodePort(options: ServiceExposureOptions = {}): Exposure {
    const { ports, ...fields } = options;
    return new Exposure(ports, { type: 'NodePort', ...fields });
  }

  /** The ports of the node that the pod runs on; no Service takes part. */
  public static hostPort(options: ExposureOptions = {}): Exposure {
    return new Exposure(options.ports, { type: 'HostPort' });
  }

  private constructor(
    private readonly ports: ServicePort[] | undefined,
    private readonly fields: Record<string, unknown>,
  ) {}

  /** The same with one Service, and so one address, for each id. */
  public perId(): Exposure {
    if (this.fields['type'] === 'HostPort') throw new Error('Exposure.hostPort makes no Service, and so none per id');
    return new Exposure(this.ports, { ...this.fields, perId: true });
  }

  /** @internal */
  public get _ports(): ServicePort[] {
    return this.ports ?? [];
  }

  /**
   * @param all the ports of the service, which these are among
   *
   * @internal
   */
  public _toFields(all: ServicePort[]): Record<string, unknown> {
    return { ...this.fields, ...(this.ports && { ports: this.ports.map((port) => referenceTo(port, all)) }) };
  }
}

/** How a zone file refers to a port: by number, or by name where two protocols share the number. */
function referenceTo({ port, protocol = 'TCP' }: ServicePort, all: ServicePort[]): number | string {
  const same = all.filter((other) => other.port === port);
  const own = same.find((other) => (other.protocol ?? 'TCP') === protocol);
  return own?.name ?? (same.length > 1 ? `${protocol.toLowerCase()}-${port}` : port);
}
