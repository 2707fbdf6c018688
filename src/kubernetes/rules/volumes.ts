import type { Fields } from '../fields.js';
import { checkClaimTemplate } from './claim.js';
import { checkResourceFieldRef, checkVolumeFieldRef } from './environment.js';
import { dnsLabel, dnsSubdomain, quote } from './names.js';
import { amount } from '../quantity.js';
import { checkDescendingPath, checkFileMode, checkNoBacksteps } from './values.js';

/**
 * Volumes of a pod. Those of the names in `replaced` are skipped: a StatefulSet puts its claims in their place.
 * Returns the volumes that containers may mount: a broken volume would only raise a second problem there.
 */
export function checkVolumes(
  spec: Fields,
  podName: string,
  replaced: ReadonlySet<string>,
): Map<string, { isClaim: boolean }> {
  const usable = new Map<string, { isClaim: boolean }>();
  for (const name of replaced) usable.set(name, { isClaim: true });
  const seen = new Set<string>();
  for (const volume of spec.objects('volumes')) {
    const name = volume.text('name');
    if (replaced.has(name)) continue;
    if (volume.required('name', 'every volume needs a name')) {
      const wrong = dnsLabel(name);
      if (wrong !== undefined) volume.wrong('name', wrong);
      else if (seen.has(name)) volume.wrong('name', `"${name}" names two volumes of this pod: rename one`);
    }
    seen.add(name);
    checkSource(volume, podName);
    if (name !== '') usable.set(name, { isClaim: volume.has('persistentVolumeClaim') || volume.has('ephemeral') });
  }
  return usable;
}

/** A volume without a source is an emptyDir: the server fills that in. */
function checkSource(volume: Fields, podName: string): void {
  // Behind a feature gate that is off by default in this version: the server forgets such a volume as a whole.
  if (volume.has('image')) return;
  const given = volume.keysGiven().filter((name) => name !== 'name');
  for (const extra of given.slice(1)) volume.wrong(extra, `stands beside ${given[0]}: a volume has one source`);
  const source = given[0] === undefined ? undefined : volume.object(given[0]);
  if (!source) return;
  switch (given[0]) {
    case 'emptyDir':
      if ((amount(source.value('sizeLimit')) ?? 0) < 0) source.wrong('sizeLimit', 'must not be negative');
      break;
    case 'hostPath':
      if (source.required('path', 'give a path on the node')) checkNoBacksteps(source, 'path');
      break;
    case 'secret':
      source.required('secretName', 'name the Secret');
      checkFileMode(source, 'defaultMode');
      checkItems(source);
      break;
    case 'configMap':
      source.required('name', 'name the ConfigMap');
      checkFileMode(source, 'defaultMode');
      checkItems(source);
      break;
    case 'persistentVolumeClaim':
      source.required('claimName', 'name the claim');
      break;
    case 'nfs':
      source.required('server', 'name the server');
      if (!source.text('path').startsWith('/')) source.wrong('path', 'must be an absolute path');
      break;
    case 'downwardAPI':
      checkFileMode(source, 'defaultMode');
      for (const file of source.objects('items')) checkDownwardFile(file);
      break;
    case 'projected':
      checkProjected(source);
      break;
    case 'csi':
      checkCsi(source);
      break;
    case 'ephemeral':
      if (source.required('volumeClaimTemplate', 'give the claim to make'))
        checkClaimTemplate(source.objectOrEmpty('volumeClaimTemplate'));
      if (podName !== '' && dnsSubdomain(`${podName}-${volume.text('name')}`) !== undefined) {
        volume.wrong(
          'name',
          `makes a claim of the name ${quote(`${podName}-${volume.text('name')}`)}, which is not a DNS name`,
        );
      }
      break;

    default:
      for (const name of cloudSources[given[0] ?? ''] ?? [])
        source.required(name, 'the volume cannot be found without it');
  }
}

