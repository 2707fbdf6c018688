import { hookTemplateName } from '../model/names.js';
import type { ArtifactVolume, Service, Zone } from '../model/zone.js';
import { artifactParts } from './artifacts.js';
import { autoscaler, disruptionBudget, podMonitor } from './availability.js';
import { configParts, NO_CONFIG } from './config-files.js';
import { credentialsSecret } from './credentials.js';
import { peersConfigMap } from './environment.js';
import { metadataOf } from './manifest.js';
import type { Manifest } from './manifest.js';
import { migrationJob } from './migration.js';
import { headlessService, publicServices } from './network.js';
import { GAME_WORKLOAD_API, workloadManifest } from './workload.js';
import type { Prerequisite } from './workload.js';

/**
 * What a zone becomes: every object, in the order in which they are to be applied (what others need comes first; within
 * that, the order of the zone). One at a time, so that a world of thousands of services is never in memory as a whole.
 */
export function* zoneManifests(zone: Zone): Generator<Manifest> {
  const { services } = zone;
  const artifacts = new Map(zone.volumes.map((volume) => [volume, artifactParts(zone, volume)]));
  const migration = migrationJob(zone);
  const configs = new Map(services.filter(hasConfig).map((service) => [service, configParts(zone, service)]));
  const configOf = (service: Service) => configs.get(service) ?? NO_CONFIG;

  const credentials = credentialsSecret(zone);
  if (credentials) yield credentials;
  for (const { secrets } of configs.values()) yield* secrets;
  yield peersConfigMap(zone);
  for (const { declaration } of artifacts.values()) yield declaration;
  for (const { manifests } of configs.values()) yield* manifests;
  for (const { claim } of artifacts.values()) if (claim) yield claim;
  for (const service of services) {
    yield headlessService(zone, service);
    yield* publicServices(zone, service);
  }
  yield* hookTemplates(zone);
  if (migration) yield migration;
  for (const { job } of artifacts.values()) yield job;
  for (const service of services) {
    const jobs = [...(migration ? [migration] : []), ...service.volumes.map((volume) => jobOf(artifacts, volume))];
    const prerequisites = jobs.map(({ metadata }): Prerequisite => ({ kind: 'Job', name: metadata.name }));
    const context = { zone, service, config: configOf(service), prerequisites };
    for (const workload of service.workloads) yield workloadManifest(context, workload);
  }
  for (const service of services) {
    yield* disruptionBudget(zone, service);
    yield* autoscaler(zone, service);
    yield* podMonitor(zone, service);
  }
}

const hasConfig = ({ configFiles }: Service): boolean => configFiles.length > 0;

/** A service waits for the volumes that it mounts. */
const jobOf = (artifacts: ReadonlyMap<ArtifactVolume, { readonly job: Manifest }>, volume: ArtifactVolume): Manifest =>
  artifacts.get(volume)!.job;

const hookTemplates = (zone: Zone): Manifest[] =>
  zone.hookTemplates.flatMap(({ name, spec }) =>
    spec
      ? [
          {
            apiVersion: GAME_WORKLOAD_API,
            kind: 'HookTemplate',
            metadata: metadataOf(zone, { name: hookTemplateName(zone.name, name) }),
            spec,
          },
        ]
      : [],
  );
