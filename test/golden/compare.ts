import type { Manifest } from '../../constructs/manifests/manifest.js';
import { emit } from '../../src/synth/emit.js';

type Fields = Readonly<Record<string, unknown>>;

/** Whose change restarts a pod, recreates it, or gives it another identity. */
const WORKLOAD = ['replicas', 'ordinals', 'serviceName', 'podManagementPolicy', 'selector', 'volumeClaimTemplates', 'instances', 'prerequisites', 'template']; // prettier-ignore

/**
 * The fields of `spec` that stay, by kind. An object of any of these kinds stays too, under its name: pods refer to it, or
 * (Jobs) a new name runs a migration once more. A Job that fetches artifacts may run once more at any time.
 */
const FROZEN: Readonly<Record<string, readonly string[]>> = {
  GameStatefulSet: WORKLOAD,
  GameDeployment: WORKLOAD,
  StatefulSet: WORKLOAD,
  Deployment: WORKLOAD,
  // Immutable: what differs is applied only by deleting the claim, and the files with it.
  PersistentVolumeClaim: ['accessModes', 'storageClassName', 'volumeName'],
  Service: ['clusterIP', 'selector'],
  Job: [],
  ConfigMap: [],
  Secret: [],
  HookTemplate: [],
};
const WORKLOADS = new Set(['GameStatefulSet', 'GameDeployment', 'StatefulSet', 'Deployment']);

const nameOf = ({ kind, metadata: { namespace, name } }: Manifest): string => [kind, namespace, name].filter((part) => part !== undefined).join('/'); // prettier-ignore

/** What of an object must stay as it is, as text; undefined where nothing must. */
export function frozenPart(object: Manifest): string | undefined {
  const fields = FROZEN[object.kind];
  const spec = (object['spec'] ?? {}) as Fields;
  if (!fields || fetches(spec)) return undefined;
  const { name, namespace } = object.metadata;
  const part = {
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: { name, ...(namespace !== undefined && { namespace }) },
    spec: Object.fromEntries(fields.filter((field) => spec[field] !== undefined).map((field) => [field, spec[field]])),
  };
  return emit([part], 'yaml').toString().replaceAll(SYNC_JOB, '$1DIGEST');
}

/** As a prerequisite of workloads; of migrations the name stays. */
const SYNC_JOB = /^( +- kind: Job\n +name: (?!\S+-migrate-)\S+-)[0-9a-f]{10}$/gm;

const fetches = (spec: Fields): boolean =>
  (spec['template'] as Partial<Manifest> | undefined)?.metadata?.labels?.['gamezone.dev/job'] === 'artifacts';

/** The parts of all objects that must stay, by object; a workload that was not there is one too. */
export function frozenParts(objects: readonly Manifest[], known: readonly Manifest[]): Record<string, string> {
  const names = new Set(known.map(nameOf));
  return Object.fromEntries(
    objects.flatMap((object) => {
      const part = frozenPart(object);
      const kept = names.has(nameOf(object)) || WORKLOADS.has(object.kind);
      return part !== undefined && kept ? [[nameOf(object), part]] : [];
    }),
  );
}

/** Every other difference, as kind and place: `PodDisruptionBudget spec.maxUnavailable`, the same for all objects of a kind. */
export function otherDifferences(before: readonly Manifest[], after: readonly Manifest[]): string[] {
  const [old, now] = [before, after].map((all) => new Map(all.map((object) => [nameOf(object), object])));
  const found = new Set<string>();
  for (const [name, object] of old!) {
    const other = now!.get(name);
    if (!other) {
      if (frozenPart(object) === undefined) found.add(`${object.kind} removed`);
    } else
      for (const place of places(withoutFrozen(object), withoutFrozen(other))) found.add(`${object.kind} ${place}`);
  }
  for (const [name, { kind }] of now!) if (!old!.has(name) && !WORKLOADS.has(kind)) found.add(`${kind} added`);
  return [...found].sort();
}

function withoutFrozen(object: Manifest): Fields {
  const spec = object['spec'] as Fields | undefined;
  const frozen = FROZEN[object.kind] ?? [];
  if (!spec) return object;
  return { ...object, spec: Object.fromEntries(Object.entries(spec).filter(([field]) => !frozen.includes(field))) };
}

function places(before: unknown, after: unknown, path = ''): string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (!isObject(before) || !isObject(after) || Array.isArray(before) !== Array.isArray(after)) return [path];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const below = keys.flatMap((key) => {
    const step = Array.isArray(before) ? '[]' : path === '' ? key : `.${key}`;
    return places(before[key], after[key], `${path}${step}`);
  });
  // The same values in another order: no difference to Kubernetes, and one to a reader of the file.
  return below.length > 0 ? below : [`${path} order`];
}

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
