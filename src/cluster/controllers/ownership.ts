import { keyOf, type KubeObject, type Stored } from '../../kube/objects.js';
import type { Resource } from '../../kube/resource.js';
import type { Observed, Store } from '../../kube/store.js';
import type { Hand, Place } from './hand.js';
import { controllerOf, controllerReference, isControlledBy, isGoing } from './owners.js';
import { selects, type LabelSelector } from './selector.js';

type Owner = KubeObject & { readonly spec: { readonly selector?: LabelSelector } };
type Indexed<T extends KubeObject> = Store<T, 'controller' | 'orphanage'>;

/** Adds the key of an owner for every event of what it owns, and, for orphans, of everybody who would take them. */
export function routeOwned<T extends KubeObject, O extends Owner>(
  owned: Store<T, 'controller' | 'orphanage'>,
  owners: Store<O, 'namespace'>,
  resource: Resource,
  add: (key: string) => void,
): void {
  const addOwner = (object: Observed): boolean => {
    const owner = controllerOf(object);
    if (owner === undefined) return false;
    if (owner.kind !== resource.kind) return true;
    const found = owners.byUid(owner.uid);
    if (found) add(keyOf(found as O));
    return true;
  };
  owned.subscribe((event) => {
    if (event.type !== 'added' && event.old !== event.object) addOwner(event.old);
    if (addOwner(event.object) || event.type === 'removed') return;
    const { namespace, labels } = event.object.metadata;
    for (const owner of owners.byIndex('namespace', namespace ?? ''))
      if (selects((owner as O).spec.selector, labels)) add(keyOf(owner as O));
  });
}

export interface Claiming<T extends KubeObject, O extends Owner> {
  readonly hand: Hand;
  readonly owner: Observed<O>;
  /** Of the owner. */
  readonly resource: Resource;
  readonly owned: Place & { readonly store: Indexed<T> };
  /** What belongs to it beside what the selector says. @default all */
  readonly fits?: (object: Observed<T>) => boolean;
  /** What is looked at; all else stays as it is, and is not among the answers. @default all */
  readonly isIn?: (object: Observed<T>) => boolean;
}

/**
 * All that is an owner's by now: what it owns, what it has just adopted, without what it has let go. Before it adopts anything it asks the
 * server whether it is still there itself. Source: ControllerRefManager of Kubernetes.
 */
export async function claimed<T extends KubeObject, O extends Owner>(of: Claiming<T, O>): Promise<Observed<T>[]> {
  const { owner, owned, fits = () => true, isIn = () => true } = of;
  const { uid, namespace } = owner.metadata as Stored['metadata'];
  const belongs = (object: Observed<T>): boolean =>
    selects((owner as O).spec.selector, object.metadata.labels) && fits(object);
  const mine: Observed<T>[] = [];
  let mayAdopt: boolean | undefined;
  const orphans = owned.store.byIndex('orphanage', namespace ?? '');
  for (const object of [...owned.store.byIndex('controller', uid), ...orphans].filter(isIn)) {
    const isOurs = isControlledBy(object, owner);
    if (isOurs && belongs(object)) mine.push(object);
    else if (isOurs) await release(of, object as Observed);
    else if (belongs(object) && !isGoing(object) && !isGoing(owner)) {
      mayAdopt ??= await isStillThere(of);
      if (mayAdopt && (await adopt(of, object as Observed))) mine.push(object);
    }
  }
  return mine;
}

async function isStillThere<T extends KubeObject, O extends Owner>({ hand, owner, resource }: Claiming<T, O>) {
  const { uid } = owner.metadata as Stored['metadata'];
  const { metadata } = await hand.api.get(resource, owner.metadata);
  return metadata.uid === uid && metadata.deletionTimestamp === undefined;
}

/** False where it went in the meantime. */
async function adopt<T extends KubeObject, O extends Owner>(
  { hand, owner, resource, owned }: Claiming<T, O>,
  object: Observed,
): Promise<boolean> {
  const ownerReferences = [controllerReference(owner, resource)];
  const body = { metadata: { uid: object.metadata.uid, ownerReferences } };
  return hand.patchIfThere(owned, object, { type: 'strategic', body });
}

async function release<T extends KubeObject, O extends Owner>(
  { hand, owner, owned }: Claiming<T, O>,
  object: Observed,
): Promise<void> {
  if (isGoing(owner)) return;
  const ownerReferences = [{ $patch: 'delete', uid: owner.metadata.uid }];
  const body = { metadata: { uid: object.metadata.uid, ownerReferences } };
  await hand.patchIfThere(owned, object, { type: 'strategic', body });
}
