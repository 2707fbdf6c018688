import type { KubeApi } from '../../kube/api.js';
import type { Resource } from '../../kube/resource.js';

interface GroupList {
  readonly groups?: readonly { readonly name: string; readonly preferredVersion: { readonly version: string } }[];
}

interface ResourceList {
  readonly resources?: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
    readonly verbs?: readonly string[];
  }[];
}

/** Verbs of what can be collected. */
export const NEEDED = ['delete', 'list', 'watch'];

/** All that a server has whose objects can be listed, watched and deleted, each in the version that it prefers. */
export async function deletableResources(api: KubeApi): Promise<Resource[]> {
  const { groups = [] } = (await api.raw('/apis')) as GroupList;
  const versions = groups.map(({ name, preferredVersion }) => ({ group: name, version: preferredVersion.version }));
  const all = [{ group: '', version: 'v1' }, ...versions];
  const found: Resource[] = [];
  for (const { group, version } of all) {
    const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
    const { resources = [] } = (await api.raw(path)) as ResourceList;
    for (const { name: plural, kind, namespaced, verbs = [] } of resources) {
      const isDeletable = !plural.includes('/') && NEEDED.every((verb) => verbs.includes(verb));
      if (isDeletable) found.push({ group, version, plural, kind, namespaced });
    }
  }
  return found;
}

/** By which an owner reference finds its resource: a version says nothing. */
export function kindKey({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): string {
  const [group] = apiVersion.includes('/') ? apiVersion.split('/') : [''];
  return `${group}/${kind}`;
}
