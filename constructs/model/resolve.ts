import type { GameZone, ServiceConfig } from '../../src/api/generated/types/game-zone.js';
import { artifactVolumes } from './artifacts.js';
import { DEFAULT_RELEASE, isRelease } from './compat.js';
import { credential } from './credential.js';
import { DEFAULT_SYNC_IMAGE, DEFAULTS } from './defaults.js';
import { resolveServices } from './services.js';
import type { Mysql, Redis, Zone } from './zone.js';

/** A GameZone whose mistakes were all reported before: {@link resolveZone} applies defaults and never complains. */
export type ZoneDocument = GameZone;
export type ServiceEntry = ServiceConfig;

/** The zone that a document describes, every default applied. Pure; expects a document without errors. */
export function resolveZone(document: ZoneDocument): Zone {
  const { metadata, spec } = document;
  const { gameZone, defaults } = spec;
  const volumes = artifactVolumes(spec);
  return {
    name: metadata.name,
    ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    zoneId: gameZone.zoneId,
    compat: spec.compat !== undefined && isRelease(spec.compat) ? spec.compat : DEFAULT_RELEASE,
    runtime: spec.runtime ?? DEFAULTS.runtime,
    security: spec.security ?? DEFAULTS.security,
    services: resolveServices(document, volumes),
    ...(gameZone.redisConfig && { redis: redisOf(gameZone.redisConfig) }),
    ...(gameZone.mysqlConfig && { mysql: mysqlOf(gameZone.mysqlConfig) }),
    ...(gameZone.dbMigraterImage !== undefined && { migrationImage: gameZone.dbMigraterImage }),
    hookTemplates: (spec.hookTemplates ?? []).map(({ name, spec: template, external }) => ({
      name,
      ...(template && !external && { spec: template }),
    })),
    volumes,
    sync: { image: defaults?.artifacts?.image ?? DEFAULT_SYNC_IMAGE },
    pods: {
      imagePullSecrets: defaults?.imagePullSecrets ?? [],
      ...(defaults?.serviceAccountName !== undefined && { serviceAccountName: defaults.serviceAccountName }),
      publishNotReadyAddresses: defaults?.publishNotReadyAddresses ?? DEFAULTS.publishNotReadyAddresses,
    },
    envNames: defaults?.envNames ?? {},
  };
}

function redisOf(config: NonNullable<GameZone['spec']['gameZone']['redisConfig']>): Redis {
  const password = credential(config, 'pwd');
  return { host: config.ip, port: config.port ?? DEFAULTS.redisPort, ...(password && { password }) };
}

function mysqlOf(config: NonNullable<GameZone['spec']['gameZone']['mysqlConfig']>): Mysql {
  const password = credential(config, 'pwd');
  return {
    host: config.ip,
    port: config.port ?? DEFAULTS.mysqlPort,
    ...(config.user !== undefined && { user: config.user }),
    ...(password && { password }),
    ...(config.database !== undefined && { database: config.database }),
  };
}
