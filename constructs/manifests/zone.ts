import { hookTemplateName } from '../model/names.js';
import type { Zone } from '../model/zone.js';
import { artifactParts } from './artifacts.js';
import { autoscaler, disruptionBudget, podMonitor } from './availability.js';
import { configParts } from './config-files.js';
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
 * that, the order of the zone).
 */
export function zoneManifests(zone: Zone): Manifest[] {
  const artifacts = zone.volumes.map((volume) => artifactParts(zone, volume));
  const migration = migrationJob(zone);
  const jobs = [...(migration ? [migration] : []), ...artifacts.map(({ job }) => job)];
  const credentials = credentialsSecret(zone);

  const secrets: Manifest[] = credentials ? [credentials] : [];
  const configMaps: Manifest[] = [peersConfigMap(zone), ...artifacts.map(({ declaration }) => declaration)];
  const claims = artifacts.flatMap(({ claim }) => (claim ? [claim] : []));
  const networking: Manifest[] = [];
  const workloads: Manifest[] = [];
  const availability: Manifest[] = [];
  for (const service of zone.services) {
    const config = configParts(zone, service);
    const prerequisites = prerequisitesOf(migration, artifacts, zone, service.volumes);
    secrets.push(...config.secrets);
    configMaps.push(...config.manifests);
    networking.push(headlessService(zone, service), ...publicServices(zone, service));
    for (const workload of service.workloads)
      workloads.push(workloadManifest({ zone, service, config, prerequisites }, workload));
    availability.push(...disruptionBudget(zone, service), ...autoscaler(zone, service), ...podMonitor(zone, service));
  }
  return [
    ...secrets,
    ...configMaps,
    ...claims,
    ...networking,
    ...hookTemplates(zone),
    ...jobs,
    ...workloads,
    ...availability,
  ];
}

/** A service waits for the migration and for the volumes that it mounts. */
function prerequisitesOf(
  migration: Manifest | undefined,
  artifacts: readonly { readonly job: Manifest }[],
  zone: Zone,
  volumes: Zone['volumes'],
): Prerequisite[] {
  const mounted = artifacts.filter((_, index) => volumes.includes(zone.volumes[index]!)).map(({ job }) => job);
  return [...(migration ? [migration] : []), ...mounted].map(({ metadata }) => ({ kind: 'Job', name: metadata.name }));
}

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
