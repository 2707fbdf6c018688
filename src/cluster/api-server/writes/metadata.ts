import type { FieldCause } from '../../../kube/error.js';
import { isEqual, list, record, text, withAt, type Json } from '../json.js';
import { fieldIsImmutable, forbiddenField, invalidField } from '../kinds/strategy.js';

/** What only the server writes stays as it was. */
export function keptMetadata(next: Json, live: Json): Json {
  const [now, was] = [record(next['metadata']), record(live['metadata'])];
  const metadata: Json = { ...now };
  delete metadata['selfLink'];
  for (const name of ['generation', 'creationTimestamp']) setOrRemove(metadata, name, was[name]);
  for (const name of ['uid', 'deletionTimestamp', 'deletionGracePeriodSeconds'])
    if (metadata[name] === undefined || metadata[name] === null) setOrRemove(metadata, name, was[name]);
  return { ...next, metadata };
}

function setOrRemove(object: Json, name: string, value: unknown): void {
  if (value === undefined) delete object[name];
  else object[name] = value;
}

/** Source: ValidateObjectMetaAccessorUpdate of k8s.io/apimachinery. */
export function checkMetadataUpdate(next: Json, live: Json): FieldCause[] {
  const [now, was] = [record(next['metadata']), record(live['metadata'])];
  const causes = ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds']
    .filter((name) => !isEqual(now[name], was[name]))
    .map((name) => fieldIsImmutable(`metadata.${name}`, now[name]));
  return [...causes, ...checkFinalizers(now, was)];
}

function checkFinalizers(now: Json, was: Json): FieldCause[] {
  if (was['deletionTimestamp'] === undefined) return [];
  const known = new Set(list(was['finalizers']));
  const added = list(now['finalizers']).filter((finalizer) => !known.has(finalizer));
  if (added.length === 0) return [];
  const found = added.map((finalizer) => JSON.stringify(finalizer)).join(', ');
  const message = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${found}}`;
  return [forbiddenField('metadata.finalizers', message)];
}

/** What a user says of an object of which only the server knows. Source: WipeObjectMetaSystemFields. */
export function wipedMetadata(object: Json): Json {
  const { creationTimestamp: _, uid: __, deletionTimestamp: ___, ...rest } = record(object['metadata']);
  const { deletionGracePeriodSeconds: ____, selfLink: _____, ...metadata } = rest;
  return { ...object, metadata };
}

/** Without owners that are named twice in the same words. */
export function withoutDoubleOwners(object: Json): Json {
  const owners = list(record(object['metadata'])['ownerReferences']);
  const single = owners.filter((one, index) => owners.findIndex((other) => isEqual(one, other)) === index);
  return single.length === owners.length ? object : withAt(object, ['metadata', 'ownerReferences'], single);
}

/** An object is held back by the deletion of its dependents or by their release, not by both. */
export function checkGarbage(object: Json): FieldCause[] {
  const finalizers = list(record(object['metadata'])['finalizers']);
  if (!finalizers.includes('orphan') || !finalizers.includes('foregroundDeletion')) return [];
  const message = 'finalizer orphan and foregroundDeletion cannot be both set';
  return [invalidField('metadata.finalizers', finalizers, message)];
}

/** Owners say what they are; two that control an object are one too many. */
export function checkOwners(object: Json): FieldCause[] {
  const owners = record(object['metadata'])['ownerReferences'];
  const all = list(owners).map(record);
  const causes = all.flatMap(checkOwner);
  if (causes.length > 0) return causes;
  const controllers = all.filter((owner) => owner['controller'] === true);
  if (controllers.length < 2) return [];
  const [first, second] = controllers.map((owner) => `${text(owner['kind'])}/${text(owner['name'])}`);
  const message = `Only one reference can have Controller set to true. Found "true" in references for ${first!} and ${second!}`;
  return [invalidField('metadata.ownerReferences', owners, message)];
}

function checkOwner(owner: Json): FieldCause[] {
  const field = 'metadata.ownerReferences';
  const apiVersion = text(owner['apiVersion']);
  if (apiVersion.split('/').length > 2)
    return [invalidField(`${field}.apiVersion`, apiVersion, 'version must not be empty')];
  if (apiVersion !== 'v1' || owner['kind'] !== 'Event') return [];
  return [invalidField(field, owner, '/v1, Kind=Event is disallowed from being an owner')];
}
