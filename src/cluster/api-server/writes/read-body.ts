import { apiVersionOf } from '../../../kube/resource.js';
import type { ServedResource } from '../catalog/served-resource.js';
import { isRecord, record, text, withAt, type Json } from '../json.js';
import { badRequest, invalid } from '../refusal.js';
import { DecodeError } from '../typing/decode.js';
import type { Caller } from './caller.js';

/**
 * What a request says an object is, with defaults filled in. What a patch made of an object is refused in other words, which quote
 * the patch.
 *
 * @throws Refusal
 */
export function readBody(resource: ServedResource, body: unknown, caller: Caller, patch?: unknown): Json {
  const { kind } = resource;
  const apiVersion = apiVersionOf(resource);
  if (!isRecord(body)) throw badRequest(`the object provided is unrecognized (must be of type ${kind})`);
  const given = { apiVersion: text(body['apiVersion']), kind: text(body['kind']) };
  const named = { ...body, apiVersion: given.apiVersion || apiVersion, kind: given.kind || kind };
  if (named.apiVersion !== apiVersion || named.kind !== kind)
    throw badRequest(
      `${given.kind} in version ${JSON.stringify(given.apiVersion)} cannot be handled as a ${kind}: the API version in the data (${given.apiVersion}) does not match the expected API version (${apiVersion})`,
    );
  try {
    const { object, unknown } = resource.type.decode(named);
    if (unknown.length > 0) complain(unknown, caller);
    resource.type.fillIn(object);
    const { managedFields } = record(body['metadata']);
    // An empty list asks to forget all owners, as one empty entry does.
    if (Array.isArray(managedFields) && managedFields.length === 0)
      return withAt(object, ['metadata', 'managedFields'], [{}]);
    return object;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    if (patch === undefined) {
      const start = error instanceof UnknownFields ? '' : 'json: ';
      throw badRequest(
        `${kind} in version "${resource.version}" cannot be handled as a ${kind}: ${start}${error.message}`,
      );
    }
    const message = `Invalid value: ${JSON.stringify(JSON.stringify(patch))}: ${error.message}`;
    throw invalid({ group: '', kind: '' }, '', [{ reason: 'FieldValueInvalid', message, field: 'patch' }]);
  }
}

class UnknownFields extends DecodeError {}

function complain(fields: readonly string[], { fieldValidation, warn }: Caller): void {
  const told = fields.map((field) => `unknown field ${JSON.stringify(field)}`);
  if (fieldValidation === 'Strict') throw new UnknownFields(`strict decoding error: ${told.join(', ')}`);
  if (fieldValidation === 'Warn') for (const text of told) warn?.(text);
}
