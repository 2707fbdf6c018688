import type { FieldCause } from '../../../kube/error.js';
import type { Stored } from '../../../kube/objects.js';
import type { FieldSet } from '../apply/field-set.js';
import { FieldSet as Fields } from '../apply/field-set.js';
import { isEqual, record, withAt, type Json } from '../json.js';
import type { Profile } from '../profile.js';

/** What a write may draw on: everything that is not in the objects. */
export interface Surroundings {
  readonly profile: Profile;
  /** Wall time as objects write it: `2026-01-01T00:00:00Z`. */
  now(): string;
  /** So many lower-case letters and digits. */
  suffix(length: number): string;
  /** A free address for a Service. */
  clusterIp(): string;
}

/** What is particular to the objects of a kind, as Kubernetes' registries have it. */
export interface Strategy {
  /** A PUT may go without `metadata.resourceVersion`. @default true */
  readonly unconditionalUpdate?: boolean;
  /** A PUT creates what is not there. @default false */
  readonly createsOnUpdate?: boolean;
  /** What becomes of what it owns where a deletion does not say. @default Background */
  readonly propagation?: 'Orphan';
  /** Before it is stored first: what only the server writes. */
  create?(object: Json, around: Surroundings): Json;
  /** Before a change is stored. `subresource` is empty for the object itself. */
  update(next: Json, live: Json, subresource: string, around: Surroundings): Json;
  /** The object as its user could have written it, to be checked: without what the server adds and a user may not. */
  asked?(object: Json): Json;
  /** What may not be there from the beginning. */
  checkCreate?(object: Json): readonly FieldCause[];
  /** What may not change. */
  checkUpdate?(next: Json, live: Json, subresource: string, around: Surroundings): readonly FieldCause[];
  /** Whether a change counts as one of the object's generation; undefined where the kind has none. */
  readonly countsGeneration?: (next: Json, live: Json, profile: Profile) => boolean;
  /** What holds an object back that is deleted. */
  finalizers?(live: Stored): readonly string[];
  /** Seconds that are left to an object when it is deleted; absent where none are. */
  gracePeriod?(object: Json, asked: number | undefined): number;
  /** Fields that a write of this subresource resets, so that nobody owns them by it. */
  reset(subresource: string): FieldSet;
}

export const RESETS_STATUS = Fields.read({ 'f:status': {} });
export const RESETS_SPEC = Fields.read({ 'f:spec': {} });
export const RESETS_NOTHING = Fields.empty;

export const specChanged = (next: Json, live: Json): boolean => !isEqual(next['spec'], live['spec']);

/** Kinds of data without a status. */
export const plain: Strategy = { update: (next) => next, reset: () => RESETS_NOTHING };

/** Kinds whose status is a subresource: writes of the object leave it alone, and the other way round. */
export const withStatus: Strategy = {
  create: (object) => withAt(object, ['status'], {}),
  update: (next, live, subresource) => (subresource === 'status' ? statusOnly(next, live) : keepingStatus(next, live)),
  reset: (subresource) => (subresource === 'status' ? RESETS_SPEC : RESETS_STATUS),
};

/** The same, with generations of the spec. */
export const counted: Strategy = { ...withStatus, countsGeneration: specChanged };

export function keepingStatus(next: Json, live: Json): Json {
  return withAt(next, ['status'], live['status']);
}

export function statusOnly(next: Json, live: Json): Json {
  return withAt(next, ['spec'], live['spec']);
}

export function immutable(next: Json, live: Json, ...path: readonly string[]): FieldCause[] {
  const read = (object: Json): unknown => path.reduce<unknown>((here, step) => record(here)[step], object);
  return isEqual(read(next), read(live)) ? [] : [fieldIsImmutable(path.join('.'), read(next))];
}

export function fieldIsImmutable(field: string, value: unknown): FieldCause {
  const message = `Invalid value: ${JSON.stringify(value ?? null)}: field is immutable`;
  return { reason: 'FieldValueInvalid', message, field };
}

export function forbiddenField(field: string, message: string): FieldCause {
  return { reason: 'FieldValueForbidden', message: `Forbidden: ${message}`, field };
}

export function invalidField(field: string, value: unknown, message: string): FieldCause {
  return { reason: 'FieldValueInvalid', message: `Invalid value: ${JSON.stringify(value ?? null)}: ${message}`, field };
}
