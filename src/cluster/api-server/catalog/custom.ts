import { CustomType } from '../custom/custom-type.js';
import { at, isEqual, list, record, text, withAt, type Json } from '../json.js';
import { RESETS_NOTHING, RESETS_SPEC, RESETS_STATUS, type Strategy } from '../kinds/strategy.js';
import type { CustomResource, ServedResource, Subresource } from './served-resource.js';

const ALL_VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
const SUBRESOURCE_VERBS = ['get', 'patch', 'update'];

/** What a CustomResourceDefinition makes the server serve, one entry per version. */
export function customCatalog(definition: Json): ServedResource[] {
  const spec = record(definition['spec']);
  const names = record(spec['names']);
  const versions = list(spec['versions'])
    .map(record)
    .filter((version) => version['served'] === true);
  const stored = list(spec['versions'])
    .map(record)
    .find((version) => version['storage'] === true);
  return versions.map((version): ServedResource => {
    const [group, plural, kind] = [text(spec['group']), text(names['plural']), text(names['kind'])];
    const subresources = subresourcesOf(version, group, kind);
    return {
      group,
      version: text(version['name']),
      plural,
      kind,
      namespaced: spec['scope'] === 'Namespaced',
      id: `${group}/${plural}`,
      singular: text(names['singular']),
      listKind: text(names['listKind']),
      shortNames: list(names['shortNames']).map(text),
      categories: list(names['categories']).map(text),
      verbs: ALL_VERBS,
      subresources,
      type: new CustomType(record(at(version, 'schema', 'openAPIV3Schema'))),
      strategy: strategyOf(subresources.has('status')),
      selectable: list(version['selectableFields']).map((one) => text(record(one)['jsonPath']).replace(/^\./, '')),
      custom: customOf(version),
      ...(version !== stored && {
        conversion: renaming(`${group}/${text(version['name'])}`, `${group}/${text(stored?.['name'])}`),
      }),
    };
  });
}

/** Versions without a webhook differ in their name only. */
function renaming(shown: string, stored: string): NonNullable<ServedResource['conversion']> {
  return {
    fromStored: (object) => Object.freeze({ ...object, apiVersion: shown }),
    toStored: (object) => ({ ...object, apiVersion: stored }),
  };
}

function subresourcesOf(version: Json, group: string, kind: string): ReadonlyMap<string, Subresource> {
  const declared = record(version['subresources']);
  const subresources = new Map<string, Subresource>();
  if (declared['status'] !== undefined)
    subresources.set('status', { kind, group, version: text(version['name']), verbs: SUBRESOURCE_VERBS });
  if (declared['scale'] !== undefined)
    subresources.set('scale', { kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: SUBRESOURCE_VERBS });
  return subresources;
}

function customOf(version: Json): CustomResource {
  const scale = record(record(version['subresources'])['scale']);
  const path = (name: string): readonly string[] => text(scale[name]).replace(/^\./, '').split('.');
  return {
    columns: list(version['additionalPrinterColumns']).map(record),
    ...(scale['specReplicasPath'] !== undefined && {
      scale: {
        specReplicasPath: path('specReplicasPath'),
        statusReplicasPath: path('statusReplicasPath'),
        ...(scale['labelSelectorPath'] !== undefined && { labelSelectorPath: path('labelSelectorPath') }),
      },
    }),
  };
}

/** Source: customresource_strategy.go of k8s.io/apiextensions-apiserver. */
function strategyOf(hasStatus: boolean): Strategy {
  const content = (object: Json): Json => {
    const { metadata: _, status, ...rest } = object;
    return hasStatus ? rest : { ...rest, status };
  };
  return {
    unconditionalUpdate: false,
    create: (object) => (hasStatus ? withAt(object, ['status'], undefined) : object),
    update(next, live, subresource) {
      if (subresource !== 'status') return hasStatus ? withAt(next, ['status'], live['status']) : next;
      const managed = record(next['metadata'])['managedFields'];
      const metadata = { ...record(live['metadata']), resourceVersion: record(next['metadata'])['resourceVersion'] };
      return withAt({ ...live, metadata: withAt(metadata, ['managedFields'], managed) }, ['status'], next['status']);
    },
    countsGeneration: (next, live) => !isEqual(content(next), content(live)),
    reset: (subresource) => (subresource === 'status' ? RESETS_SPEC : hasStatus ? RESETS_STATUS : RESETS_NOTHING),
  };
}
