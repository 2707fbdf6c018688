import type { Fields } from '../fields.js';
import { checkFinalizers } from './metadata.js';
import { dnsLabel, dnsSubdomain, pathSegment, qualifiedName } from './names.js';
import { quantities } from './resources.js';

/** What surrounds the workloads of a namespace: itself, quotas, defaults, leases, and the classes of its ingresses. */

export function checkNamespace(object: Fields): void {
  checkFinalizers(object.objectOrEmpty('spec'));
  const metadata = object.objectOrEmpty('metadata');
  for (const [key, value] of metadata.entries('labels')) {
    const [prefix, name = ''] = key.split('/');
    if (prefix !== 'pod-security.kubernetes.io' || !/^(enforce|audit|warn)(-version)?$/.test(name)) continue;
    const isVersion = name.endsWith('-version');
    const right = isVersion ? /^(latest|v1\.(0|[1-9]\d*))$/ : /^(privileged|baseline|restricted)$/;
    const advice = isVersion ? 'latest or a version such as v1.34' : 'privileged, baseline or restricted';
    if (!right.test(value)) metadata.wrongEntry('labels', key, `must be ${advice}`);
  }
}

const counted = new Set([
  'pods', 'services', 'replicationcontrollers', 'resourcequotas', 'secrets', 'configmaps', 'persistentvolumeclaims',
  'services.nodeports', 'services.loadbalancers',
]); // prettier-ignore
const measured = /^((requests\.|limits\.)?(cpu|memory|ephemeral-storage)|requests\.storage|(requests\.)?hugepages-.+)$/;
const limited = /^(cpu|memory|ephemeral-storage|storage|hugepages-.+)$/;

export function checkResourceQuota(object: Fields): void {
  const spec = object.objectOrEmpty('spec');
  for (const [name, value] of quantities(spec, 'hard')) {
    const wrong = qualifiedName(name);
    if (wrong !== undefined) spec.wrongEntry('hard', name, wrong);
    else if (!name.includes('/') && !counted.has(name) && !measured.test(name)) {
      spec.wrongEntry(
        'hard',
        name,
        'is not a resource that a quota limits: use requests.cpu, limits.memory, pods or the like',
      );
    }
    if (value < 0) spec.wrongEntry('hard', name, 'must not be negative');
    else if (counted.has(name) && !Number.isInteger(value)) spec.wrongEntry('hard', name, 'must be a whole number');
  }
}

export function checkLimitRange(object: Fields): void {
  const types = new Set<string>();
  for (const limit of object.objectOrEmpty('spec').objects('limits')) {
    const type = limit.text('type');
    const wrong = qualifiedName(type);
    if (wrong !== undefined) limit.wrong('type', wrong);
    else if (!type.includes('/') && !['Container', 'Pod', 'PersistentVolumeClaim'].includes(type)) {
      limit.wrong('type', 'must be Container, Pod or PersistentVolumeClaim');
    }
    if (types.has(type)) limit.wrong('type', `${type} is limited twice: put both into one entry`);
    types.add(type);
    checkLimits(limit, type);
  }
}

/** Each of these may not be more than the other for the same resource. */
const order = [
  ['min', 'max'], ['min', 'defaultRequest'], ['defaultRequest', 'max'], ['defaultRequest', 'default'], ['min', 'default'],
  ['default', 'max'],
] as const; // prettier-ignore

function checkLimits(limit: Fields, type: string): void {
  const names = ['min', 'max', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const;
  const amounts = new Map<string, Map<string, number>>(names.map((name) => [name, quantities(limit, name)]));
  const of = (name: string, resource: string): number | undefined => amounts.get(name)?.get(resource);
  for (const name of ['default', 'defaultRequest']) {
    if (type === 'Pod' && limit.keys(name).length > 0) limit.wrong(name, 'may not be given for type Pod');
  }
  if (type === 'PersistentVolumeClaim' && of('min', 'storage') === undefined && of('max', 'storage') === undefined) {
    limit.wrong('max', 'is missing: give max or min for storage');
  }
  for (const [name, values] of amounts)
    for (const resource of values.keys()) checkLimitedResource(limit, name, resource, type);
  for (const [low, high] of order) {
    for (const [resource, value] of amounts.get(low) ?? []) {
      if (value > (of(high, resource) ?? Infinity)) limit.wrongEntry(low, resource, `must not be more than ${high}`);
    }
  }
  for (const [resource, value] of amounts.get('maxLimitRequestRatio') ?? []) {
    const least = of('min', resource);
    const most = least === undefined ? Infinity : (of('max', resource) ?? Infinity) / least;
    if (value < 1) limit.wrongEntry('maxLimitRequestRatio', resource, 'must be at least 1');
    else if (value > most)
      limit.wrongEntry('maxLimitRequestRatio', resource, 'must not be more than max divided by min');
  }
}

function checkLimitedResource(limit: Fields, name: string, resource: string, type: string): void {
  const wrong = qualifiedName(resource);
  const ofPods = type === 'Container' || type === 'Pod';
  if (wrong !== undefined) limit.wrongEntry(name, resource, wrong);
  else if (!resource.includes('/') && !limited.test(resource)) {
    limit.wrongEntry(name, resource, 'is not a resource: use cpu, memory or ephemeral-storage');
  } else if (resource === 'storage' && ofPods) limit.wrongEntry(name, resource, `is not a resource of a ${type}`);
}

export function checkLease(object: Fields): void {
  const spec = object.objectOrEmpty('spec');
  if ((spec.number('leaseDurationSeconds') ?? 1) <= 0) spec.wrong('leaseDurationSeconds', 'must be at least 1');
  spec.notNegative('leaseTransitions');
}

export function checkIngressClass(object: Fields): void {
  const spec = object.objectOrEmpty('spec');
  const controller = spec.text('controller');
  const [domain = '', ...rest] = controller.split('/');
  if (rest.join('/') === '' || dnsSubdomain(domain) !== undefined || controller.length > 250) {
    spec.wrong('controller', 'must be a name with a domain, such as k8s.io/ingress-nginx');
  }
  const parameters = spec.object('parameters');
  if (!parameters) return;
  if (parameters.has('apiGroup')) {
    const wrong = dnsSubdomain(parameters.text('apiGroup'));
    if (wrong !== undefined) parameters.wrong('apiGroup', wrong);
  }
  for (const name of ['kind', 'name']) {
    if (!parameters.required(name, `give the ${name} of the parameters`)) continue;
    const wrong = pathSegment(parameters.text(name));
    if (wrong !== undefined) parameters.wrong(name, wrong);
  }
  const scope = parameters.has('scope') ? parameters.text('scope') : 'Cluster';
  if (!['Cluster', 'Namespace'].includes(scope)) parameters.wrong('scope', 'must be Cluster or Namespace');
  else if (scope === 'Cluster' && parameters.has('namespace'))
    parameters.wrong('namespace', 'may only be given with scope: Namespace');
  else if (scope === 'Namespace' && dnsLabel(parameters.text('namespace')) !== undefined) {
    parameters.wrong('namespace', 'must be the name of a namespace');
  }
}
