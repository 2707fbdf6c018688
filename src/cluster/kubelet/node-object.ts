import type { KubeObject } from '../../kube/objects.js';
import { timestamp } from './container-status.js';

/** A Node, as far as a kubelet writes it. */
export interface Node extends KubeObject {
  spec?: { readonly unschedulable?: boolean; readonly taints?: readonly Taint[] };
  status?: NodeStatus;
}

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

export interface NodeStatus {
  readonly conditions?: readonly NodeCondition[];
  readonly [field: string]: unknown;
}

export interface NodeCondition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
  readonly lastHeartbeatTime?: string;
  readonly lastTransitionTime?: string;
}

export interface NodeShape {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly Taint[];
  /** @default v1.34.10 */
  readonly kubeletVersion?: string;
  /** Also what can be allocated. @default cpu 8, memory 16Gi, pods 110 */
  readonly capacity?: Readonly<Record<string, string>>;
}

export const KUBELET_VERSION = 'v1.34.10';

const CAPACITY = { cpu: '8', memory: '16Gi', pods: '110', 'ephemeral-storage': '100Gi' };

/** The node as it registers itself. */
export function nodeObject(shape: NodeShape, address: string, now: number): Node {
  const { name, labels, taints } = shape;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        ...labels,
      },
    },
    ...(taints && { spec: { taints } }),
    status: nodeStatus(shape, address, now, []),
  };
}

/** What the kubelet says of its node; conditions keep the time of their last change. */
export function nodeStatus(
  { name, kubeletVersion = KUBELET_VERSION, capacity = {} }: NodeShape,
  address: string,
  now: number,
  previous: readonly NodeCondition[],
): NodeStatus {
  const resources = { ...CAPACITY, ...capacity };
  const at = timestamp(now);
  const condition = (type: string, status: 'True' | 'False', reason: string, message: string): NodeCondition => {
    const before = previous.find((one) => one.type === type);
    const lastTransitionTime = (before?.status === status ? before.lastTransitionTime : undefined) ?? at;
    return { type, status, reason, message, lastHeartbeatTime: at, lastTransitionTime };
  };
  return {
    capacity: resources,
    allocatable: resources,
    addresses: [
      { type: 'InternalIP', address },
      { type: 'Hostname', address: name },
    ],
    conditions: [
      condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
      condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
      condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
      condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    nodeInfo: {
      architecture: 'amd64',
      operatingSystem: 'linux',
      osImage: 'modelled',
      kernelVersion: 'modelled',
      containerRuntimeVersion: 'containerd://modelled',
      kubeletVersion,
      kubeProxyVersion: '',
      machineID: name,
      systemUUID: name,
      bootID: name,
    },
  };
}

/** Whether a kubelet of this version says which generation of a pod it acts on. Source: PodObservedGenerationTracking, on from 1.34. */
export function reportsGeneration(kubeletVersion = KUBELET_VERSION): boolean {
  const [, major = '0', minor = '0'] = /^v?(\d+)\.(\d+)/.exec(kubeletVersion) ?? [];
  return Number(major) > 1 || Number(minor) >= 34;
}
