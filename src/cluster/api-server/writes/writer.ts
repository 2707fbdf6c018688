import type { Stored } from '../../../kube/objects.js';
import { apiVersionOf } from '../../../kube/resource.js';
import { Admission } from '../admission/admission.js';
import { ownedByUpdate, untimed, type OwnedWrite } from '../apply/ownership.js';
import { shown, type ServedResource } from '../catalog/served-resource.js';
import { keyFor, type Core } from '../core.js';
import { copyOf, frozen, isEqual, list, record, text, withAt, type Json } from '../json.js';
import { alreadyExists, badRequest, conflict, invalid, MODIFIED, notFound, Refusal } from '../refusal.js';
import type { Caller } from './caller.js';
import {
  checkGarbage,
  checkMetadataUpdate,
  checkOwners,
  keptMetadata,
  wipedMetadata,
  withoutDoubleOwners,
} from './metadata.js';
import { readBody } from './read-body.js';

const NAME_ATTEMPTS = 8;
/** Letters of a name that the server makes. */
const SUFFIX = 5;
const LONGEST_PREFIX = 63 - SUFFIX;

/** Creates and changes objects, as the registries of Kubernetes do. Every method answers with the object as this version shows it. */
export class Writer {
  private readonly admission: Admission;

  constructor(
    private readonly core: Core,
    options: { readonly serviceAccounts: boolean },
  ) {
    this.admission = new Admission(core, options);
  }

  create(resource: ServedResource, namespace: string, body: unknown, caller: Caller): Stored {
    const object = readBody(resource, body, caller);
    return this.insert(resource, this.placed(resource, namespace, object), caller);
  }

  /** Stores an object that is read already; an applied one knows its owners. */
  insert(resource: ServedResource, given: Json, caller: Caller, isOwned = false): Stored {
    const { core } = this;
    if (text(record(given['metadata'])['resourceVersion']) !== '')
      throw new Refusal(500, '', 'resourceVersion should not be set on objects to be created');
    const named = this.named(resource, withoutDoubleOwners(isOwned ? given : wipedMetadata(given)));
    const namespace = text(record(named['metadata'])['namespace']);
    this.admission.namespace(resource, namespace, text(record(named['metadata'])['name']));
    const owned = isOwned ? named : ownedByUpdate(this.owning(resource, this.empty(resource), caller, ''), named);
    const admitted = this.admission.create(resource, owned);
    const prepared = this.prepared(resource, admitted);
    const { name } = prepared.metadata;
    this.check(resource, prepared as unknown as Json, undefined, '');
    const known = core.collection(resource).get(keyFor(namespace, name));
    if (known) throw alreadyExists(resource, name, known.metadata.deletionTimestamp !== undefined);
    return this.store(resource, prepared, caller);
  }

  /** A PUT: the whole object. */
  replace(
    resource: ServedResource,
    namespace: string,
    name: string,
    body: unknown,
    caller: Caller,
    subresource = '',
  ): Stored {
    const object = this.placed(resource, namespace, readBody(resource, body, caller));
    const own = text(record(object['metadata'])['name']);
    if (own === '') throw badRequest('name must be provided');
    if (own !== name) throw badRequest(`the name of the object (${own}) does not match the name on the URL (${name})`);
    const live = this.core.collection(resource).get(keyFor(namespace, name));
    if (!live) {
      if (resource.strategy.createsOnUpdate !== true || subresource !== '') throw notFound(resource, name);
      return this.insert(resource, withAt(object, ['metadata', 'resourceVersion'], undefined), caller);
    }
    const { uid } = record(object['metadata']);
    if (text(uid) !== '' && uid !== live.metadata.uid) {
      const why = `Precondition failed: UID in precondition: ${text(uid)}, UID in object meta: ${live.metadata.uid}`;
      throw conflict(resource, name, why);
    }
    return this.change(resource, live, object, caller, { subresource });
  }

