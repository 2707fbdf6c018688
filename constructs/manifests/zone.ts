import { hookTemplateName } from '../model/names.js';
import type { Service, Zone, ZoneHookTemplate } from '../model/zone.js';
import { artifactParts } from './artifacts.js';
import type { ArtifactParts } from './artifacts.js';
import { autoscaler, disruptionBudget, podMonitor } from './availability.js';
import { configParts, NO_CONFIG } from './config-files.js';
import { credentialsSecret } from './credentials.js';
import { peersConfigMap } from './environment.js';
import { metadataOf } from './manifest.js';
import type { Manifest } from './manifest.js';
import { migrationJob } from './migration.js';
import { headlessService, publicServices } from './network.js';
import { GAME_WORKLOAD_API, workloadManifest } from './workload.js';
import type { ServiceContext } from './workload.js';

/**
 * What a zone becomes: every object, in the order in which they are to be applied (what others need comes first; within
 * that, the order of the zone). One at a time, so that a world of thousands of services is never in memory as a whole.
 */
export function* zoneManifests(zone: Zone): Generator<Manifest> {
  const artifacts = zone.volumes.map((volume) => artifactParts(zone, volume));
  const migration = migrationJob(zone);
  const contexts = zone.services.map((service) => serviceContext(zone, service, artifacts, migration));
  const { secrets, configMaps, network, workloads, availability } = SERVICE_STAGES;

  const credentials = credentialsSecret(zone);
  if (credentials) yield credentials;
  for (const context of contexts) yield* secrets(context);
  yield peersConfigMap(zone);
  for (const { declaration } of artifacts) yield declaration;
  for (const context of contexts) yield* configMaps(context);
  for (const { claim } of artifacts) if (claim) yield claim;
  for (const context of contexts) yield* network(context);
  for (const template of zone.hookTemplates) yield* hookTemplateManifest(zone, template);
  if (migration) yield migration;
  for (const { job } of artifacts) yield job;
  for (const context of contexts) yield* workloads(context);
  for (const context of contexts) yield* availability(context);
}

/** The objects that belong to one service, in their order. */
export function serviceManifests(zone: Zone, service: Service): Manifest[] {
  const artifacts = zone.volumes.map((volume) => artifactParts(zone, volume));
  const context = serviceContext(zone, service, artifacts, migrationJob(zone));
  return Object.values(SERVICE_STAGES).flatMap((stage) => stage(context));
}

/** What each stage makes of a service; every service passes one stage before any passes the next. */
const SERVICE_STAGES = {
  secrets: ({ config }: ServiceContext) => config.secrets,
  configMaps: ({ config }: ServiceContext) => config.manifests,
  network: ({ zone, service }: ServiceContext) => [headlessService(zone, service), ...publicServices(zone, service)],
  workloads: (context: ServiceContext) =>
    context.service.workloads.map((workload) => workloadManifest(context, workload)),
  availability: ({ zone, service }: ServiceContext) => [
    ...disruptionBudget(zone, service),
    ...autoscaler(zone, service),
    ...podMonitor(zone, service),
  ],
};

/** A service waits for the migration and for the volumes that it mounts. */
function serviceContext(
  zone: Zone,
  service: Service,
  artifacts: readonly ArtifactParts[],
  migration: Manifest | undefined,
): ServiceContext {
  const mounted = artifacts.filter((_, index) => service.volumes.includes(zone.volumes[index]!));
  const jobs = [...(migration ? [migration] : []), ...mounted.map(({ job }) => job)];
  return {
    zone,
    service,
    config: service.configFiles.length > 0 ? configParts(zone, service) : NO_CONFIG,
    prerequisites: jobs.map(({ metadata }) => ({ kind: 'Job', name: metadata.name })),
  };
}

/** The object of a template; none for one that is declared elsewhere. */
export const hookTemplateManifest = (zone: Zone, { name, spec }: ZoneHookTemplate): Manifest[] =>
  spec
    ? [
        {
          apiVersion: GAME_WORKLOAD_API,
          kind: 'HookTemplate',
          metadata: metadataOf(zone, { name: hookTemplateName(zone.name, name) }),
          spec,
        },
      ]
    : [];
