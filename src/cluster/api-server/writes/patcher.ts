import type { Stored } from '../../../kube/objects.js';
import { apiVersionOf } from '../../../kube/resource.js';
import { applied, Untyped } from '../apply/ownership.js';
import { shown, type ServedResource } from '../catalog/served-resource.js';
import { keyFor, type Core } from '../core.js';
import { copyOf, isRecord, list, record, text, withAt, type Json } from '../json.js';
import { patched, type RawPatch } from '../patch/patched.js';
import { badRequest, conflict, invalid, notFound, Refusal, unsupportedMediaType } from '../refusal.js';
import { DecodeError, UnreadableText } from '../typing/decode.js';
import type { Caller } from './caller.js';
import { readBody } from './read-body.js';
import type { Writer } from './writer.js';

export class Patcher {
  constructor(
    private readonly core: Core,
    private readonly writer: Writer,
  ) {}

  patch(
    resource: ServedResource,
    namespace: string,
    name: string,
    patch: RawPatch,
    caller: Caller,
    subresource = '',
  ): Stored {
    if (patch.type === 'apply') return this.apply(resource, namespace, name, patch, caller, subresource);
    if (patch.type === 'strategic' && !resource.type.shape) throw unsupportedMediaType(CUSTOM_PATCHES, false);
    const stored = this.core.collection(resource).get(keyFor(namespace, name));
    if (!stored) throw notFound(resource, name);
    const live = shown(resource, stored) as unknown as Json;
    const next = readBody(resource, patched(resource.type.shape, live, patch), caller, patch.body);
    checkName(next, namespace, name);
    return this.writer.change(resource, stored, this.writer.placed(resource, namespace, next), caller, { subresource });
  }

  private apply(
    resource: ServedResource,
    namespace: string,
    name: string,
    { body, force = false }: RawPatch,
    caller: Caller,
    subresource: string,
  ): Stored {
    if (caller.fieldManager === '')
      throw invalid({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', [
        { reason: 'FieldValueRequired', message: 'Required value: is required for apply patch', field: 'fieldManager' },
      ]);
    const stored = this.core.collection(resource).get(keyFor(namespace, name));
    if (!stored && subresource !== '') throw notFound(resource, name);
    const configuration = this.configuration(resource, namespace, name, body);
    const live = stored ? (shown(resource, stored) as unknown as Json) : this.writer.empty(resource);
    if (!stored) checkNew(resource, name, configuration);
    const write = this.writer.owning(resource, live, caller, subresource);
    const manager = { ...write.manager, operation: 'Apply' as const };
    const object = typed(resource, namespace, name, () => {
      const next = applied({ ...write, manager }, configuration, force);
      // Texts are read only now: whoever owns the field is heard before that.
      resource.type.decode(next);
      return readBody(resource, next, { ...caller, fieldValidation: 'Ignore' }, body);
    });
    const placed = this.writer.placed(resource, namespace, object);
    if (!stored)
      return this.writer.insert(resource, withAt(placed, ['metadata', 'resourceVersion'], undefined), caller, true);
    return this.writer.change(resource, stored, placed, caller, { subresource, isOwned: true });
  }

  /** What is applied, in the server's own form, without what it does not say. */
  private configuration(resource: ServedResource, namespace: string, name: string, body: unknown): Json {
    if (!isRecord(body)) throw badRequest('error decoding YAML: the body is no object');
    const metadata = record(body['metadata']);
    if (body['apiVersion'] !== apiVersionOf(resource) || body['kind'] !== resource.kind)
      throw badRequest(
        `Incorrect version specified in apply patch. Specified patch version: ${text(body['apiVersion'])}, expected: ${apiVersionOf(resource)}`,
      );
    if (list(metadata['managedFields']).length > 0) throw badRequest('metadata.managedFields must be nil');
    if (text(metadata['name']) !== '' && metadata['name'] !== name)
      throw badRequest(
        `the name of the object (${text(metadata['name'])}) does not match the name on the URL (${name})`,
      );
    const unknown = unknownIn(resource, namespace, name, body);
    // What no schema declares cannot be owned, whatever the request says of unknown fields.
    if (unknown.length > 0) throw untyped(resource, namespace, name, `.${unknown[0]!}: field not declared in schema`);
    const said = withoutNulls(body);
    const mistyped = resource.type.mistyped?.(said);
    if (mistyped !== undefined) throw untyped(resource, namespace, name, mistyped);
    return this.writer.placed(resource, namespace, { ...said, metadata: { ...record(said['metadata']), name } });
  }
}

const CUSTOM_PATCHES = ['application/json-patch+json', 'application/merge-patch+json', 'application/apply-patch+yaml'];

/** Fields that no schema declares. */
function unknownIn(resource: ServedResource, namespace: string, name: string, body: Json): readonly string[] {
  try {
    return resource.type.decode(body).unknown;
  } catch (error) {
    if (error instanceof UnreadableText) return error.unknown;
    if (!(error instanceof DecodeError)) throw error;
    throw untyped(resource, namespace, name, error.message);
  }
}

/** A patch does not make another object of one. */
function checkName(object: Json, namespace: string, name: string): void {
  const metadata = record(object['metadata']);
  const [own, place] = [text(metadata['name']), text(metadata['namespace'])];
  if (own === '')
    throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  if (own !== name) throw badRequest(`the name of the object (${own}) does not match the name on the URL (${name})`);
  if (namespace !== '' && place !== '' && place !== namespace)
    throw badRequest(`the namespace of the object (${place}) does not match the namespace on the URL (${namespace})`);
}

function checkNew(resource: ServedResource, name: string, configuration: Json): void {
  const { uid } = record(configuration['metadata']);
  if (text(uid) !== '') {
    const why = `uid mismatch: the provided object specified uid ${text(uid)}, and no existing object was found`;
    throw conflict(resource, name, why);
  }
}

function typed<T>(resource: ServedResource, namespace: string, name: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof Untyped || error instanceof UnreadableText)
      throw untyped(resource, namespace, name, error.message);
    throw error;
  }
}

function untyped(resource: ServedResource, namespace: string, name: string, why: string): Refusal {
  const { kind } = resource;
  const place = `${keyFor(namespace, name)}; ${apiVersionOf(resource)}, Kind=${kind}`;
  return new Refusal(500, '', `failed to create typed patch object (${place}): ${why}`);
}

/** A null says nothing in what is applied. */
function withoutNulls(value: Json): Json {
  const copy = copyOf(value);
  const clean = (one: unknown): void => {
    if (Array.isArray(one)) for (const element of one) clean(element);
    else if (isRecord(one))
      for (const name of Object.keys(one)) {
        if (one[name] === null) delete one[name];
        else clean(one[name]);
      }
  };
  clean(copy);
  return copy;
}
