import type { Fields } from '../fields.js';
import { amount } from '../quantity.js';
import { configKey, dnsSubdomain, environmentName, qualifiedName } from './names.js';

const valueSources = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef'];

const environmentFields = [
  'metadata.name', 'metadata.namespace', 'metadata.uid', 'spec.nodeName', 'spec.host', 'spec.serviceAccountName',
  'status.hostIP', 'status.hostIPs', 'status.podIP', 'status.podIPs',
]; // prettier-ignore
const fileFields = ['metadata.name', 'metadata.namespace', 'metadata.labels', 'metadata.annotations', 'metadata.uid'];
const resources = [
  'limits.cpu', 'limits.memory', 'limits.ephemeral-storage', 'requests.cpu', 'requests.memory', 'requests.ephemeral-storage',
]; // prettier-ignore

/** env and envFrom of a container. */
export function checkEnvironment(container: Fields): void {
  container.each('env', checkVariable);
  container.each('envFrom', checkEnvFrom);
}

function checkVariable(variable: Fields): void {
  if (variable.required('name', 'name the variable')) {
    const wrong = environmentName(variable.text('name'));
    if (wrong !== undefined) variable.wrong('name', wrong);
  }
  checkValueFrom(variable);
}

function checkValueFrom(variable: Fields): void {
  const from = variable.object('valueFrom');
  if (!from) return;
  const given = valueSources.filter((source) => from.has(source));
  if (given.length === 0) variable.wrong('valueFrom', `says nothing: give one of ${valueSources.join(', ')}`);
  else if (variable.text('value') !== '') variable.wrong('valueFrom', 'stands beside value: give one of the two');
  else if (given.length > 1) variable.wrong('valueFrom', `has ${given.join(' and ')}: give one of them`);
  const field = from.object('fieldRef');
  if (field) checkFieldRef(field, environmentFields);
  const resource = from.object('resourceFieldRef');
  if (resource) checkResourceFieldRef(resource);
  for (const source of ['configMapKeyRef', 'secretKeyRef']) {
    const reference = from.object(source);
    if (!reference) continue;
    const wrongName = dnsSubdomain(reference.text('name'));
    if (wrongName !== undefined) reference.wrong('name', wrongName);
    const key = reference.text('key');
    const wrongKey = key === '' ? 'is missing: name the key to read' : configKey(key);
    if (wrongKey !== undefined) reference.wrong('key', wrongKey);
  }
}

function checkEnvFrom(source: Fields): void {
  const prefix = source.text('prefix');
  const wrongPrefix = prefix === '' ? undefined : environmentName(prefix);
  if (wrongPrefix !== undefined) source.wrong('prefix', wrongPrefix);
  const given = ['configMapRef', 'secretRef'].filter((name) => source.has(name));
  if (given.length !== 1) source.wrongHere('must have exactly one of configMapRef and secretRef');
  for (const name of given) {
    const reference = source.objectOrEmpty(name);
    if (!reference.required('name', 'name the object to read')) continue;
    const wrong = dnsSubdomain(reference.text('name'));
    if (wrong !== undefined) reference.wrong('name', wrong);
  }
}

/** A field of the pod itself, for a variable or for a file of a downward API volume. */
export function checkFieldRef(reference: Fields, allowed: readonly string[]): void {
  const version = reference.text('apiVersion');
  if (version !== '' && version !== 'v1')
    reference.wrong('apiVersion', `"${version}" is not a version of Pod: use v1 or leave it out`);
  const path = reference.text('fieldPath');
  const subscript = /^(metadata\.(?:labels|annotations))\['(.*)'\]$/.exec(path);
  if (subscript) {
    const key = subscript[2] ?? '';
    const wrong = qualifiedName(subscript[1] === 'metadata.annotations' ? key.toLowerCase() : key);
    if (wrong !== undefined) reference.wrong('fieldPath', wrong);
  } else if (!allowed.includes(path)) {
    const plain = allowed.filter((field) => field !== 'spec.host').join(', ');
    reference.wrong(
      'fieldPath',
      `"${path}" is not a field that can be read: use one of ${plain}, or metadata.labels['key']`,
    );
  }
}

export function checkVolumeFieldRef(reference: Fields): void {
  checkFieldRef(reference, fileFields);
}

export function checkResourceFieldRef(reference: Fields, { containerRequired = false } = {}): void {
  if (containerRequired && reference.text('containerName') === '')
    reference.wrong('containerName', 'is missing: name the container');
  const resource = reference.text('resource');
  const hugePages = /^(requests|limits)\.hugepages-/.test(resource);
  if (!hugePages && !resources.includes(resource)) {
    reference.wrong('resource', `"${resource}" cannot be read: use one of ${resources.join(', ')}`);
  }
  const divisor = reference.has('divisor') ? amount(reference.value('divisor')) : 0;
  if (divisor === undefined || divisor === 0) return;
  const allowed = resource.endsWith('.cpu') ? [0.001, 1] : memoryDivisors;
  if (!allowed.includes(divisor)) {
    reference.wrong(
      'divisor',
      resource.endsWith('.cpu') ? 'must be 1m or 1' : 'must be 1, 1k, 1M, 1G, 1Ki, 1Mi, 1Gi or the like',
    );
  }
}

const memoryDivisors = [
  ...Array.from({ length: 7 }, (_, power) => 1000 ** power),
  ...Array.from({ length: 6 }, (_, power) => 1024 ** (power + 1)),
];
