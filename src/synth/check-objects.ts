import type { Manifest } from '../../constructs/manifests/manifest.js';
import { LABELS } from '../../constructs/manifests/manifest.js';
import type { Zone } from '../../constructs/model/zone.js';
import { compiledSchema } from '../api/check.js';
import { checkWith } from '../api/explain.js';
import type { Kind } from '../api/check.js';
import type { CompiledSchema } from '../api/compiled-schema.js';
import { formatPath } from '../api/problem.js';
import type { Path, Problem } from '../api/problem.js';
import { checkObject, checkType } from '../kubernetes/index.js';
import type { CustomCheck, ObjectProblem } from '../kubernetes/index.js';
import { SERVICE_CONFIG } from '../../constructs/checks/context.js';
import type { ReadZone } from './zone-file/read.js';

const GAME_API = 'tkex.tencent.com/v1alpha1';

/** Parts of our kinds that Kubernetes itself defines. */
const KUBERNETES_PARTS: readonly (readonly [field: string, type: string])[] = [
  ['template', 'io.k8s.api.core.v1.PodTemplateSpec'],
  ['selector', 'io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector'],
];

export type ObjectCheck = (manifest: Manifest) => Problem[];

/**
 * A check of what an API server would refuse in the objects of a zone, in the words of the zone file as far as they can be
 * told. A zone whose file is right has none: this is the last line of defence, and the first one for patched objects.
 */
export async function objectCheck(read: Pick<ReadZone, 'document'>, zone: Zone): Promise<ObjectCheck> {
  const kinds = gameKindsOf(zone);
  const schemas = await Promise.all(
    kinds.map(async (kind): Promise<[Kind, CompiledSchema]> => [kind, await compiledSchema(kind)]),
  );
  return objectCheckWith(read, new Map(schemas));
}

/** The same, with the schemas of (at least) the kinds of ours that the zone's objects have. */
export function objectCheckWith(
  read: Pick<ReadZone, 'document'>,
  schemas: ReadonlyMap<Kind, CompiledSchema>,
): ObjectCheck {
  const custom = gameObjectChecks(schemas);
  const told = new Set<string>();
  return (manifest) =>
    checkObject(manifest, { custom }).flatMap(({ path, message, value }): Problem[] => {
      // What stands in every object was written once.
      const refusal = `${path}: ${message}`;
      if (told.has(refusal)) return [];
      told.add(refusal);
      const secret = manifest.kind === 'Secret';
      return [
        {
          path: placeOf(read, manifest),
          message: `${manifest.kind} ${manifest.metadata.name} would be refused: ${refusal}`,
          ...(value !== undefined && !secret && { value }),
        },
      ];
    });
}

/** The checks of our own kinds, as {@link checkObject} takes them. */
export const gameObjectChecks = (schemas: ReadonlyMap<Kind, CompiledSchema>): ReadonlyMap<string, CustomCheck> =>
  new Map([...schemas].map(([kind, schema]) => [`${GAME_API}/${kind}`, customCheck(schema)]));

/** The kinds of ours that the zone's objects have; each brings a schema to load. */
function gameKindsOf(zone: Zone): Kind[] {
  const workloads = new Set(zone.services.flatMap((service) => service.workloads.map(({ kind }) => kind)));
  const kinds: Kind[] = zone.hookTemplates.length > 0 ? ['HookTemplate'] : [];
  if (zone.runtime === 'native') return kinds;
  if (workloads.has('ids')) kinds.push('GameStatefulSet');
  if (workloads.has('replicas')) kinds.push('GameDeployment');
  return kinds;
}

function customCheck(schema: CompiledSchema): CustomCheck {
  return (object) => {
    const spec = (object['spec'] ?? {}) as Readonly<Record<string, unknown>>;
    return [
      ...checkWith(schema, object).map(({ path, message, value }): ObjectProblem => ({
        path: formatPath(path),
        message,
        ...(value !== undefined && { value }),
      })),
      ...KUBERNETES_PARTS.flatMap(([field, type]) =>
        spec[field] === undefined ? [] : checkType(type, spec[field], `spec.${field}`),
      ),
    ];
  };
}

/** The entry of the zone file that an object comes from. */
export function placeOf({ document }: Pick<ReadZone, 'document'>, { metadata }: Manifest): Path {
  const type = metadata.labels?.[LABELS.service];
  const index = document.spec.gameZone.serviceConfig.findIndex((entry) => entry.type === type);
  return index < 0 ? ['metadata', 'name'] : [...SERVICE_CONFIG, index];
}
