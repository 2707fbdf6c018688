import type { EnvVar, Pod, StoredContainer } from '../../api/pod.js';
import type { Behaviour, Mount, PodIdentity } from './behaviour.js';

export interface Addresses {
  readonly podIP: string;
  readonly hostIP: string;
}

/** A mount that the kubelet refuses: the container is not created. */
export interface MountProblem {
  readonly message: string;
}

/**
 * The variables of a container as they are when it starts: literal values, references to other variables and the downward API.
 * Those from ConfigMaps, Secrets and resources are left out.
 */
export function environmentOf(pod: Pod, container: StoredContainer, addresses: Addresses): Record<string, string> {
  const env: Record<string, string> = {};
  for (const variable of container.env ?? []) {
    const value = valueOf(pod, variable, env, addresses);
    if (value !== undefined) env[variable.name] = value;
  }
  return env;
}

/** The mounts of a container, in the order of the spec. */
export function mountsOf(
  identity: PodIdentity,
  container: StoredContainer,
  env: Readonly<Record<string, string>>,
  behaviour: Behaviour,
): Mount[] | MountProblem {
  const mounts: Mount[] = [];
  for (const { name: volume, mountPath, subPath = '', subPathExpr = '' } of container.volumeMounts ?? []) {
    let path = subPath;
    if (subPathExpr !== '') {
      const missing = new Set<string>();
      path = expand(subPathExpr, (name) => {
        if (env[name] === undefined) missing.add(name);
        return env[name];
      });
      if (missing.size > 0)
        return { message: `missing value for ${[...missing].map((name) => `"${name}"`).join(', ')}` };
    }
    if (path.split('/').includes('..')) {
      return { message: `unable to provision SubPath \`${path}\`: must not contain '..'` };
    }
    const isThere = path === '' || (behaviour.hasFolder?.(identity, volume, path) ?? true);
    mounts.push({ volume, mountPath, subPath: path, empty: !isThere });
  }
  return mounts;
}

function valueOf(
  pod: Pod,
  { value = '', valueFrom }: EnvVar,
  env: Readonly<Record<string, string>>,
  addresses: Addresses,
): string | undefined {
  if (valueFrom === undefined) return expand(value, (name) => env[name]);
  return valueFrom.fieldRef === undefined ? undefined : fieldOf(pod, valueFrom.fieldRef.fieldPath, addresses);
}

/** The downward API. A label or annotation that is not there is the empty text. */
function fieldOf({ metadata, spec }: Pod, path: string, { podIP, hostIP }: Addresses): string {
  const [, field, key = ''] = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path) ?? [];
  if (field === 'labels' || field === 'annotations') return metadata[field]?.[key] ?? '';
  switch (path) {
    case 'metadata.name':
      return metadata.name ?? '';
    case 'metadata.namespace':
      return metadata.namespace ?? '';
    case 'metadata.uid':
      return metadata.uid ?? '';
    case 'spec.nodeName':
      return spec.nodeName ?? '';
    case 'spec.serviceAccountName':
      return spec.serviceAccountName ?? '';
    case 'status.podIP':
    case 'status.podIPs':
      return podIP;
    case 'status.hostIP':
    case 'status.hostIPs':
      return hostIP;
    default:
      return '';
  }
}

/** `$(NAME)` becomes its value, where it has one; `$$(NAME)` stays `$(NAME)`. */
function expand(text: string, lookup: (name: string) => string | undefined): string {
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (whole, name?: string) => {
    if (name === undefined) return '$';
    return lookup(name) ?? whole;
  });
}
