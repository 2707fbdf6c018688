import type { Resource } from '../../../kube/resource.js';
import type { Stored } from '../../../kube/objects.js';
import type { Strategy } from '../kinds/strategy.js';
import type { Json } from '../json.js';
import { noSuchPath, notFound, type Refusal } from '../refusal.js';
import type { ObjectType } from '../typing/object-type.js';

/** A resource that the server serves, in one version. */
export interface ServedResource extends Resource {
  /** Where its objects are stored; versions of a resource share it. */
  readonly id: string;
  readonly singular: string;
  readonly listKind: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly string[];
  readonly subresources: ReadonlyMap<string, Subresource>;
  readonly type: ObjectType;
  readonly strategy: Strategy;
  /** Fields beside the usual that it can be selected by. */
  readonly selectable: readonly string[];
  /** Where its objects are stored in another form than this version's. */
  readonly conversion?: Conversion;
  /** Absent for Kubernetes' own. */
  readonly custom?: CustomResource;
}

export interface Subresource {
  readonly kind: string;
  readonly group: string;
  readonly version: string;
  readonly verbs: readonly string[];
}

export interface Conversion {
  fromStored(object: Stored): Stored;
  toStored(object: Json): Json;
}

/** What a CustomResourceDefinition says of a version beyond its schema. */
export interface CustomResource {
  readonly columns: readonly Json[];
  readonly scale?: {
    readonly specReplicasPath: readonly string[];
    readonly statusReplicasPath: readonly string[];
    readonly labelSelectorPath?: readonly string[];
  };
}

/** Of Kubernetes' own the path is none; of custom objects the server looks for the object first. */
export function noSuchSubresource(resource: ServedResource, name: string): Refusal {
  return resource.custom ? notFound(resource, name) : noSuchPath();
}

/** An object of a resource as this version shows it. */
export function shown(resource: ServedResource, object: Stored): Stored {
  return resource.conversion ? resource.conversion.fromStored(object) : object;
}
