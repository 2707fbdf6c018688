import { ApiObject, Lazy } from 'cdk8s';
import type { Construct } from 'constructs';
import type { GameZone } from './game-zone.js';
import type { Manifest } from './manifests/manifest.js';

/**
 * Makes an ApiObject of each manifest, so that escape hatches (`ApiObject.of`, `addJsonPatch`) have something to hold.
 * Names are known now; everything else is asked of the zone when it is synthesized, since later constructs have a part in it.
 */
export function addObjects(scope: Construct, zone: GameZone, manifests: readonly Manifest[]): ApiObject[] {
  zone._spelled.add(scope);
  return manifests.map(({ apiVersion, kind, metadata, ...fields }) => {
    const lazily = Object.fromEntries<unknown>(
      Object.keys(fields).map((field): [string, unknown] => [
        field,
        Lazy.any({ produce: () => zone._manifest(kind, metadata.name)[field] }),
      ]),
    );
    const object = new ApiObject(scope, `${kind}-${metadata.name}`, {
      apiVersion,
      kind,
      metadata,
      ...lazily,
    });
    zone._spelled.add(object);
    return object;
  });
}
