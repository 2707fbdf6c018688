import { random, type Random } from '../../../../src/cluster/random.js';
import type { DeleteOptions, Patch } from '../../../../src/kube/api.js';
import type { KubeObject } from '../../../../src/kube/objects.js';
import {
  configMaps,
  deployments,
  jobs,
  podDisruptionBudgets,
  pods,
  replicaSets,
  secrets,
  services,
  statefulSets,
  type Resource,
} from '../../../../src/kube/resource.js';
import { asJsonPatch, asPatch, editsOf, pick, podSpec, setAt, type Edit } from './edits.js';

export const gameStatefulSets: Resource = {
  group: 'tkex.tencent.com',
  version: 'v1alpha1',
  plural: 'gamestatefulsets',
  kind: 'GameStatefulSet',
  namespaced: true,
};

/** Whose objects scripts write. */
export const RESOURCES: readonly Resource[] = [
  configMaps,
  secrets,
  pods,
  services,
  statefulSets,
  deployments,
  replicaSets,
  jobs,
  podDisruptionBudgets,
  gameStatefulSets,
];

/** One request of a script. Names are of objects in the script's own namespace. */
export type Step = { readonly resource: Resource; readonly name: string; readonly dryRun: boolean } & (
  | { readonly verb: 'create'; readonly object: KubeObject; readonly generate: boolean }
  | { readonly verb: 'replace'; readonly edits: readonly Edit[]; readonly version: 'own' | 'old' | 'none' }
  | { readonly verb: 'patch'; readonly patch: Patch; readonly subresource?: string; readonly manager: string }
  | { readonly verb: 'delete'; readonly options: DeleteOptions; readonly uid: 'right' | 'wrong' | 'none' }
  | { readonly verb: 'get'; readonly subresource?: string }
  | { readonly verb: 'list'; readonly labelSelector: string; readonly fieldSelector: string }
  | { readonly verb: 'evict' }
);

const NAMES = ['one', 'two'];
const MANAGERS = ['alice', 'bob'];

/** A script of requests that is the same for the same seed. */
export function scriptOf(seed: number): Step[] {
  const draw = random(seed);
  // Few kinds, so that requests meet.
  const kinds = [pick(draw, RESOURCES), pick(draw, RESOURCES)];
  const length = 6 + Math.floor(draw() * 8);
  return Array.from({ length }, (_, index) => stepOf(draw, pick(draw, kinds), index));
}

function stepOf(draw: Random, resource: Resource, index: number): Step {
  const name = pick(draw, NAMES);
  const about = { resource, name, dryRun: draw() < 0.08 };
  const chance = draw();
  if (index < 2 || chance < 0.15)
    return { ...about, verb: 'create', object: objectOf(draw, resource, name), generate: draw() < 0.05 };
  if (chance < 0.6) return { ...about, verb: 'patch', ...patchOf(draw, resource, name) };
  if (chance < 0.72)
    return {
      ...about,
      verb: 'replace',
      edits: editsOf(draw, resource.kind),
      version: pick(draw, ['own', 'own', 'none', 'old'] as const),
    };
  if (chance < 0.84) return { ...about, verb: 'delete', ...deletionOf(draw) };
  if (chance < 0.9)
    return {
      ...about,
      verb: 'list',
      labelSelector: pick(draw, [
        '',
        'color=red',
        'color!=red',
        'color in (red,blue)',
        '!size',
        'a in b',
        'app=one,size',
      ]),
      fieldSelector: pick(draw, ['', '', 'metadata.name=one', 'metadata.name!=one', 'spec.imaginary=1']),
    };
  if (resource === pods && chance < 0.94) return { ...about, verb: 'evict' };
  return { ...about, verb: 'get', ...(draw() < 0.5 && { subresource: pick(draw, ['status', 'scale']) }) };
}

