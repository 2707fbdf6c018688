import { KubeError } from './error.js';
import type { ObjectName } from './objects.js';
import type { Resource } from './resource.js';

/** `/api/v1/namespaces/a/pods`; without a namespace that of all namespaces. */
export function collectionPath(resource: Resource, namespace?: string): string {
  const { group, version, plural, namespaced } = resource;
  const root =
    group === ''
      ? `/api/${segment('version', version)}`
      : `/apis/${segment('group', group)}/${segment('version', version)}`;
  const collection = segment('resource', plural);
  if (namespace === undefined || namespace === '') return `${root}/${collection}`;
  if (!namespaced) throw new KubeError('badRequest', `${plural} belong to the whole cluster, not to "${namespace}"`);
  return `${root}/namespaces/${segment('namespace', namespace)}/${collection}`;
}

/** Where objects are created: of a resource with namespaces, in one of them. */
export function creationPath(resource: Resource, namespace?: string): string {
  if (resource.namespaced && (namespace === undefined || namespace === ''))
    throw new KubeError('badRequest', `${resource.plural} need a namespace`);
  return collectionPath(resource, namespace);
}

export function objectPath(resource: Resource, { namespace, name }: ObjectName, subresource?: string): string {
  const object = `${creationPath(resource, namespace)}/${segment('name', name)}`;
  return subresource === undefined ? object : `${object}/${segment('subresource', subresource)}`;
}

/** A path that somebody else put together: it stays on this server and says where it leads. */
export function rawPath(path: string): string {
  const [before = ''] = path.split('?');
  if (!/^\/[!-~]*$/.test(path) || path.includes('#') || before.split('/').some(climbs))
    throw new KubeError('badRequest', `${JSON.stringify(path)} is no path of a server`);
  return path;
}

function climbs(part: string): boolean {
  const written = part.replaceAll(/%2e/gi, '.');
  return written === '.' || written === '..';
}

/** What the API server itself accepts as one part of a path; the rest could lead to another object. */
function segment(what: string, value: string): string {
  // Names come from objects, whose types are what somebody claimed.
  if (typeof value !== 'string' || value === '') throw refusal(what, value, 'is empty');
  if (value === '.' || value === '..' || /[/%]/.test(value))
    throw refusal(what, value, 'must not be "." or ".." nor hold "/" or "%"');
  try {
    return encodeURIComponent(value);
  } catch {
    throw refusal(what, value, 'is no text');
  }
}

function refusal(what: string, value: unknown, why: string): KubeError {
  return new KubeError('badRequest', `The ${what} ${JSON.stringify(value)} ${why}`);
}

/** `?a=1&b=2`, or nothing; what is undefined is left out, of a list each value is said. */
export function query(
  values: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>,
): string {
  let text = '';
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    for (const one of typeof value === 'object' ? value : [value])
      text += `${text === '' ? '?' : '&'}${name}=${encodeURIComponent(one)}`;
  }
  return text;
}
