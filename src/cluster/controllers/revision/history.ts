import type { ObjectMeta, Stored } from '../../../kube/objects.js';
import { controllerRevisions } from '../../../kube/resource.js';
import { isKubeError } from '../../../kube/error.js';
import type { Observed } from '../../../kube/store.js';
import type { Hand, Place } from '../hand.js';
import type { Revision, Template } from '../objects.js';
import { controllerReference } from '../owners.js';
import type { Resource } from '../../../kube/resource.js';
import { dataOf, isSameData } from './data.js';
import { revisionSuffix } from './hash.js';

export type SeenRevision = Observed<Revision>;

/** Who has revisions of its template. */
export interface Revised {
  readonly metadata: Readonly<Pick<ObjectMeta, 'name' | 'namespace' | 'uid'>> & {
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: { readonly template: unknown };
}

/** The longest name before the suffix. */
const LONGEST_PREFIX = 223;
const HASH_LABEL = 'controller.kubernetes.io/hash';

/** Oldest first: by number, and those of one number by age and name. */
export function inOrder<T extends SeenRevision>(revisions: readonly T[]): T[] {
  return [...revisions].sort((one, other) => {
    if (one.revision !== other.revision) return one.revision - other.revision;
    const [left, right] = [one.metadata, other.metadata];
    if (left.creationTimestamp !== right.creationTimestamp)
      return (left.creationTimestamp ?? '') < (right.creationTimestamp ?? '') ? -1 : 1;
    return left.name < right.name ? -1 : 1;
  });
}

export interface UpdateRevision {
  readonly revision: SeenRevision;
  /** `status.collisionCount`. */
  readonly collisions: number;
}

/**
 * The revision of a template: the newest, when it is of this template; an older one of it, which then becomes the newest; or a new one. `known`
 * in order.
 */
export async function updateRevision(
  hand: Hand,
  place: Place,
  owner: Revised,
  resource: Resource,
  known: readonly SeenRevision[],
  collisions: number,
): Promise<UpdateRevision> {
  const template = owner.spec.template as Template;
  const data = dataOf(template);
  const newest = known.at(-1);
  const equal = known.findLast((one) => isSameData(one.data, data));
  if (equal && newest && isSameData(equal.data, newest.data)) return { revision: newest, collisions };
  const number = (newest?.revision ?? 0) + 1;
  if (equal) {
    const renumbered = await hand.update(place, { ...(equal as Stored<Revision>), revision: number });
    return { revision: renumbered, collisions };
  }
  for (let taken = collisions; ; taken++) {
    const revision = newRevision(owner, resource, template, number, taken);
    try {
      return { revision: await hand.create(place, revision), collisions: taken };
    } catch (error) {
      if (!isKubeError(error, 'alreadyExists')) throw error;
      const { namespace = '', name = '' } = revision.metadata;
      const found = await hand.api.get<Revision>(controllerRevisions, { namespace, name });
      if (isSameData(found.data, data)) return { revision: found, collisions: taken };
    }
  }
}

function newRevision(
  { metadata, ...owner }: Revised,
  resource: Resource,
  template: Template,
  number: number,
  collisions: number,
): Revision {
  const data = dataOf(template);
  const suffix = revisionSuffix(data, collisions);
  const { name = '', namespace = '', annotations } = metadata;
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${name.slice(0, LONGEST_PREFIX)}-${suffix}`,
      namespace,
      labels: { ...template.metadata?.labels, [HASH_LABEL]: suffix },
      ...(annotations && { annotations: { ...annotations } }),
      ownerReferences: [controllerReference({ metadata, ...owner }, resource)],
    },
    data: data as NonNullable<Revision['data']>,
    revision: number,
  };
}

/** What goes: the oldest of those that nobody carries, down to the limit. `known` in order. */
export function surplus(known: readonly SeenRevision[], carried: ReadonlySet<string>, limit: number): SeenRevision[] {
  const history = known.filter(({ metadata }) => !carried.has(metadata.name));
  return limit < 0 ? [] : history.slice(0, Math.max(0, history.length - limit));
}
