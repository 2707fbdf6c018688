import { loadAll } from 'js-yaml';
import type { ApiServer } from '../../cluster/api-server/api-server.js';
import type { KubeApi } from '../../kube/api.js';
import { isKubeError } from '../../kube/error.js';
import type { KubeObject } from '../../kube/objects.js';
import { namespaces } from '../../kube/resource.js';
import type { Synthesis } from '../../synth/synth.js';
import { UserError } from '../../synth/user-error.js';

const DEFAULT_NAMESPACE = 'default';

/** The objects of a synthesis, as its files hold them. */
export function objectsOf({ zones }: Synthesis): KubeObject[] {
  const contents = zones.flatMap(({ files }) => files.map(({ content }) => content));
  return contents.flatMap((content) => {
    const text: string = content.toString();
    return loadAll(text) as KubeObject[];
  });
}

/** As `kubectl apply --server-side` would, with the namespaces that are needed. @throws UserError where the server refuses an object */
export async function deploy(server: ApiServer, api: KubeApi, objects: readonly KubeObject[]): Promise<void> {
  for (const object of objects) {
    const { apiVersion = '', kind = '' } = object;
    const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
    const resource = server.core.catalog.ofKind(group ?? '', version ?? '', kind);
    const { name = '' } = object.metadata;
    if (resource === undefined)
      throw new UserError(`${kind} ${name}: the embedded cluster has no ${kind} of ${apiVersion}`, {
        hint: 'use a real cluster for it, or leave it out',
      });
    const namespace = resource.namespaced ? (object.metadata.namespace ?? DEFAULT_NAMESPACE) : undefined;
    if (namespace !== undefined) await ensureNamespace(api, namespace);
    const where = namespace === undefined ? { name } : { namespace, name };
    const body = { ...object, metadata: { ...object.metadata, ...where } };
    await api.patch(resource, where, { type: 'apply', body, force: true }).catch((error: unknown) => {
      if (!isKubeError(error, 'invalid', 'badRequest', 'forbidden')) throw error;
      throw new UserError(`${kind} ${name}: the embedded cluster refuses it: ${error.message}`, { cause: error });
    });
  }
}

async function ensureNamespace(api: KubeApi, name: string): Promise<void> {
  await api.create(namespaces, { metadata: { name } }).catch((error: unknown) => {
    if (!isKubeError(error, 'alreadyExists')) throw error;
  });
}
