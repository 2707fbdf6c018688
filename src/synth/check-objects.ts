import { LABELS } from '../../constructs/manifests/manifest.js';
import type { Manifest } from '../../constructs/manifests/manifest.js';
import { checkWith, compiledSchema, isKind } from '../api/check.js';
import type { Kind } from '../api/check.js';
import { formatPath } from '../api/problem.js';
import type { Path, Problem } from '../api/problem.js';
import { checkObject, checkType } from './check/index.js';
import type { CustomCheck, ObjectProblem } from './check/index.js';
import { SERVICE_CONFIG } from './zone-file/check/context.js';
import type { ReadZone } from './zone-file/read.js';

const GAME_API = 'tkex.tencent.com/v1alpha1';

/** Parts of our kinds that Kubernetes itself defines. */
const KUBERNETES_PARTS: readonly (readonly [field: string, type: string])[] = [
  ['template', 'io.k8s.api.core.v1.PodTemplateSpec'],
  ['selector', 'io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector'],
];

/**
 * What an API server would refuse in the objects of a zone, in the words of the zone file as far as they can be told.
 * A zone whose file is right has none: this is the last line of defence, and the first one for patched objects.
 */
export async function checkManifests(zone: ReadZone, manifests: readonly Manifest[]): Promise<Problem[]> {
  const custom = await customChecks(manifests);
  return manifests.flatMap((manifest) =>
    checkObject(manifest, { custom }).map(({ path, message, value }): Problem => {
      const secret = manifest.kind === 'Secret';
      return {
        path: placeOf(zone, manifest),
        message: `${manifest.kind} ${manifest.metadata.name} would be refused: ${path}: ${message}`,
        ...(value !== undefined && !secret && { value }),
      };
    }),
  );
}

async function customChecks(manifests: readonly Manifest[]): Promise<ReadonlyMap<string, CustomCheck>> {
  const kinds = new Set(manifests.filter(({ apiVersion }) => apiVersion === GAME_API).map(({ kind }) => kind));
  const checks = await Promise.all(
    [...kinds]
      .filter(isKind)
      .map(async (kind): Promise<[string, CustomCheck]> => [`${GAME_API}/${kind}`, await customCheck(kind)]),
  );
  return new Map(checks);
}

async function customCheck(kind: Kind): Promise<CustomCheck> {
  const schema = await compiledSchema(kind);
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
function placeOf({ document }: ReadZone, { metadata }: Manifest): Path {
  const type = metadata.labels?.[LABELS.service];
  const index = document.spec.gameZone.serviceConfig.findIndex((entry) => entry.type === type);
  return index < 0 ? ['metadata', 'name'] : [...SERVICE_CONFIG, index];
}
