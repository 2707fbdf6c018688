import type { Catalog } from '../catalog/catalog.js';
import type { ServedResource } from '../catalog/served-resource.js';
import { noSuchPath } from '../refusal.js';

/** What `/api`, `/apis` and what is below them say of what is served. Undefined for other paths. @throws Refusal 404 */
export function discovery(catalog: Catalog, path: string): object | undefined {
  const parts = path.split('/').filter((part) => part !== '');
  const [root, group = '', version = ''] = parts;
  if (root === 'api' && parts.length === 1)
    return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
  if (root === 'api' && parts.length === 2) return resourceList(catalog, '', group);
  if (root !== 'apis' || parts.length > 3) return undefined;
  if (parts.length === 1)
    return { kind: 'APIGroupList', apiVersion: 'v1', groups: groupsOf(catalog).map((name) => groupOf(catalog, name)) };
  if (parts.length === 3) return resourceList(catalog, group, version);
  if (!groupsOf(catalog).includes(group)) throw noSuchPath();
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(catalog, group) };
}

function groupsOf(catalog: Catalog): string[] {
  return [...new Set(catalog.all().map(({ group }) => group))].filter((group) => group !== '');
}

function groupOf(catalog: Catalog, name: string): object {
  const versions = [...new Set(catalog.all().flatMap(({ group, version }) => (group === name ? [version] : [])))]
    .sort(newestFirst)
    .map((version) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions, preferredVersion: versions[0] };
}

/** v2 before v1, v1 before v1beta1, v1beta1 before v1alpha1. */
function newestFirst(one: string, other: string): number {
  const [left, right] = [rank(one), rank(other)];
  return right[0] - left[0] || right[1] - left[1] || right[2] - left[2];
}

function rank(version: string): readonly [number, number, number] {
  const [, major = '0', stage = '', minor = '0'] = /^v(\d+)(alpha|beta)?(\d+)?$/.exec(version) ?? [];
  return [stage === '' ? 2 : stage === 'beta' ? 1 : 0, Number(major), Number(minor)];
}

function resourceList(catalog: Catalog, group: string, version: string): object {
  const served = catalog.all().filter((one) => one.group === group && one.version === version);
  if (served.length === 0) throw noSuchPath();
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: group === '' ? version : `${group}/${version}`,
    resources: served.flatMap(entriesOf),
  };
}

function entriesOf(resource: ServedResource): object[] {
  const { plural, singular, namespaced, kind, verbs, shortNames, categories } = resource;
  return [
    {
      name: plural,
      singularName: singular,
      namespaced,
      kind,
      verbs,
      ...(shortNames.length > 0 && { shortNames }),
      ...(categories.length > 0 && { categories }),
    },
    ...[...resource.subresources].map(([name, of]) => ({
      name: `${plural}/${name}`,
      singularName: '',
      namespaced,
      kind: of.kind,
      ...((of.group !== resource.group || of.version !== resource.version) && { group: of.group, version: of.version }),
      verbs: of.verbs,
    })),
  ];
}
