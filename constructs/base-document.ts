import type { GameZoneProps } from './game-zone.js';
import type { ZoneDocument } from './model/resolve.js';

type Spec = ZoneDocument['spec'];

/** What the props of a zone say, as a zone file says it: everything but its services, volumes and hook templates. */
export function baseDocument(name: string, props: GameZoneProps): ZoneDocument {
  const { redis, mysql, dbMigrater, artifactsImage } = props;
  const defaults = {
    ...(props.imagePullSecrets && { imagePullSecrets: props.imagePullSecrets }),
    ...(props.serviceAccountName !== undefined && { serviceAccountName: props.serviceAccountName }),
    ...(props.envNames && { envNames: props.envNames }),
    ...(artifactsImage !== undefined && { artifacts: { image: artifactsImage } }),
  };
  return {
    apiVersion: 'gamezone.dev/v1alpha1',
    kind: 'GameZone',
    metadata: {
      name,
      ...(props.namespace !== undefined && { namespace: props.namespace }),
      ...(props.labels && { labels: props.labels }),
      ...(props.annotations && { annotations: props.annotations }),
    },
    spec: {
      ...(props.compat !== undefined && { compat: props.compat }),
      ...(props.runtime !== undefined && { runtime: props.runtime as NonNullable<Spec['runtime']> }),
      ...(props.security !== undefined && { security: props.security as NonNullable<Spec['security']> }),
      gameZone: {
        zoneId: props.zoneId,
        ...(props.image !== undefined && { defaultImage: props.image }),
        ...(dbMigrater && { dbMigraterImage: dbMigrater.image }),
        serviceConfig: [],
        ...(redis && {
          redisConfig: {
            ip: redis.host,
            ...(redis.port !== undefined && { port: redis.port }),
            ...redis.password?._toFields('pwd'),
          },
        }),
        ...(mysql && {
          mysqlConfig: {
            ip: mysql.host,
            ...(mysql.port !== undefined && { port: mysql.port }),
            ...(mysql.user !== undefined && { user: mysql.user }),
            ...mysql.password?._toFields('pwd'),
            ...(mysql.database !== undefined && { database: mysql.database }),
          },
        }),
      },
      ...(Object.keys(defaults).length > 0 && { defaults }),
    },
  };
}
