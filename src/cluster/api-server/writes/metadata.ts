import type { FieldCause } from '../../../kube/error.js';
import { isEqual, list, record, text, type Json } from '../json.js';
import { fieldIsImmutable, forbiddenField, invalidField } from '../kinds/strategy.js';

/** What only the server writes stays as it was. */
export function keptMetadata(next: Json, live: Json): Json {
  const [now, was] = [record(next['metadata']), record(live['metadata'])];
  const metadata: Json = { ...now };
  delete metadata['selfLink'];
  setOrRemove(metadata, 'generation', was['generation']);
  for (const name of ['uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'])
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

/** Two owners that control an object are one too many. */
export function checkOwners(object: Json): FieldCause[] {
  const owners = record(object['metadata'])['ownerReferences'];
  const controllers = list(owners)
    .map(record)
    .filter((owner) => owner['controller'] === true);
  if (controllers.length < 2) return [];
  const [first, second] = controllers.map((owner) => `${text(owner['kind'])}/${text(owner['name'])}`);
  const message = `Only one reference can have Controller set to true. Found "true" in references for ${first!} and ${second!}`;
  return [invalidField('metadata.ownerReferences', owners, message)];
}