  /** Stores the next state of an object, unless nothing has changed. */
  change(
    resource: ServedResource,
    stored: Stored,
    given: Json,
    caller: Caller,
    { subresource = '', isOwned = false }: { readonly subresource?: string; readonly isOwned?: boolean } = {},
  ): Stored {
    const { core } = this;
    const { strategy } = resource;
    const current = shown(resource, stored);
    const live = current as unknown as Json;
    const { name } = stored.metadata;
    const { resourceVersion } = record(given['metadata']);
    if (text(resourceVersion) !== '' && !/^\d+$/.test(text(resourceVersion)))
      throw new Refusal(500, '', `parsing ${JSON.stringify(resourceVersion)}: invalid syntax`);
    const single = withoutDoubleOwners(given);
    const owned = isOwned
      ? single
      : isUntypedBeside(resource, single, live, subresource)
        ? withAt(single, ['metadata', 'managedFields'], undefined)
        : ownedByUpdate(this.owning(resource, live, caller, subresource), single);
    if (text(resourceVersion) === '' && strategy.unconditionalUpdate === false)
      throw invalid({ ...resource, kind: resource.plural }, name, [
        {
          reason: 'FieldValueInvalid',
          message: 'Invalid value: 0: must be specified for an update',
          field: 'metadata.resourceVersion',
        },
      ]);
    if (text(resourceVersion) !== '' && resourceVersion !== stored.metadata.resourceVersion)
      throw conflict(resource, name, MODIFIED);
    const kept = keptMetadata(this.admission.update(resource, owned, subresource), live);
    const updated = strategy.update(kept, live, subresource, core);
    const generation = stored.metadata.generation;
    const grows = subresource !== 'status' && strategy.countsGeneration?.(updated, live, core.profile) === true;
    const next = withAt(
      withAt(updated, ['metadata', 'resourceVersion'], stored.metadata.resourceVersion),
      ['metadata', 'generation'],
      grows ? (generation ?? 0) + 1 : generation,
    );
    this.check(resource, next, live, subresource);
    if (isEqual(untimed(next), untimed(live))) return current;
    if (isGone(resource, next, stored)) {
      this.remove(resource, stored, caller);
      return frozen(next as unknown as Stored);
    }
    return this.store(resource, next as unknown as Stored, caller);
  }

  /** Takes an object out of the store; as it was last. */
  remove(resource: ServedResource, { metadata }: Stored, { dryRun }: { readonly dryRun: boolean }): Stored {
    const key = keyFor(metadata.namespace ?? '', metadata.name);
    const collection = this.core.collection(resource);
    const known = collection.get(key);
    if (!known) throw notFound(resource, metadata.name);
    return shown(resource, dryRun ? known : (this.core.storage.remove(collection, key) ?? known));
  }

  /** The empty object that the first owner's fields are held against. */
  empty(resource: ServedResource): Json {
    const named = { apiVersion: apiVersionOf(resource), kind: resource.kind };
    return resource.custom ? named : resource.type.decode(named).object;
  }

  owning(resource: ServedResource, live: Json, caller: Caller, subresource: string): OwnedWrite {
    const manager = {
      name: caller.fieldManager || 'unknown',
      operation: 'Update' as const,
      apiVersion: apiVersionOf(resource),
      subresource,
    };
    const reset = resource.strategy.reset(subresource);
    const { mergeType: type } = resource.type;
    return { type, live, empty: this.empty(resource), manager, reset, now: this.core.now() };
  }

  /** In the namespace of the request. */
  placed(resource: ServedResource, namespace: string, object: Json): Json {
    const own = text(record(object['metadata'])['namespace']);
    if (!resource.namespaced) return own === '' ? object : withAt(object, ['metadata', 'namespace'], undefined);
    if (own !== '' && own !== namespace)
      throw badRequest(`the namespace of the provided object does not match the namespace sent on the request`);
    return withAt(object, ['metadata', 'namespace'], namespace);
  }

  private named(resource: ServedResource, object: Json): Json {
    const metadata = record(object['metadata']);
    const prefix = text(metadata['generateName']);
    if (text(metadata['name']) !== '') return object;
    if (prefix === '')
      throw invalid(resource, '', [
        {
          reason: 'FieldValueRequired',
          message: 'Required value: name or generateName is required',
          field: 'metadata.name',
        },
      ]);
    const collection = this.core.collection(resource);
    // What a kind's defaults share within an object is not shared in a copy.
    const own = this.core.profile.retriesNames ? copyOf(object) : object;
    for (let attempt = 0; attempt < NAME_ATTEMPTS; attempt++) {
      const name = prefix.slice(0, LONGEST_PREFIX) + this.core.suffix(SUFFIX);
      if (!collection.get(keyFor(text(metadata['namespace']), name))) return withAt(own, ['metadata', 'name'], name);
    }
    throw new Refusal(409, 'AlreadyExists', `no free name for ${prefix}`);
  }

