import { load } from 'js-yaml';
import type { KubeApi } from '../../kube/api.js';
import { isKubeError } from '../../kube/error.js';
import type { KubeObject } from '../../kube/objects.js';
import { customResourceDefinitions } from '../../kube/resource.js';
import { servedCrds } from '../crds.js';

/** Our kinds, as this version has them; a cluster that was kept may have those of an earlier one. */
export async function installDefinitions(api: KubeApi): Promise<void> {
  for (const { yaml } of await servedCrds()) {
    const definition = load(yaml) as KubeObject & { metadata: { name: string } };
    await api.create(customResourceDefinitions, definition).catch(async (error: unknown) => {
      if (!isKubeError(error, 'alreadyExists')) throw error;
      await api.patch(customResourceDefinitions, definition.metadata, { type: 'merge', body: definition });
    });
  }
}
