import { portOf, portsNamed } from '../model/services.js';
import type { Port } from '../model/zone.js';
import type { Path, Problem } from '../../src/api/problem.js';
import { suggest } from '../../src/api/suggest.js';
import { entryWith, isReplicated, placesOf, settingsOf } from './context.js';
import type { ServiceOfType, ZoneCheck } from './context.js';
import { isIpAddress } from './ip-address.js';

const portsOf = (service: ServiceOfType): Port[] => (entryWith(service, 'ports')?.entry.ports ?? []).map(portOf);

/** No port and no port name twice in a service. */
export const checkPorts: ZoneCheck = (zone) =>
  settingsOf(zone, 'ports').flatMap(({ value, path }) => {
    const names = new Set<string>();
    const numbers = new Set<string>();
    return value.flatMap((written, index): Problem[] => {
      const { name, port, protocol } = portOf(written);
      const number = `${protocol} ${port}`;
      const problems: Problem[] = [];
      if (numbers.has(number)) {
        problems.push({
          path: [...path, index, 'port'],
          message: `${number} stands here twice`,
          hint: 'remove one',
          value: port,
        });
      } else if (names.has(name)) {
        const hint = 'give each port a name of its own';
        problems.push({ path: [...path, index], message: `two ports are named ${name}`, hint, value: name });
      }
      names.add(name);
      numbers.add(number);
      return problems;
    });
  });

/** Exposed and scraped ports are ports of the service. */
export const checkExposure: ZoneCheck = (zone) => [
  ...settingsOf(zone, 'expose').flatMap(({ value: expose, path, service }): Problem[] => {
    const ports = portsOf(service);
    const problems: Problem[] = (expose.ports ?? []).flatMap((reference, index) =>
      unknownPort(reference, service, [...path, 'ports', index]),
    );
    if (ports.length === 0) {
      const message = `${service.type} is exposed but has no ports`;
      const missing = placesOf(service, 'ports');
      problems.push({ path, message, hint: 'list its ports, such as ports: [{port: 7001}]', missing });
    }
    if (expose.perId && isReplicated(service)) {
      const message = '`perId` needs ids, and this service has `replicas`';
      problems.push({ path: [...path, 'perId'], message, hint: 'remove it, or give the service ids', value: true });
    }
    return [...problems, ...checkProvider(expose, path, service)];
  }),
  ...settingsOf(zone, 'metrics').flatMap(({ value, path, service }) => [
    ...unknownPort(value.port, service, [...path, 'port']),
    ...(value.interval !== undefined && value.scrape !== 'PodMonitor'
      ? [
          {
            path: [...path, 'interval'],
            message: '`interval` does nothing with annotations: Prometheus decides how often it scrapes',
            hint: 'set scrape: PodMonitor, or remove it',
            value: value.interval,
          },
        ]
      : []),
  ]),
];

type Expose = NonNullable<ServiceOfType['entries'][number]['entry']['expose']>;

function checkProvider(expose: Expose, path: Path, service: ServiceOfType): Problem[] {
  const { provider, type, perId } = expose;
  if (!provider) return checkHostPort(expose, path);
  const at = [...path, 'provider'];
  if (type !== 'LoadBalancer') {
    const message = `a provider does nothing with type ${type}`;
    return [{ path: at, message, hint: 'set type: LoadBalancer, or remove it' }, ...checkHostPort(expose, path)];
  }
  if (provider.metalLb && provider.tencentClb)
    return [{ path: at, message: 'two providers for one load balancer', hint: 'keep `metalLb` or `tencentClb`' }];
  const addresses = provider.metalLb?.addresses;
  const wrong = addresses?.findIndex((address) => !isIpAddress(address)) ?? -1;
  if (addresses && wrong >= 0) {
    const message = 'not an IP address';
    const hint = 'write an address such as 10.0.0.17';
    return [{ path: [...at, 'metalLb', 'addresses', wrong], message, hint, value: addresses[wrong] }];
  }
  const ids = service.entries.reduce((sum, { entry }) => sum + (entry.endId ?? entry.id ?? 0) - (entry.id ?? 0) + 1, 0);
  if (perId && addresses && addresses.length !== ids) {
    const message = `${addresses.length} addresses for ${ids} ids`;
    const missing = placesOf(service, 'id', 'endId');
    return [{ path: [...at, 'metalLb', 'addresses'], message, hint: 'with `perId`, list one address per id', missing }];
  }
  if (perId && provider.tencentClb?.existingLbId !== undefined) {
    const message = 'one existing load balancer cannot be one per id';
    return [{ path: [...at, 'tencentClb', 'existingLbId'], message, hint: 'remove it, or `perId`' }];
  }
  return [];
}

function checkHostPort({ type, perId, annotations, externalTrafficPolicy }: Expose, path: Path): Problem[] {
  if (type !== 'HostPort') return [];
  const useless = { perId, annotations, externalTrafficPolicy };
  return Object.entries(useless)
    .filter(([, value]) => value !== undefined)
    .map(([field, value]) => ({
      path: [...path, field],
      message: `\`${field}\` does nothing with type HostPort, which makes no Service`,
      hint: 'remove it',
      value,
    }));
}

function unknownPort(reference: string | number, service: ServiceOfType, path: Path): Problem[] {
  const ports = portsOf(service);
  if (portsNamed(reference, ports).length > 0) return [];
  const known = ports.flatMap(({ name, port }) => [name, String(port)]);
  const near = suggest(String(reference), known);
  const all = ports.map(({ name, port }) => `${name} (${port})`).join(', ') || 'none';
  return [
    {
      path,
      message: `the service has no port ${reference}`,
      hint: near === undefined ? `its ports are: ${all}` : `did you mean ${near}? Its ports are: ${all}`,
      value: reference,
      missing: placesOf(service, 'ports'),
    },
  ];
}

/** Autoscaling moves a number of replicas. */
export const checkAutoscale: ZoneCheck = (zone) =>
  settingsOf(zone, 'autoscale').flatMap(({ value, path, service }): Problem[] => {
    if (!isReplicated(service)) {
      const hint = "ids are players' addresses and never come and go by load: use `replicas`, or remove it";
      return [{ path, message: '`autoscale` needs `replicas`', hint, missing: placesOf(service, 'replicas') }];
    }
    const least = value.minReplicas ?? Math.max(1, entryWith(service, 'replicas')!.entry.replicas!);
    if (least <= value.maxReplicas) return [];
    const message = `at most ${value.maxReplicas} pods, but at least ${least}`;
    const hint = 'set `maxReplicas` to at least `minReplicas` (or `replicas`)';
    return [{ path: [...path, 'maxReplicas'], message, hint, value: value.maxReplicas }];
  });