/** Sources of single clouds and old drivers: only what cannot be left out. */
const cloudSources: Readonly<Record<string, readonly string[]>> = {
  awsElasticBlockStore: ['volumeID'],
  azureDisk: ['diskName', 'diskURI'],
  azureFile: ['secretName', 'shareName'],
  cephfs: ['monitors'],
  cinder: ['volumeID'],
  flexVolume: ['driver'],
  gcePersistentDisk: ['pdName'],
  gitRepo: ['repository'],
  glusterfs: ['endpoints', 'path'],
  iscsi: ['targetPortal', 'iqn'],
  photonPersistentDisk: ['pdID'],
  portworxVolume: ['volumeID'],
  quobyte: ['registry', 'volume'],
  rbd: ['monitors', 'image'],
  scaleIO: ['gateway', 'system', 'volumeName'],
  vsphereVolume: ['volumePath'],
};

function checkItems(source: Fields): void {
  for (const item of source.objects('items')) {
    item.required('key', 'name the key to show as a file');
    if (item.required('path', 'give the path of the file')) checkDescendingPath(item, 'path', { reserved: true });
    checkFileMode(item, 'mode');
  }
}

function checkDownwardFile(file: Fields): void {
  if (file.required('path', 'give the path of the file')) checkDescendingPath(file, 'path', { reserved: true });
  checkFileMode(file, 'mode');
  const field = file.object('fieldRef');
  const resource = file.object('resourceFieldRef');
  if (field && resource) file.wrongHere('has fieldRef and resourceFieldRef: give one of them');
  else if (field) checkVolumeFieldRef(field);
  else if (resource) checkResourceFieldRef(resource, { containerRequired: true });
  else file.wrongHere('says nothing: give fieldRef or resourceFieldRef');
}

function checkProjected(volume: Fields): void {
  checkFileMode(volume, 'defaultMode');
  const paths = new Set<string>();
  const claim = (place: Fields, path: string): void => {
    if (path === '') return;
    if (paths.has(path)) place.wrong('path', `"${path}" is written twice in this volume`);
    paths.add(path);
  };
  for (const source of volume.objects('sources')) {
    // These are behind feature gates that are off by default, so the server drops them.
    const given = source.keysGiven().filter((name) => name !== 'podCertificate' && name !== 'clusterTrustBundle');
    for (const extra of given.slice(1)) source.wrong(extra, `stands beside ${given[0]}: make it a source of its own`);
    for (const name of ['secret', 'configMap']) {
      const part = source.object(name);
      if (!part) continue;
      part.required('name', 'name the object to show');
      checkItems(part);
      for (const item of part.objects('items')) claim(item, item.text('path'));
    }
    for (const file of source.object('downwardAPI')?.objects('items') ?? []) {
      checkDownwardFile(file);
      claim(file, file.text('path'));
    }
    const token = source.object('serviceAccountToken');
    if (token) checkToken(token);
  }
}

function checkToken(token: Fields): void {
  const seconds = token.number('expirationSeconds');
  if (seconds !== undefined && seconds < 600) token.wrong('expirationSeconds', 'must be at least 600 (ten minutes)');
  if (seconds !== undefined && seconds > 2 ** 32) token.wrong('expirationSeconds', 'must be at most 4294967296');
  if (token.required('path', 'give the path of the file')) checkDescendingPath(token, 'path', { reserved: true });
}

function checkCsi(source: Fields): void {
  const driver = source.text('driver');
  const wrong = dnsSubdomain(driver.toLowerCase());
  if (driver === '') source.wrong('driver', 'is missing: name the CSI driver');
  else if (driver.length > 63) source.wrong('driver', 'has more than 63 characters');
  else if (wrong !== undefined) source.wrong('driver', wrong);
  const secret = source.object('nodePublishSecretRef');
  if (!secret) return;
  const wrongName = dnsSubdomain(secret.text('name'));
  if (wrongName !== undefined) secret.wrong('name', wrongName);
}