  /** What only the server writes, and no status. */
  private prepared(resource: ServedResource, object: Json): Stored {
    const { core } = this;
    const { strategy } = resource;
    const metadata: Json = { ...record(object['metadata']), uid: core.uid(), creationTimestamp: core.now() };
    for (const name of ['deletionTimestamp', 'deletionGracePeriodSeconds', 'selfLink', 'resourceVersion'])
      delete metadata[name];
    if (hasGeneration(resource, core)) metadata['generation'] = 1;
    const prepared = strategy.create?.({ ...object, metadata }, core) ?? { ...object, metadata };
    // What a strategy has put there is written as all else.
    return (resource.custom ? prepared : resource.type.decode(prepared).object) as unknown as Stored;
  }

  private check(resource: ServedResource, object: Json, before: Json | undefined, subresource: string): void {
    const causes = [...checkOwners(object), ...checkGarbage(object)];
    if (!before) causes.push(...(resource.strategy.checkCreate?.(object) ?? []));
    else {
      causes.push(...checkMetadataUpdate(object, before));
      causes.push(...(resource.strategy.checkUpdate?.(object, before, subresource, this.core) ?? []));
    }
    if (causes.length === 0 && !isSameContent(object, before)) {
      const found = resource.type.check(resource.strategy.asked?.(object) ?? object, before);
      // Controllers are trusted with the statuses of Kubernetes' own kinds.
      const isTrusted = subresource === 'status' && !resource.custom;
      causes.push(...found.filter(({ field = '' }) => !isTrusted || field.startsWith('metadata')));
    }
    if (causes.length === 0) return;
    // A kind is called by the group in which it is stored.
    const group = resource.id.slice(0, resource.id.indexOf('/'));
    throw invalid({ ...resource, group }, text(record(object['metadata'])['name']), causes);
  }

  private store(resource: ServedResource, object: Stored, { dryRun }: Caller): Stored {
    const { storage } = this.core;
    if (dryRun) return frozen(object);
    const form = resource.conversion ? resource.conversion.toStored(object as unknown as Json) : object;
    return shown(resource, storage.put(this.core.collection(resource), form as unknown as Stored));
  }
}

/**
 * Whether a write of a subresource says something of the rest that is of no declared type. Nobody reads it, yet it costs all owners
 * their fields.
 */
function isUntypedBeside(resource: ServedResource, next: Json, live: Json, subresource: string): boolean {
  if (subresource === '' || !resource.type.mistyped || isEqual(next['spec'], live['spec'])) return false;
  return resource.type.mistyped(next) !== undefined;
}

function hasGeneration(resource: ServedResource, { profile }: Core): boolean {
  if (resource.strategy.countsGeneration === undefined) return false;
  return resource.id !== '/pods' || profile.podGeneration;
}

/** What has been found right once is not looked at again. */
function isSameContent(object: Json, before: Json | undefined): boolean {
  if (before === undefined) return false;
  return Object.keys(object).every((name) =>
    name === 'metadata'
      ? isEqual(checkedMetadata(object), checkedMetadata(before))
      : name === 'status' && before['spec'] !== undefined
        ? object[name] === before[name]
        : isEqual(object[name], before[name]),
  );
}

function checkedMetadata(object: Json): Json {
  const { labels, annotations, finalizers, ownerReferences } = record(object['metadata']);
  return { labels, annotations, finalizers, ownerReferences };
}

/** The last finalizer of a deleted object is gone, and so is its time. */
function isGone(resource: ServedResource, next: Json, live: Stored): boolean {
  const metadata = record(next['metadata']);
  if (live.metadata.deletionTimestamp === undefined || list(metadata['finalizers']).length > 0) return false;
  if (resource.id === '/namespaces') return list(record(next['spec'])['finalizers']).length === 0;
  return (live.metadata.deletionGracePeriodSeconds ?? 0) === 0;
}
