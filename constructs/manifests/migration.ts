import { digestOf } from '../model/digest.js';
import { DIGEST_LENGTH, migrationJobName } from '../model/names.js';
import type { Zone } from '../model/zone.js';
import { zoneVariables } from './environment.js';
import { jobLabels, metadataOf, unlessEmpty } from './manifest.js';
import type { Manifest } from './manifest.js';
import { containerSecurity, podSecurity } from './security.js';

/** The Job that upgrades the database schema. A failed migration is never tried again by itself. */
export function migrationJob(zone: Zone): Manifest | undefined {
  if (zone.migrationImage === undefined) return undefined;
  const spec = {
    backoffLimit: 0,
    template: {
      metadata: { labels: jobLabels(zone, 'migration') },
      spec: {
        ...podSecurity(zone.security),
        restartPolicy: 'Never',
        ...unlessEmpty(
          'imagePullSecrets',
          zone.pods.imagePullSecrets.map((name) => ({ name })),
        ),
        containers: [
          {
            name: 'migrate',
            image: zone.migrationImage,
            env: zoneVariables(zone),
            securityContext: containerSecurity(zone.security),
          },
        ],
      },
    },
  };
  const name = migrationJobName(zone.name, digestOf(spec).slice(0, DIGEST_LENGTH));
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: metadataOf(zone, { name }), spec };
}
