import type { ServedResource } from '../catalog/served-resource.js';
import { keyFor, type Core } from '../core.js';
import { isRecord, list, record, text, type Json } from '../json.js';
import { forbidden } from '../refusal.js';

const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The account of a pod, and its token where containers look for it. Source: the ServiceAccount admission plugin. */
export function withServiceAccount(core: Core, resource: ServedResource, pod: Json): Json {
  const { namespace, name } = record(pod['metadata']);
  const spec = record(pod['spec']);
  const account = text(spec['serviceAccountName']) || 'default';
  const found = core.collection({ id: '/serviceaccounts' }).get(keyFor(text(namespace), account));
  if (!found) {
    const place = `${text(namespace)}/${account}`;
    const why = `error looking up service account ${place}: serviceaccount ${JSON.stringify(account)} not found`;
    throw forbidden(resource, text(name), why);
  }
  const named = { ...spec, serviceAccountName: account, serviceAccount: account };
  const mounts = spec['automountServiceAccountToken'] ?? (found as unknown as Json)['automountServiceAccountToken'];
  return { ...pod, spec: mounts === false ? named : withToken(named, core) };
}

function withToken(spec: Json, core: Core): Json {
  const volume = `kube-api-access-${core.suffix(5)}`;
  const isMounted = (container: Json): boolean =>
    list(container['volumeMounts']).some((mount) => record(mount)['mountPath'] === TOKEN_PATH);
  const mount = { name: volume, readOnly: true, mountPath: TOKEN_PATH };
  const mounted = (containers: unknown): unknown[] =>
    list(containers).map((one) => {
      const container = record(one);
      return isMounted(container)
        ? container
        : { ...container, volumeMounts: [...list(container['volumeMounts']), mount] };
    });
  const all = [...list(spec['initContainers']), ...list(spec['containers'])].filter(isRecord);
  if (all.every(isMounted)) return spec;
  return {
    ...spec,
    ...(spec['initContainers'] !== undefined && { initContainers: mounted(spec['initContainers']) }),
    containers: mounted(spec['containers']),
    volumes: [...list(spec['volumes']), tokenVolume(volume)],
  };
}

function tokenVolume(name: string): Json {
  const namespace = { path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } };
  return {
    name,
    projected: {
      defaultMode: 0o644,
      sources: [
        { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        { downwardAPI: { items: [namespace] } },
      ],
    },
  };
}
