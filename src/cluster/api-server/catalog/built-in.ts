import { builtInKind } from '../../../kubernetes/facts.js';
import { builtInResources, type ResourceFacts } from '../../../kubernetes/resources.js';
import { strategyOf } from '../kinds/strategies.js';
import type { Profile } from '../profile.js';
import { BuiltInType } from '../typing/object-type.js';
import { eventConversion } from './events.js';
import type { ServedResource, Subresource } from './served-resource.js';

/** Resources of versions that would need a conversion, or that nothing here stands behind. */
const NOT_SERVED: ReadonlySet<string> = new Set(['autoscaling/v1', 'apiregistration.k8s.io/v1']);

/** What Kubernetes itself serves. */
export function builtInCatalog(profile: Profile): ServedResource[] {
  return Object.entries(builtInResources)
    .filter(([groupVersion]) => !NOT_SERVED.has(groupVersion))
    .flatMap(([groupVersion, resources]) =>
      resources
        .filter(({ name, verbs }) => !name.includes('/') && verbs.includes('list') && name !== 'componentstatuses')
        .map((facts) => served(groupVersion, facts, resources, profile)),
    );
}

function served(
  groupVersion: string,
  facts: ResourceFacts,
  all: readonly ResourceFacts[],
  profile: Profile,
): ServedResource {
  const [group, version] = partsOf(groupVersion);
  const { name: plural, kind, namespaced } = facts;
  const known = builtInKind(groupVersion, kind);
  if (!known) throw new Error(`${groupVersion} ${kind} is served and has no type`);
  const subresources = new Map(
    all
      .filter(({ name }) => name.startsWith(`${plural}/`))
      .map((one): [string, Subresource] => [
        one.name.slice(plural.length + 1),
        { kind: one.kind, group: one.group ?? group, version: one.version ?? version, verbs: one.verbs },
      ])
      .filter(([name]) => name !== 'resize' || profile.podResize),
  );
  return {
    group,
    version,
    plural,
    kind,
    namespaced,
    id: group === 'events.k8s.io' ? '/events' : `${group}/${plural}`,
    singular: facts.singularName ?? kind.toLowerCase(),
    listKind: `${kind}List`,
    shortNames: facts.shortNames ?? [],
    categories: facts.categories ?? [],
    verbs: facts.verbs,
    subresources,
    type: new BuiltInType(known.shape),
    strategy: strategyOf(group, plural, subresources.has('status')),
    selectable: [],
    ...(group === 'events.k8s.io' && { conversion: eventConversion }),
  };
}

function partsOf(groupVersion: string): readonly [group: string, version: string] {
  const slash = groupVersion.indexOf('/');
  return slash < 0 ? ['', groupVersion] : [groupVersion.slice(0, slash), groupVersion.slice(slash + 1)];
}
