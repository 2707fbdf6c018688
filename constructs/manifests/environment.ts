import { headlessServiceName, peersName, peerVariable } from '../model/names.js';
import type { ArtifactVolume, Service, Workload, Zone } from '../model/zone.js';
import { MYSQL_PASSWORD_KEY, REDIS_PASSWORD_KEY, secretKeyOf } from './credentials.js';
import { metadataOf } from './manifest.js';
import type { Manifest } from './manifest.js';
import { oncePerZone } from './once.js';

/** One entry of a container's `env`. */
export type Variable =
  { readonly name: string; readonly value: string } | { readonly name: string; readonly valueFrom: object };

export const ID_VARIABLE = 'GAMEZONE_SERVICE_ID';
export const POD_INDEX_LABEL = 'apps.kubernetes.io/pod-index';

/** The variable that carries a volume's release into the pod, where its mount reads it. */
export const releaseVariable = ({ name }: ArtifactVolume): string =>
  name === 'artifacts' ? 'GAMEZONE_ARTIFACTS' : `GAMEZONE_ARTIFACTS_${name.toUpperCase().replaceAll('-', '_')}`;

export const releaseAnnotation = ({ name }: ArtifactVolume): string =>
  name === 'artifacts' ? 'gamezone.dev/artifacts' : `gamezone.dev/artifacts-${name}`;

/** The name that the zone wants for one of our variables. */
export const variableName = (zone: Zone, name: string): string => zone.envNames[name] ?? name;

/** The zone's number, its Redis and its MySQL, for services and for the migration, under the names that the zone wants. */
export const zoneVariables = oncePerZone((zone: Zone): readonly Variable[] => {
  const { redis, mysql } = zone;
  const variables: (Variable | undefined)[] = [
    { name: 'GAMEZONE_ZONE_ID', value: String(zone.zoneId) },
    redis && { name: 'REDIS_HOST', value: redis.host },
    redis && { name: 'REDIS_PORT', value: String(redis.port) },
    redis?.password && {
      name: 'REDIS_PASSWORD',
      valueFrom: { secretKeyRef: secretKeyOf(zone, redis.password, REDIS_PASSWORD_KEY) },
    },
    mysql && { name: 'MYSQL_HOST', value: mysql.host },
    mysql && { name: 'MYSQL_PORT', value: String(mysql.port) },
    mysql?.user !== undefined ? { name: 'MYSQL_USER', value: mysql.user } : undefined,
    mysql?.database !== undefined ? { name: 'MYSQL_DATABASE', value: mysql.database } : undefined,
    mysql?.password && {
      name: 'MYSQL_PASSWORD',
      valueFrom: { secretKeyRef: secretKeyOf(zone, mysql.password, MYSQL_PASSWORD_KEY) },
    },
  ];
  return renamed(
    zone,
    variables.filter((variable) => variable !== undefined),
  );
});

/** The environment of a service's container. What the author set comes last and wins over ours of the same name. */
export function serviceVariables(zone: Zone, service: Service, kind: Workload['kind']): Variable[] {
  const idPath = kind === 'ids' ? `metadata.labels['${POD_INDEX_LABEL}']` : 'metadata.name';
  const ours: Variable[] = [
    { name: 'GAMEZONE_SERVICE_TYPE', value: service.type },
    { name: ID_VARIABLE, valueFrom: { fieldRef: { fieldPath: idPath } } },
    ...service.volumes
      .filter(({ release }) => release !== undefined)
      .map((volume) => ({
        name: releaseVariable(volume),
        valueFrom: { fieldRef: { fieldPath: `metadata.annotations['${releaseAnnotation(volume)}']` } },
      })),
  ];
  const authors = Object.entries(service.env).map(([name, value]): Variable =>
    typeof value === 'string' ? { name, value } : { name, ...value },
  );
  const all = [...zoneVariables(zone), ...renamed(zone, ours)];
  return authors.length === 0 ? all : [...all.filter(({ name }) => !(name in service.env)), ...authors];
}

const renamed = (zone: Zone, variables: readonly Variable[]): Variable[] =>
  variables.map((variable) => ({ ...variable, name: variableName(zone, variable.name) }));

/** Where the services of each type answer, by variable. */
export const peerAddresses = oncePerZone((zone: Zone): Readonly<Record<string, string>> =>
  Object.fromEntries(
    zone.services.map(({ type }) => [variableName(zone, peerVariable(type)), headlessServiceName(zone.name, type)]),
  ),
);

/**
 * The addresses of all peers, taken in by `envFrom`. A ConfigMap and not `env`: a new type of service would otherwise
 * change the template of every other one, and so recreate every pod of the zone.
 */
export const peersConfigMap = (zone: Zone): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: metadataOf(zone, { name: peersName(zone.name) }),
  data: peerAddresses(zone),
});
