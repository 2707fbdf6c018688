import { ArtifactError } from '../../artifacts/error.js';
import { gameStatefulSets } from '../../controller/resources.js';
import type { KubeApi } from '../../kube/api.js';
import { isKubeError } from '../../kube/error.js';
import {
  controllerRevisions,
  deployments,
  jobs,
  pods,
  replicaSets,
  statefulSets,
  type Resource,
} from '../../kube/resource.js';

/** What may name a release: what runs, what it is made from, what that can go back to, and what fetches. */
const NAMING: readonly Resource[] = [pods, statefulSets, deployments, replicaSets, controllerRevisions, jobs];

/** A cluster without our definitions has none of these. */
const OURS: readonly Resource[] = [
  gameStatefulSets,
  { ...gameStatefulSets, plural: 'gamedeployments', kind: 'GameDeployment' },
];

const PAGE = 500;

/**
 * Every release that something in the cluster names: by an annotation `gamezone.dev/artifacts` or `gamezone.dev/artifacts-<volume>`, on
 * a pod, in a template, in a revision, in a plan of the controller, or in the arguments of a Job. Any 64 hexadecimal digits count: one
 * release too many costs space, one too few a game its files.
 *
 * @param namespaces those whose pods can mount the volume; all where there is none
 * @throws ArtifactError where anything cannot be listed
 */
export async function releasesInCluster(
  api: KubeApi,
  namespaces: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const namespace of namespaces.length === 0 ? [undefined] : namespaces)
    for (const resource of [...NAMING, ...OURS])
      for await (const object of each(api, resource, namespace, signal))
        for (const [id] of JSON.stringify(object).matchAll(/(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g)) found.add(id);
  return [...found];
}

async function* each(
  api: KubeApi,
  resource: Resource,
  namespace: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<object> {
  let next: string | undefined;
  do {
    try {
      const page = await api.list(resource, {
        limit: PAGE,
        signal,
        ...(namespace !== undefined && { namespace }),
        ...(next !== undefined && { continue: next }),
      });
      yield* page.items;
      next = page.metadata.continue;
    } catch (error) {
      if (!isKubeError(error)) throw error;
      if (OURS.includes(resource) && isKubeError(error, 'notFound')) return;
      signal.throwIfAborted();
      throw unasked(resource, namespace, error.message, isKubeError(error, 'forbidden'));
    }
  } while (next !== undefined && next !== '');
}

function unasked(
  { plural }: Resource,
  namespace: string | undefined,
  why: string,
  isForbidden: boolean,
): ArtifactError {
  const where = namespace === undefined ? 'all namespaces' : `namespace ${namespace}`;
  return new ArtifactError(`the ${plural} of ${where} cannot be listed, and so nothing is removed: ${why}`, {
    hint: isForbidden
      ? 'give the rights that docs/guide/artifacts.md lists; with --namespace a Role in the namespace of the volume is enough'
      : 'run the command again once the cluster answers',
  });
}
