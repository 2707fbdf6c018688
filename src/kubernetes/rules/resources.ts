import type { Fields } from '../fields.js';
import { amount } from '../quantity.js';
import { isRecord } from '../structure.js';
import { qualifiedName } from './names.js';

/** Amounts are floating point here and decimal on the server: what differs by less than this is equal. */
const tolerance = 1e-12;

const containerResources = ['cpu', 'memory', 'ephemeral-storage'];
const podResources = ['cpu', 'memory'];

/** What the pod needs beside its containers. */
export function checkOverhead(spec: Fields): void {
  for (const [name, value] of quantities(spec, 'overhead')) checkQuantity(spec, 'overhead', name, value, false);
}

/** requests and limits of a container, or of a whole pod. */
export function checkResources(owner: Fields, { ofPod = false } = {}): void {
  owner.part('resources', ofPod ? checkOfPod : checkOfContainer);
}

const checkOfPod = (resources: Fields): void => checkAmounts(resources, true);
const checkOfContainer = (resources: Fields): void => checkAmounts(resources, false);

function checkAmounts(resources: Fields, ofPod: boolean): void {
  if (ofPod && resources.has('claims'))
    resources.wrong('claims', 'cannot be given for a whole pod: give them to a container');
  const limits = quantities(resources, 'limits');
  const requests = quantities(resources, 'requests');
  for (const [name, value] of limits) checkQuantity(resources, 'limits', name, value, ofPod);
  for (const [name, value] of requests) {
    checkQuantity(resources, 'requests', name, value, ofPod);
    const limit = limits.get(name);
    if (limit === undefined) {
      if (!mayOvercommit(name))
        resources.wrongEntry('limits', name, `is missing: ${name} needs a limit equal to its request`);
    } else if (value > limit * (1 + tolerance)) {
      resources.wrongEntry(
        'requests',
        name,
        `is more than the limit of ${name}: request at most what the limit allows`,
      );
    } else if (!mayOvercommit(name) && value < limit * (1 - tolerance)) {
      resources.wrongEntry('requests', name, `must equal the limit of ${name}, which cannot be overcommitted`);
    }
  }
  const names = [...limits.keys(), ...requests.keys()];
  if (names.some(isHugePages) && !names.includes('cpu') && !names.includes('memory')) {
    resources.wrongHere('asks for huge pages alone: they need cpu or memory beside them');
  }
}

export function quantities(owner: Fields, name: string): Map<string, number> {
  const map = owner.value(name);
  const found = new Map<string, number>();
  if (!isRecord(map)) return found;
  for (const [resource, value] of Object.entries(map))
    found.set(resource, value === null ? 0 : (amount(value) ?? Number.NaN));
  return found;
}

function checkQuantity(resources: Fields, list: string, name: string, value: number, ofPod: boolean): void {
  const wrong = qualifiedName(name);
  const plain = !name.includes('/');
  if (wrong !== undefined) resources.wrongEntry(list, name, wrong);
  else if (plain && !isHugePages(name) && !(ofPod ? podResources : containerResources).includes(name)) {
    const known = ofPod ? 'cpu, memory or hugepages-*' : 'cpu, memory, ephemeral-storage or hugepages-*';
    resources.wrongEntry(
      list,
      name,
      `is not a resource of a ${ofPod ? 'pod' : 'container'}: use ${known}, or example.com/${name}`,
    );
  } else if (!plain && ofPod) {
    resources.wrongEntry(list, name, 'cannot be given for a whole pod: give it to a container');
  } else if (name.startsWith('requests.')) {
    resources.wrongEntry(list, name, 'is not an extended resource: its name may not begin with "requests."');
  }
  if (value < 0) resources.wrongEntry(list, name, 'must not be negative');
  else if (!mayOvercommit(name) && !isHugePages(name) && !Number.isInteger(value) && !Number.isNaN(value)) {
    resources.wrongEntry(list, name, 'must be a whole number: devices cannot be shared in parts');
  }
  if (!isHugePages(name)) return;
  const page = amount(name.slice('hugepages-'.length));
  if (page === undefined || page <= 0 || value % page !== 0) {
    resources.wrongEntry(list, name, `must be a multiple of the page size ${name.slice('hugepages-'.length)}`);
  }
}

function isHugePages(name: string): boolean {
  return name.startsWith('hugepages-');
}

function mayOvercommit(name: string): boolean {
  return (!name.includes('/') || name.includes('kubernetes.io/')) && !isHugePages(name);
}
