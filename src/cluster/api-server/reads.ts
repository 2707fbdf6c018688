import type { ObjectList, Stored } from '../../kube/objects.js';
import { shown, type ServedResource } from './catalog/served-resource.js';
import type { Core } from './core.js';
import { record, type Json } from './json.js';
import { checkListOptions } from './list-options.js';
import { badRequest, expired, Refusal } from './refusal.js';
import { fieldSelector } from './selectors/field-selector.js';
import { labelSelector } from './selectors/label-selector.js';
import { firstFrom } from './storage/sorted-keys.js';

export interface Selected {
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

export interface ListRequest extends Selected {
  readonly limit?: number | undefined;
  readonly continue?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly resourceVersionMatch?: string | undefined;
  /** Of a watch only: first the objects that are there, and a bookmark that says so. */
  readonly sendInitialEvents?: boolean | undefined;
}

/** Whether an object, as it is stored, is one of those asked for. @throws Refusal 400 */
export function selection(resource: ServedResource, selected: Selected): (object: Stored) => boolean {
  const { namespace = '' } = selected;
  const hasSelector = Boolean(selected.labelSelector) || Boolean(selected.fieldSelector);
  if (!hasSelector) return namespace === '' ? () => true : ({ metadata }) => metadata.namespace === namespace;
  const byLabels = labelSelector(selected.labelSelector ?? '');
  const byFields = fieldSelector(selected.fieldSelector ?? '', resource, resource.selectable);
  return (object) =>
    (namespace === '' || object.metadata.namespace === namespace) &&
    byLabels(record(object.metadata.labels)) &&
    byFields(shown(resource, object) as unknown as Json);
}

/** The places of the keys of a namespace, or of all, that come after a page. */
function rangeOf(
  keys: readonly string[],
  { namespace = '' }: Selected,
  page: Token | undefined,
): readonly [start: number, end: number] {
  const [first, end] =
    namespace === ''
      ? [0, keys.length]
      : [firstFrom(keys, `${namespace}/`), firstFrom(keys, `${namespace}${AFTER_SLASH}`)];
  if (!page) return [first, end];
  const next = firstFrom(keys, page.start);
  return [Math.max(first, keys[next] === page.start ? next + 1 : next), end];
}

/** The character after the one that ends the namespace in a key. */
const AFTER_SLASH = '0';

/** One page of the objects, at the newest version or at the one that the first page was of. */
export function listObjects(core: Core, resource: ServedResource, request: ListRequest): ObjectList<Stored> {
  const collection = core.collection(resource);
  const { limit = 0, resourceVersionMatch, resourceVersion = '' } = request;
  checkListOptions(request);
  const isSelected = selection(resource, request);
  const page = request.continue ? readToken(request.continue) : undefined;
  if (page && resourceVersion !== '' && resourceVersion !== '0')
    throw badRequest('specifying resource version is not allowed when using continue');
  if (resourceVersion !== '') versionOf(resourceVersion, core.profile.badVersionCode);
  const exact = resourceVersionMatch === 'Exact' ? versionOf(request.resourceVersion ?? '') : undefined;
  const at = page?.revision ?? exact;
  if (at !== undefined && at < core.storage.compactedRevision)
    throw expired(
      page
        ? 'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.'
        : `The resourceVersion for the provided list is too old.`,
    );
  const revision = at ?? core.storage.revision;
  const objects = at === undefined || collection.isStillAt(at) ? undefined : collection.at(at);
  const keys = objects ? [...objects.keys()].sort() : collection.keys;
  const [start, end] = rangeOf(keys, request, page);
  const items: Stored[] = [];
  let index = start;
  for (; index < end && !(limit > 0 && items.length === limit); index++) {
    const key = keys[index]!;
    const object = objects ? objects.get(key)! : collection.get(key)!;
    if (isSelected(object)) items.push(shown(resource, object));
  }
  // Whether what comes is selected is found out when it is asked for.
  const rest = end - index;
  const metadata = {
    resourceVersion: String(revision),
    ...(rest > 0 && { continue: writeToken({ revision, start: keys[index - 1]! }), ...countOf(request, rest) }),
  };
  return { metadata, items };
}

/** Only where nothing is selected: the real one does not count otherwise. */
function countOf(request: ListRequest, rest: number): { readonly remainingItemCount?: number } {
  return request.labelSelector || request.fieldSelector ? {} : { remainingItemCount: rest };
}

interface Token {
  readonly revision: number;
  readonly start: string;
}

function writeToken({ revision, start }: Token): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start })).toString('base64url');
}

function readToken(token: string): Token {
  try {
    const read = record(JSON.parse(Buffer.from(token, 'base64url').toString()) as unknown);
    if (read['v'] === 'meta.k8s.io/v1' && typeof read['rv'] === 'number' && typeof read['start'] === 'string')
      return { revision: read['rv'], start: read['start'] };
  } catch {
    // Whatever it is, it is none of ours.
  }
  throw badRequest('continue key is not valid');
}

/** All that are selected, as they are now. */
export function allObjects(core: Core, resource: ServedResource, selected: Selected): readonly Stored[] {
  const { namespace, labelSelector, fieldSelector } = selected;
  return listObjects(core, resource, { namespace, labelSelector, fieldSelector }).items;
}

/** @param code of the refusal: a real server has another one for watches and gets @throws Refusal */
export function versionOf(text: string, code: 400 | 500 = 400): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const message = `resourceVersion: Invalid value: ${JSON.stringify(text)}: parsing ${JSON.stringify(text)}: invalid syntax`;
  throw new Refusal(code, code === 400 ? 'BadRequest' : '', message);
}
