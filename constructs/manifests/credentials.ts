import { credentialsName } from '../model/names.js';
import type { ArtifactVolume, Credential, Zone } from '../model/zone.js';
import { metadataOf, secretData } from './manifest.js';
import type { Manifest } from './manifest.js';

/** A key of a Secret, as Kubernetes spells it. */
export interface SecretKey {
  readonly name: string;
  readonly key: string;
}

/** Where the pods find a credential: the Secret that the author named, or the zone's own for a literal. */
export const secretKeyOf = (zone: Zone, credential: Credential, literalKey: string): SecretKey =>
  credential.kind === 'secret'
    ? { name: credential.name, key: credential.key }
    : { name: credentialsName(zone.name), key: literalKey };

export const MYSQL_PASSWORD_KEY = 'mysql-password';
export const REDIS_PASSWORD_KEY = 'redis-password';

/** The key in the zone's own Secret for a literal in the given source of a volume. */
export const sourceKey = (volume: ArtifactVolume, index: number, field: string): string =>
  `${volume.name}-${index}-${field}`;

/** The one Secret that holds every literal of the zone; undefined when there is none. */
export function credentialsSecret(zone: Zone): Manifest | undefined {
  const literals: Record<string, string> = {};
  const add = (key: string, credential: Credential | undefined): void => {
    if (credential?.kind === 'literal') literals[key] = credential.value;
  };
  add(MYSQL_PASSWORD_KEY, zone.mysql?.password);
  add(REDIS_PASSWORD_KEY, zone.redis?.password);
  for (const volume of zone.volumes) {
    volume.sources.forEach(({ credentials }, index) => {
      for (const [field, credential] of Object.entries(credentials)) add(sourceKey(volume, index, field), credential);
    });
  }
  if (Object.keys(literals).length === 0) return undefined;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: metadataOf(zone, { name: credentialsName(zone.name) }),
    type: 'Opaque',
    data: secretData(literals),
  };
}
