/** What every Kubernetes object has, whatever its kind. Fields of a kind are typed where they are used. */
export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata: ObjectMeta;
}

export interface ObjectMeta {
  name?: string;
  generateName?: string;
  namespace?: string;
  uid?: string;
  /** Opaque: compare for equality only, except where {@link newerThan} says otherwise. */
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
  managedFields?: unknown[];
}

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** One page of a list. */
export interface ObjectList<T extends KubeObject = KubeObject> {
  readonly metadata: {
    readonly resourceVersion: string;
    readonly continue?: string;
    readonly remainingItemCount?: number;
  };
  readonly items: readonly T[];
}

/** Names one object of a resource. `namespace` is absent for what belongs to the whole cluster. */
export interface ObjectName {
  readonly namespace?: string;
  readonly name: string;
}

/** An object as the server returns it: all that identifies it is there. */
export type Stored<T extends KubeObject = KubeObject> = T & {
  metadata: ObjectMeta & { name: string; uid: string; resourceVersion: string };
};

/**
 * The key of an object inside its resource: `namespace/name`, or `name` for what belongs to the whole cluster. No part holds a
 * slash, so keys never collide.
 */
export function keyOf(of: KubeObject | ObjectName): string {
  const { namespace, name = '' } = 'metadata' in of ? of.metadata : of;
  return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;
}
