import { secretRefField } from '../model/credential.js';
import { digestOf } from '../model/digest.js';
import { claimName, DIGEST_LENGTH, sourcesName, syncJobName } from '../model/names.js';
import type { ArtifactSource, ArtifactVolume, Zone } from '../model/zone.js';
import { secretKeyOf, sourceKey } from './credentials.js';
import type { SecretKey } from './credentials.js';
import { releaseVariable, variableName } from './environment.js';
import { jobLabels, LABELS, metadataOf, unlessEmpty } from './manifest.js';
import type { Manifest } from './manifest.js';
import { containerSecurity, syncSecurity } from './security.js';

const DECLARATION_FOLDER = '/etc/gamezone/artifacts';
const CREDENTIALS_FOLDER = '/etc/gamezone/credentials';
const VOLUME_FOLDER = '/volume';

/** What one volume of artifacts adds to the zone: its claim, its declaration, and the Job that fetches it. */
export interface ArtifactParts {
  readonly claim?: Manifest;
  readonly declaration: Manifest;
  readonly job: Manifest;
}

export function artifactParts(zone: Zone, volume: ArtifactVolume): ArtifactParts {
  const declaration = declarationConfigMap(zone, volume);
  return {
    ...(volume.existingClaim === undefined && { claim: claimManifest(zone, volume) }),
    declaration,
    job: syncJob(zone, volume, declaration.metadata.name),
  };
}

/** The claim that holds a volume. */
export const claimOf = (zone: Zone, volume: ArtifactVolume): string =>
  volume.existingClaim ?? claimName(zone.name, volume.name);

function claimManifest(zone: Zone, volume: ArtifactVolume): Manifest {
  const keep = { 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false', 'helm.sh/resource-policy': 'keep' };
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: metadataOf(zone, { name: claimOf(zone, volume), ...(volume.retain && { annotations: keep }) }),
    spec: {
      accessModes: [volume.accessMode],
      ...(volume.storageClassName !== undefined && { storageClassName: volume.storageClassName }),
      resources: { requests: { storage: volume.size } },
    },
  };
}

/**
 * The zone file that `gamezone artifacts sync` reads in the cluster: this volume's sources alone, every credential a
 * reference. Named by its content, so that a Job never reads the declaration of another one.
 */
function declarationConfigMap(zone: Zone, volume: ArtifactVolume): Manifest {
  const document = {
    apiVersion: 'gamezone.dev/v1alpha1',
    kind: 'GameZone',
    metadata: { name: zone.name },
    spec: {
      volumes: [{ path: volume.mountPath, name: volume.name }],
      artifacts: volume.sources.map((source, index) => ({
        path: volume.mountPath,
        ...(source.subPath !== undefined && { subPath: source.subPath }),
        ...(source.into !== undefined && { into: source.into }),
        [source.kind]: { ...source.settings, ...secretRefs(zone, volume, source, index) },
      })),
    },
  };
  const name = sourcesName(zone.name, volume.name, digestOf(document).slice(0, DIGEST_LENGTH));
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadataOf(zone, { name }),
    data: { 'zone.yaml': `${JSON.stringify(document, undefined, 2)}\n` },
  };
}

function secretRefs(zone: Zone, volume: ArtifactVolume, source: ArtifactSource, index: number): object {
  return Object.fromEntries(
    Object.entries(source.credentials).map(([field, credential]) => [
      secretRefField(field),
      secretKeyOf(zone, credential, sourceKey(volume, index, field)),
    ]),
  );
}

function syncJob(zone: Zone, volume: ArtifactVolume, declaration: string): Manifest {
  const secrets = secretVolumes(zone, volume);
  const spec = {
    backoffLimit: 6,
    template: {
      metadata: { labels: jobLabels(zone, 'artifacts') },
      spec: {
        ...syncSecurity(zone.security),
        restartPolicy: 'OnFailure',
        ...unlessEmpty(
          'imagePullSecrets',
          zone.pods.imagePullSecrets.map((name) => ({ name })),
        ),
        containers: [
          {
            name: 'sync',
            image: zone.sync.image,
            command: ['gamezone'],
            args: [
              ...['artifacts', 'sync', `${DECLARATION_FOLDER}/zone.yaml`, '--to', VOLUME_FOLDER],
              ...(volume.release === undefined ? [] : ['--release', volume.release]),
              ...(secrets.length > 0 ? ['--credentials', CREDENTIALS_FOLDER] : []),
            ],
            resources: { requests: { cpu: '100m', memory: '256Mi' } },
            securityContext: containerSecurity(zone.security),
            volumeMounts: [
              { name: 'declaration', mountPath: DECLARATION_FOLDER, readOnly: true },
              { name: 'volume', mountPath: VOLUME_FOLDER },
              ...secrets.map(({ name, secret }) => ({
                name,
                mountPath: `${CREDENTIALS_FOLDER}/${secret.secretName}`,
                readOnly: true,
              })),
            ],
          },
        ],
        volumes: [
          { name: 'declaration', configMap: { name: declaration } },
          { name: 'volume', persistentVolumeClaim: { claimName: claimOf(zone, volume) } },
          ...secrets,
        ],
      },
    },
  };
  const name = syncJobName(zone.name, volume.name, digestOf(spec).slice(0, DIGEST_LENGTH));
  const labels = volume.release === undefined ? {} : { [LABELS.release]: volume.release.slice(0, DIGEST_LENGTH) };
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: metadataOf(zone, { name, labels }), spec };
}

/** The Secrets that the sources need, each with the needed keys only, as files. */
function secretVolumes(
  zone: Zone,
  volume: ArtifactVolume,
): { name: string; secret: { secretName: string; items: object[] } }[] {
  const keys = volume.sources.flatMap(({ credentials }, index) =>
    Object.entries(credentials).map(([field, credential]): SecretKey =>
      secretKeyOf(zone, credential, sourceKey(volume, index, field)),
    ),
  );
  const bySecret = new Map<string, Set<string>>();
  for (const { name, key } of keys) bySecret.set(name, (bySecret.get(name) ?? new Set()).add(key));
  return [...bySecret].map(([secretName, wanted], index) => ({
    name: `credentials-${index}`,
    secret: { secretName, items: [...wanted].map((key) => ({ key, path: key })) },
  }));
}

/** How a game container sees a volume: one release for ever, or the folder that follows the sources. */
export const artifactMount = (zone: Zone, volume: ArtifactVolume): object => ({
  name: volumeNameInPod(volume),
  mountPath: volume.mountPath,
  ...(volume.release === undefined
    ? { subPath: 'live' }
    : { subPathExpr: `releases/$(${variableName(zone, releaseVariable(volume))})` }),
  readOnly: true,
});

export const artifactPodVolume = (zone: Zone, volume: ArtifactVolume): object => ({
  name: volumeNameInPod(volume),
  persistentVolumeClaim: { claimName: claimOf(zone, volume) },
});

const volumeNameInPod = ({ name }: ArtifactVolume): string => (name === 'artifacts' ? name : `artifacts-${name}`);