function patchOf(
  draw: Random,
  resource: Resource,
  name: string,
): { patch: Patch; subresource?: string; manager: string } {
  const manager = pick(draw, MANAGERS);
  const edits = editsOf(draw, resource.kind);
  const subresource = draw() < 0.15 ? { subresource: pick(draw, ['status', 'status', 'scale']) } : {};
  const isScale = subresource.subresource === 'scale';
  if (isScale)
    return {
      manager,
      ...subresource,
      patch: { type: 'merge', body: { spec: { replicas: pick(draw, [0, 2, 5, -1]) } } },
    };
  switch (pick(draw, ['json', 'merge', 'strategic', 'strategic', 'apply', 'apply', 'apply'] as const)) {
    case 'json':
      return { manager, ...subresource, patch: { type: 'json', operations: asJsonPatch(draw, edits) } };
    case 'merge':
      return { manager, ...subresource, patch: { type: 'merge', body: asPatch(edits) } };
    case 'strategic':
      return { manager, ...subresource, patch: { type: 'strategic', body: asPatch(edits) } };
    case 'apply': {
      // Of a Service that is not there this makes half of one, which is then refused: nobody's case.
      if (resource === services && subresource.subresource !== undefined)
        delete (subresource as { subresource?: string }).subresource;
      const base = draw() < 0.6 ? objectOf(draw, resource, name) : { metadata: { name } };
      const body = merged(base, edits);
      // An empty list in the metadata of a custom object is stored and never shown: a real server then writes what changes nothing.
      if (resource === gameStatefulSets && body.metadata.finalizers?.length === 0) delete body.metadata.finalizers;
      return { manager, ...subresource, patch: { type: 'apply', body, force: draw() < 0.4 } };
    }
  }
}

function merged(base: KubeObject, edits: readonly Edit[]): KubeObject {
  const object = structuredClone(base) as unknown as Record<string, unknown>;
  for (const { path, value } of edits) setAt(object, path, value);
  return object as unknown as KubeObject;
}

function deletionOf(draw: Random): { options: DeleteOptions; uid: 'right' | 'wrong' | 'none' } {
  return {
    options: {
      ...(draw() < 0.3 && { propagation: pick(draw, ['Background', 'Foreground', 'Orphan'] as const) }),
      ...(draw() < 0.2 && { gracePeriodSeconds: pick(draw, [0, 1, 10]) }),
    },
    uid: pick(draw, ['none', 'none', 'right', 'wrong'] as const),
  };
}

/** A good object of a resource. */
export function objectFor(resource: Resource, metadata: KubeObject['metadata']): KubeObject {
  return { ...goodObject(random(1), resource, metadata.name ?? ''), metadata };
}

/** Mostly good, with some edits; a sixth is broken on purpose. */
function objectOf(draw: Random, resource: Resource, name: string): KubeObject {
  const object = goodObject(draw, resource, name);
  return draw() < 0.17 ? merged(object, editsOf(draw, resource.kind)) : object;
}

function goodObject(draw: Random, { kind }: Resource, name: string): KubeObject {
  const labels = { app: name };
  const template = (restartPolicy?: string): object => ({
    metadata: { labels },
    spec: { ...podSpec(draw), ...(restartPolicy !== undefined && { restartPolicy }) },
  });
  const metadata = { name, labels: { app: name, color: pick(draw, ['red', 'blue']) } };
  const contents: Readonly<Record<string, object>> = {
    ConfigMap: { data: { one: '1' } },
    Secret: { stringData: { one: 'secret' } },
    Pod: { spec: podSpec(draw) },
    Service: {
      spec: { selector: labels, ports: [{ port: 80, name: 'web' }], ...(draw() < 0.4 && { clusterIP: 'None' }) },
    },
    StatefulSet: { spec: { serviceName: name, selector: { matchLabels: labels }, template: template() } },
    Deployment: { spec: { selector: { matchLabels: labels }, template: template() } },
    ReplicaSet: { spec: { replicas: 2, selector: { matchLabels: labels }, template: template() } },
    Job: { spec: { template: template(pick(draw, ['Never', 'OnFailure'])) } },
    PodDisruptionBudget: { spec: { minAvailable: 1, selector: { matchLabels: labels } } },
    GameStatefulSet: { spec: { serviceName: name, selector: { matchLabels: labels }, template: template() } },
  };
  return { metadata, ...contents[kind] };
}
