import { gameStatefulSets } from '../../controller/resources.js';
import type { Workload } from '../../controller/game-stateful-set/objects.js';
import type { KubeApi } from '../../kube/api.js';
import { isKubeError } from '../../kube/error.js';
import type { Stored } from '../../kube/objects.js';
import { UserError } from '../../synth/user-error.js';

/** A workload that was named, and the pod that was, if one was. */
export interface FoundWorkload {
  readonly workload: Stored<Workload>;
  readonly ordinal?: number;
}

const KIND = /^(gamestatefulsets?|gsts)$/i;
const OTHER_KIND = /^(gamedeployments?|gd)$/i;
const ZONE = 'gamezone.dev/zone';
const SERVICE = 'gamezone.dev/service';

/**
 * The one workload that `[KIND/]NAME`, a service's name or `ZONE/SERVICE[/ID]` means in a namespace.
 *
 * @throws UserError when it is none or several
 */
export async function findWorkload(api: KubeApi, namespace: string, named: string): Promise<FoundWorkload> {
  const all = await workloadsIn(api, namespace);
  const [first = '', second, third, ...others] = named.split('/');
  if (others.length > 0 || [first, second, third].includes('')) throw wrongName(named);
  if (OTHER_KIND.test(first) && second !== undefined)
    throw new UserError(`${named}: this release has no controller for GameDeployments`, {
      hint: 'ask for a GameStatefulSet',
    });
  if (KIND.test(first) && second !== undefined && third === undefined)
    return {
      workload: only(
        all.filter(({ metadata }) => metadata.name === second),
        named,
        namespace,
        all,
      ),
    };
  if (second === undefined) {
    const byName = all.filter(({ metadata }) => metadata.name === first);
    const found = byName.length > 0 ? byName : all.filter(({ metadata }) => metadata.labels?.[SERVICE] === first);
    return { workload: only(found, named, namespace, all) };
  }
  const ofService = all.filter(({ metadata: { labels = {} } }) => labels[ZONE] === first && labels[SERVICE] === second);
  if (third === undefined) return { workload: only(ofService, named, namespace, all) };
  if (!/^\d{1,9}$/.test(third)) throw wrongName(named);
  const ordinal = Number(third);
  const holding = ofService.filter(({ spec: { ordinals, replicas = 1 } }) => {
    const start = ordinals?.start ?? 0;
    return ordinal >= start && ordinal < start + replicas;
  });
  return { workload: only(holding, named, namespace, all), ordinal };
}

async function workloadsIn(api: KubeApi, namespace: string): Promise<readonly Stored<Workload>[]> {
  try {
    return (await api.list<Workload>(gameStatefulSets, { namespace })).items;
  } catch (error) {
    if (!isKubeError(error, 'notFound')) throw error;
    throw new UserError('the cluster does not know GameStatefulSets', {
      hint: 'gamezone crds | kubectl apply -f -',
      cause: error,
    });
  }
}

function only(
  found: readonly Stored<Workload>[],
  named: string,
  namespace: string,
  all: readonly Stored<Workload>[],
): Stored<Workload> {
  const [one, ...more] = found;
  if (one && more.length === 0) return one;
  const names = (of: readonly Stored<Workload>[]): string =>
    of
      .map(({ metadata }) => metadata.name)
      .sort()
      .slice(0, 20)
      .join(', ');
  if (one) throw new UserError(`${named} means several workloads: ${names(found)}`, { hint: 'name one of them' });
  throw new UserError(`there is no workload ${named} in namespace ${namespace}`, {
    hint: all.length === 0 ? 'there is none at all: name another namespace with -n' : `there are ${names(all)}`,
  });
}

const wrongName = (named: string): UserError =>
  new UserError(`${named}: names no workload`, { hint: 'write NAME, KIND/NAME, ZONE/SERVICE or ZONE/SERVICE/ID' });
