/**
 * One request as it goes over the wire. Path, query and body may name what an earlier answer held: `$uid(one)` and `$version(one)` of
 * the object of that name as it was seen last, `$version()` of the last list, `$continue()`, and `$ns` for the script's own namespace.
 */
export interface WireRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From `/api` or `/apis` on, with its query. */
  readonly path: string;
  /** Of the body. @default application/json */
  readonly type?: string;
  readonly accept?: string;
  readonly body?: unknown;
}

export interface WireAnswer {
  readonly code: number;
  readonly body: unknown;
}

export const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';
export const PARTIAL = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io';
export const PARTIAL_LIST = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';

export const PATCH_TYPES = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

const GROUPS: Readonly<Record<string, string>> = {
  pods: '/api/v1',
  configmaps: '/api/v1',
  secrets: '/api/v1',
  services: '/api/v1',
  serviceaccounts: '/api/v1',
  events: '/api/v1',
  persistentvolumeclaims: '/api/v1',
  deployments: '/apis/apps/v1',
  statefulsets: '/apis/apps/v1',
  replicasets: '/apis/apps/v1',
  jobs: '/apis/batch/v1',
  poddisruptionbudgets: '/apis/policy/v1',
  leases: '/apis/coordination.k8s.io/v1',
  gamestatefulsets: '/apis/tkex.tencent.com/v1alpha1',
  gamedeployments: '/apis/tkex.tencent.com/v1alpha1',
  samples: '/apis/example.com/v1',
};

/** `pods`, `pods/one/status`: within the script's namespace. */
export function inNamespace(place: string): string {
  const [plural = ''] = place.split(/[/?]/);
  const root = GROUPS[plural];
  if (root === undefined) throw new Error(`of what group are ${plural}?`);
  return `${root}/namespaces/$ns/${place}`;
}

export const get = (place: string, accept?: string): WireRequest => ({
  method: 'GET',
  path: inNamespace(place),
  ...(accept !== undefined && { accept }),
});
export const post = (place: string, body: unknown): WireRequest => ({ method: 'POST', path: inNamespace(place), body });
export const put = (place: string, body: unknown): WireRequest => ({ method: 'PUT', path: inNamespace(place), body });
export const remove = (place: string, body?: unknown): WireRequest => ({
  method: 'DELETE',
  path: inNamespace(place),
  ...(body !== undefined && { body }),
});
export const patch = (type: keyof typeof PATCH_TYPES, place: string, body: unknown): WireRequest => ({
  method: 'PATCH',
  path: inNamespace(place),
  type: PATCH_TYPES[type],
  body,
});
/** Server-side apply by a manager. */
export const apply = (manager: string, place: string, body: unknown, force = false): WireRequest => {
  const [path = '', query] = place.split('?');
  const parameters = [
    `fieldManager=${manager}`,
    ...(force ? ['force=true'] : []),
    ...(query === undefined ? [] : [query]),
  ];
  return patch('apply', `${path}?${parameters.join('&')}`, body);
};
