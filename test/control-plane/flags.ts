import type { PartName } from './parts.js';
import type { Ports } from './ports.js';
import type { RunFolder } from './run-folder.js';

/** The flags of a part, without their dashes. */
export type Flags = Readonly<Record<string, string>>;

/** How soon a node that no longer reports is noticed, and how long its pods stay; in seconds. */
export interface NodeMonitor {
  /** Between two looks at all nodes. @default Kubernetes' own */
  readonly period?: number;
  /** Without a report, after which the node is not ready. @default Kubernetes' own */
  readonly grace?: number;
  /** That pods tolerate a node that is not ready or unreachable, unless they say otherwise. @default Kubernetes' own */
  readonly toleration?: number;
}

/** What the flags of the parts are made of. Paths are of files in the folder of the run. */
export interface Surroundings {
  readonly folder: RunFolder;
  readonly ports: Ports;
  readonly tokenFile: string;
  readonly clientAuthority?: string;
  readonly serviceAccountKeys: { readonly public: string; readonly private: string };
  readonly audit: Flags;
  readonly nodeMonitor: NodeMonitor;
  readonly kubeconfigOf: (user: string) => string;
  readonly hasControllerManager: boolean;
}

/** Who the parts are for the API server; RBAC knows these names. */
export const PART_USERS = {
  'kube-controller-manager': 'system:kube-controller-manager',
  'kube-scheduler': 'system:kube-scheduler',
} as const;

const LOOPBACK = '127.0.0.1';

export function apiServerUrl(ports: Ports): string {
  return `https://${LOOPBACK}:${ports['kube-apiserver']}`;
}

/** The certificate that the API server makes for itself on its first start, and keeps. */
export function authorityFile(folder: RunFolder): string {
  return folder.file(CERTIFICATES, 'apiserver.crt');
}

const CERTIFICATES = 'certificates';

/** Where a part says that it is well. */
export function healthUrl(part: PartName, ports: Ports): string {
  const host = `${LOOPBACK}:${ports[part]}`;
  switch (part) {
    case 'etcd':
      return `http://${host}/health`;
    case 'kube-apiserver':
      return `https://${host}/readyz`;
    case 'kube-controller-manager':
    case 'kube-scheduler':
      return `https://${host}/healthz`;
  }
}

export function flagsOf(part: PartName, surroundings: Surroundings): Flags {
  switch (part) {
    case 'etcd':
      return etcdFlags(surroundings);
    case 'kube-apiserver':
      return apiServerFlags(surroundings);
    case 'kube-controller-manager':
      return controllerManagerFlags(surroundings);
    case 'kube-scheduler':
      return schedulerFlags(surroundings);
  }
}

function etcdFlags({ folder, ports }: Surroundings): Flags {
  const client = `http://${LOOPBACK}:${ports.etcd}`;
  // There are no peers, yet etcd wants a port for them.
  const peer = `http://${LOOPBACK}:${ports['etcd-peer']}`;
  return {
    'data-dir': folder.file('etcd'),
    'listen-client-urls': client,
    'advertise-client-urls': client,
    'listen-peer-urls': peer,
    'initial-advertise-peer-urls': peer,
    'initial-cluster': `default=${peer}`,
    'log-level': 'warn',
    // The data is for one run: what matters is that it outlives the process, not the machine.
    'unsafe-no-fsync': 'true',
  };
}

function apiServerFlags(surroundings: Surroundings): Flags {
  const { folder, ports, tokenFile, clientAuthority, serviceAccountKeys, audit, nodeMonitor } = surroundings;
  return {
    'etcd-servers': `http://${LOOPBACK}:${ports.etcd}`,
    'bind-address': LOOPBACK,
    'advertise-address': LOOPBACK,
    'secure-port': String(ports['kube-apiserver']),
    'cert-dir': folder.file(CERTIFICATES),
    'service-account-issuer': 'https://gamezone.test',
    'service-account-key-file': serviceAccountKeys.public,
    'service-account-signing-key-file': serviceAccountKeys.private,
    'service-cluster-ip-range': '10.96.0.0/16',
    'token-auth-file': tokenFile,
    ...(clientAuthority === undefined ? {} : { 'client-ca-file': clientAuthority }),
    'authorization-mode': 'RBAC',
    // As every cluster that runs a network plugin.
    'allow-privileged': 'true',
    // Loopback is refused as the address of the "kubernetes" Service; nobody looks it up here.
    'endpoint-reconciler-type': 'none',
    // Pods would need a service account, which only the controller manager makes.
    ...(surroundings.hasControllerManager ? {} : { 'disable-admission-plugins': 'ServiceAccount' }),
    ...given('default-not-ready-toleration-seconds', nodeMonitor.toleration),
    ...given('default-unreachable-toleration-seconds', nodeMonitor.toleration),
    ...audit,
  };
}

function controllerManagerFlags(surroundings: Surroundings): Flags {
  const { folder, ports, serviceAccountKeys, nodeMonitor, kubeconfigOf } = surroundings;
  return {
    kubeconfig: kubeconfigOf(PART_USERS['kube-controller-manager']),
    'bind-address': LOOPBACK,
    'secure-port': String(ports['kube-controller-manager']),
    'leader-elect': 'false',
    // Each controller under its own name, so that the audit log tells them apart.
    'use-service-account-credentials': 'true',
    'service-account-private-key-file': serviceAccountKeys.private,
    'root-ca-file': authorityFile(folder),
    ...UNTHROTTLED,
    ...given('node-monitor-period', nodeMonitor.period, 's'),
    ...given('node-monitor-grace-period', nodeMonitor.grace, 's'),
  };
}

function schedulerFlags({ ports, kubeconfigOf }: Surroundings): Flags {
  return {
    kubeconfig: kubeconfigOf(PART_USERS['kube-scheduler']),
    'bind-address': LOOPBACK,
    'secure-port': String(ports['kube-scheduler']),
    'leader-elect': 'false',
    ...UNTHROTTLED,
  };
}

/** Twenty requests a second, the default, is meant to spare a server that others use too. */
const UNTHROTTLED: Flags = { 'kube-api-qps': '500', 'kube-api-burst': '1000' };

function given(flag: string, value: number | undefined, unit = ''): Flags {
  return value === undefined ? {} : { [flag]: `${value}${unit}` };
}
