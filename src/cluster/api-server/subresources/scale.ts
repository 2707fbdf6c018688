import { FieldSet } from '../apply/field-set.js';
import { ownedByScaling } from '../apply/ownership.js';
import type { Stored } from '../../../kube/objects.js';
import { typeShape } from '../../../kubernetes/facts.js';
import { noSuchSubresource, shown, type ServedResource } from '../catalog/served-resource.js';
import type { Core } from '../core.js';
import { at, isRecord, list, record, text, withAt, type Json } from '../json.js';
import { patched, type RawPatch } from '../patch/patched.js';
import { invalidField } from '../kinds/strategy.js';
import { badRequest, invalid } from '../refusal.js';
import { decode, DecodeError } from '../typing/decode.js';
import type { Caller } from '../writes/caller.js';
import type { Writer } from '../writes/writer.js';

const SCALE = typeShape('io.k8s.api.autoscaling.v1.Scale')!;

/** The number of replicas of an object as a `Scale`, whatever its kind calls it. */
export class Scales {
  constructor(
    private readonly core: Core,
    private readonly writer: Writer,
  ) {}

  get(resource: ServedResource, namespace: string, name: string): Stored {
    if (!resource.subresources.has('scale')) throw noSuchSubresource(resource, name);
    return scaleOf(resource, this.core.existing(resource, namespace, name));
  }

  replace(resource: ServedResource, namespace: string, name: string, body: unknown, caller: Caller): Stored {
    if (!isRecord(body)) throw badRequest('the body is no Scale');
    return this.set(resource, this.core.stored(resource, namespace, name), body, caller);
  }

  patch(resource: ServedResource, namespace: string, name: string, patch: RawPatch, caller: Caller): Stored {
    const stored = this.core.stored(resource, namespace, name);
    const scale = scaleOf(resource, shown(resource, stored)) as unknown as Json;
    return this.set(resource, stored, record(patched(SCALE, scale, patch)), caller);
  }

  private set(resource: ServedResource, stored: Stored, body: Json, caller: Caller): Stored {
    if (!resource.subresources.has('scale')) throw noSuchSubresource(resource, stored.metadata.name);
    const scale = readScale(body);
    const given = record(scale['spec'])['replicas'];
    const replicas = typeof given === 'number' ? given : 0;
    const { name } = stored.metadata;
    const own = text(record(scale['metadata'])['name']);
    if (own !== '' && own !== name)
      throw badRequest(`the name of the object (${own}) does not match the name on the URL (${name})`);
    if (replicas < 0)
      throw invalid(resource.custom ? resource : { group: 'autoscaling', kind: 'Scale' }, name, [
        invalidField('spec.replicas', replicas, 'must be greater than or equal to 0'),
      ]);
    const object = shown(resource, stored) as unknown as Json;
    const path = resource.custom?.scale?.specReplicasPath ?? ['spec', 'replicas'];
    const { resourceVersion } = record(scale['metadata']);
    const next = withAt(
      withAt(object, path, replicas),
      ['metadata', 'resourceVersion'],
      resourceVersion ?? stored.metadata.resourceVersion,
    );
    const place = FieldSet.at(path.map((step) => `f:${step}`));
    const write = this.writer.owning(resource, object, caller, 'scale');
    const owned = ownedByScaling(write, next, place, replicas);
    return scaleOf(
      resource,
      this.writer.change(resource, stored, owned, caller, { subresource: 'scale', isOwned: true }),
    );
  }
}

function readScale(body: Json): Json {
  try {
    return decode(SCALE, body).object;
  } catch (error) {
    if (error instanceof DecodeError) throw badRequest(`the body is no Scale: ${error.message}`);
    throw error;
  }
}

function scaleOf(resource: ServedResource, object: Stored): Stored {
  const content = object as unknown as Json;
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const paths = resource.custom?.scale;
  const number = (path: readonly string[]): number => {
    const value = at(content, ...path);
    return typeof value === 'number' ? value : 0;
  };
  const replicas = number(paths?.specReplicasPath ?? ['spec', 'replicas']);
  const selector = paths
    ? paths.labelSelectorPath && text(at(content, ...paths.labelSelectorPath))
    : selectorText(at(content, 'spec', 'selector'));
  return Object.freeze({
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: Object.freeze({ name, namespace, uid, resourceVersion, creationTimestamp }),
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: number(paths?.statusReplicasPath ?? ['status', 'replicas']), ...(selector && { selector }) },
  }) as unknown as Stored;
}

/** `app=game,tier in (a,b)` for a label selector. */
export function selectorText(selector: unknown): string {
  const { matchLabels, matchExpressions } = record(selector);
  const labels = Object.entries(record(matchLabels)).map(([key, value]) => `${key}=${text(value)}`);
  const expressions = list(matchExpressions).map((one) => {
    const { key, operator, values } = record(one);
    const all = list(values).map(text).sort().join(',');
    switch (operator) {
      case 'In':
        return `${text(key)} in (${all})`;
      case 'NotIn':
        return `${text(key)} notin (${all})`;
      case 'DoesNotExist':
        return `!${text(key)}`;
      default:
        return text(key);
    }
  });
  return [...labels, ...expressions].sort().join(',');
}
