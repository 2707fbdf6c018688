import { isRecord, list, record, text, type Json } from '../json.js';
import type { Defaults } from './defaults.js';
import { setTo } from './set-to.js';

const MODE = 0o644;

/** Of pods, their templates, and what is in them. */
export const containerDefaults: Defaults = {
  'io.k8s.api.core.v1.Pod': (pod) => {
    const spec = record(pod['spec']);
    setTo(spec, { enableServiceLinks: true });
    for (const container of [...list(spec['initContainers']), ...list(spec['containers'])])
      if (isRecord(container)) requestsFromLimits(container);
  },
  // The first of all addresses is the one that older clients read.
  'io.k8s.api.core.v1.PodStatus': (status) => {
    const [first] = list(status['podIPs']).map(record);
    const address = text(status['podIP']) || text(first?.['ip']);
    if (address === '') return;
    status['podIP'] = address;
    if (first?.['ip'] !== address) status['podIPs'] = [{ ip: address }];
  },
  'io.k8s.api.core.v1.PodSpec': (spec) => {
    setTo(spec, {
      dnsPolicy: 'ClusterFirst',
      restartPolicy: 'Always',
      securityContext: {},
      terminationGracePeriodSeconds: 30,
      schedulerName: 'default-scheduler',
    });
    mirrorServiceAccount(spec);
    if (spec['hostNetwork'] === true) hostPorts(spec);
  },
  'io.k8s.api.core.v1.Container': container,
  'io.k8s.api.core.v1.EphemeralContainer': container,
  'io.k8s.api.core.v1.ContainerPort': (port) => setTo(port, { protocol: 'TCP' }),
  'io.k8s.api.core.v1.Probe': (probe) => {
    for (const [name, value] of Object.entries(PROBE)) if (!probe[name]) probe[name] = value;
    const grpc = probe['grpc'];
    if (isRecord(grpc) && grpc['service'] === undefined) grpc['service'] = '';
  },
  'io.k8s.api.core.v1.HTTPGetAction': (action) => setTo(action, { path: '/', scheme: 'HTTP' }),
  'io.k8s.api.core.v1.ObjectFieldSelector': (selector) => setTo(selector, { apiVersion: 'v1' }),
  'io.k8s.api.core.v1.Volume': (volume) => {
    if (Object.keys(volume).length === 1) volume['emptyDir'] = {};
  },
  'io.k8s.api.core.v1.SecretVolumeSource': (source) => setTo(source, { defaultMode: MODE }),
  'io.k8s.api.core.v1.ConfigMapVolumeSource': (source) => setTo(source, { defaultMode: MODE }),
  'io.k8s.api.core.v1.DownwardAPIVolumeSource': (source) => setTo(source, { defaultMode: MODE }),
  'io.k8s.api.core.v1.ProjectedVolumeSource': (source) => setTo(source, { defaultMode: MODE }),
  'io.k8s.api.core.v1.ServiceAccountTokenProjection': (token) => setTo(token, { expirationSeconds: 3600 }),
  'io.k8s.api.core.v1.HostPathVolumeSource': (path) => {
    if (path['type'] === undefined) path['type'] = '';
  },
  'io.k8s.api.core.v1.PersistentVolumeClaimSpec': (spec) => setTo(spec, { volumeMode: 'Filesystem' }),
  'io.k8s.api.core.v1.PersistentVolumeClaim': (claim) => setTo(record(claim['status']), { phase: 'Pending' }),
};

const PROBE = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };

function container(object: Json): void {
  setTo(object, {
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: pullPolicyOf(text(object['image'])),
  });
}

/** Always for what has no tag, or the tag `latest`. */
function pullPolicyOf(image: string): string {
  if (image.includes('@')) return 'IfNotPresent';
  const tag = /:([^/:]+)$/.exec(image)?.[1];
  return tag === undefined || tag === 'latest' ? 'Always' : 'IfNotPresent';
}

function requestsFromLimits(object: Json): void {
  const resources = record(object['resources']);
  const limits = resources['limits'];
  if (!isRecord(limits)) return;
  resources['requests'] = { ...limits, ...record(resources['requests']) };
}

/** The old name of the field is still written. */
export function mirrorServiceAccount(spec: Json): void {
  const name = text(spec['serviceAccountName']) || text(spec['serviceAccount']);
  if (name !== '') Object.assign(spec, { serviceAccountName: name, serviceAccount: name });
}

function hostPorts(spec: Json): void {
  for (const container of [...list(spec['initContainers']), ...list(spec['containers'])])
    for (const port of list(record(container)['ports']))
      if (isRecord(port) && !port['hostPort']) port['hostPort'] = port['containerPort'];
}
