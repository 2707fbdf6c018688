import type { ObjectShape, Shape } from '../../../kubernetes/facts.js';
import { formOf } from '../../../kubernetes/forms.js';
import { copyOf, isEqual, isRecord, type Json } from '../json.js';
import { identityOf, indexOf, inOrder } from './element-order.js';
import { NotAPatch } from './json-patch.js';

const PATCH = '$patch';
const RETAIN = '$retainKeys';
const ORDER = '$setElementOrder/';
const DELETE = '$deleteFromPrimitiveList/';

/** A patch that is well-formed and cannot be laid over this object. */
export class Unpatchable extends Error {}

/**
 * Kubernetes' own patch: maps merge, lists that have a merge key merge by it, directives delete and replace. The target is not
 * changed. Source: k8s.io/apimachinery/pkg/util/strategicpatch.
 *
 * @throws NotAPatch for directives that are no such thing
 * @throws Unpatchable
 */
export function strategicMergePatch(shape: ObjectShape, target: Json, patch: unknown): Json {
  if (!isRecord(patch)) throw new NotAPatch('a strategic merge patch is an object');
  return mergeMaps(shape, target, patch);
}

function mergeMaps(shape: Shape | undefined, target: Json, patch: Json): Json {
  if (Object.hasOwn(patch, PATCH)) return directed(patch);
  const result = retained(target, patch);
  const ordered = new Set<string>();
  for (const name of Object.keys(patch).filter((key) => key.startsWith(ORDER))) {
    const field = name.slice(ORDER.length);
    ordered.add(field);
    setOrder(shape, result, patch, field, patch[name]);
  }
  for (const name in patch) {
    const value = patch[name];
    if (name === RETAIN || name.startsWith(ORDER) || ordered.has(name) || value === undefined) continue;
    if (name.startsWith(DELETE)) deletePrimitives(result, name.slice(DELETE.length), value);
    else if (value === null) delete result[name];
    else setOrDrop(result, name, mergeField(shape, result[name], value, name));
  }
  return result;
}

/** A map of which its patch says what becomes of it as a whole. */
function directed(patch: Json): Json {
  const { [PATCH]: directive, ...replacement } = patch;
  if (directive === 'replace') return copyOf(replacement);
  if (directive === 'delete') return {};
  throw unknownDirective(directive);
}

function unknownDirective(directive: unknown): Unpatchable {
  return new Unpatchable(`Unknown patch type found: ${JSON.stringify(directive)}`);
}

function mergeField(shape: Shape | undefined, target: unknown, value: unknown, name: string): unknown {
  const of = fieldShape(shape, name);
  if (isRecord(target) && isRecord(value)) return mergeMaps(of, target, value);
  if (Array.isArray(target) && Array.isArray(value)) {
    const key = mergeKeyOf(shape, name);
    // As it was sent: there nobody looks for directives.
    return key === undefined ? copyOf(value) : mergeLists(elementShape(of), target, value, key);
  }
  return alone(value);
}

function mergeLists(
  shape: Shape | undefined,
  target: readonly unknown[],
  patch: readonly unknown[],
  key: string,
): readonly unknown[] {
  if (target.length + patch.length === 0) return target;
  const areMaps = [...target, ...patch].map(isRecord);
  if (areMaps.includes(!areMaps[0]) || areMaps[0] !== (key !== ''))
    throw new Unpatchable('list element types are not identical');
  const { left, additions } = special(target, patch, key);
  const merged = [...left];
  for (const element of additions) {
    const index = indexOf(merged, keyed(element, key), key);
    // As it was sent: what is no field of it is found out later.
    if (index < 0) merged.push(copyOf(element));
    else if (isRecord(element)) merged[index] = mergeMaps(shape, merged[index] as Json, element);
  }
  return inOrder(merged, additions, left, key);
}

/** What is left of a list after the elements of a patch that are directives, and the elements that are none. */
function special(
  target: readonly unknown[],
  patch: readonly unknown[],
  key: string,
): { readonly left: readonly unknown[]; readonly additions: readonly unknown[] } {
  let left = target;
  let isReplaced = false;
  const additions: unknown[] = [];
  for (const element of patch) {
    if (!isRecord(element) || !Object.hasOwn(element, PATCH)) {
      additions.push(element);
      continue;
    }
    const directive = element[PATCH];
    if (directive === 'replace') isReplaced = true;
    else if (directive === 'merge') throw new Unpatchable('merging lists cannot yet be specified in the patch');
    else if (directive !== 'delete') throw unknownDirective(directive);
    else {
      const identity = keyed(element, key);
      left = left.filter((one) => !isEqual(identityOf(one, key), identity));
    }
  }
  return { left: isReplaced ? [] : left, additions };
}

/** @throws Unpatchable for an element without its key */
function keyed(element: unknown, key: string): unknown {
  const identity = identityOf(element, key);
  if (identity === undefined) throw new Unpatchable(`an element does not contain declared merge key: ${key}`);
  return identity;
}

/** `$setElementOrder/field`: what the whole list of who patches looks like; its elements come in this order. */
function setOrder(shape: Shape | undefined, result: Json, patch: Json, field: string, order: unknown): void {
  const [before, changes] = [result[field], patch[field]];
  for (const list of [order, before ?? [], Object.hasOwn(patch, field) ? changes : []])
    if (!Array.isArray(list)) throw new Unpatchable(`${ORDER}${field} is for lists`);
  const key = mergeKeyOf(shape, field) ?? '';
  checkOrder((changes ?? []) as readonly unknown[], order as readonly unknown[], field, key);
  if (before === undefined && changes === undefined) return;
  const old = (before ?? []) as readonly unknown[];
  const merged =
    changes === undefined ? old : before === undefined ? alone(changes) : mergeField(shape, before, changes, field);
  if (key !== '') for (const element of [...(merged as unknown[]), ...(order as unknown[])]) keyed(element, key);
  result[field] = inOrder(merged as readonly unknown[], order as readonly unknown[], old, key);
}

/** Who sets an order names in it what it changes, in that order. */
function checkOrder(changes: readonly unknown[], order: readonly unknown[], field: string, key: string): void {
  if (order.length === 0) return;
  const named = changes.filter((element) => !(isRecord(element) && Object.hasOwn(element, PATCH)));
  let next = 0;
  for (const one of order) if (next < named.length && isEqual(keyed(named[next], key), keyed(one, key))) next++;
  if (next < named.length)
    throw new Unpatchable(`The order in patch list doesn't match ${ORDER.slice(0, -1)} list of ${field}`);
}

/** `$retainKeys`: what else is there goes. */
function retained(target: Json, patch: Json): Json {
  const keys = patch[RETAIN];
  if (keys === undefined) return { ...target };
  if (!Array.isArray(keys)) throw new NotAPatch(`${RETAIN} is no list`);
  const isFree = (name: string): boolean => name === RETAIN || name.startsWith(ORDER) || name.startsWith(DELETE);
  const missing = Object.keys(patch).find((name) => !isFree(name) && patch[name] !== null && !keys.includes(name));
  if (missing !== undefined) throw new NotAPatch(`${RETAIN} does not name ${missing}, which the patch sets`);
  return Object.fromEntries(Object.entries(target).filter(([name]) => keys.includes(name)));
}

function deletePrimitives(result: Json, field: string, values: unknown): void {
  const before = result[field];
  if (!Array.isArray(before) || !Array.isArray(values)) return;
  result[field] = before.filter((element) => !values.some((value) => isEqual(value, element)));
}

/** A value that meets nothing: nulls in it say nothing, and what bears a directive is not there at all. */
function alone(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(alone).filter((element) => element !== undefined);
  if (!isRecord(value)) return value;
  if (Object.hasOwn(value, PATCH)) return undefined;
  const result: Json = {};
  for (const name in value) if (value[name] !== null) setOrDrop(result, name, alone(value[name]));
  return result;
}

function setOrDrop(object: Json, name: string, value: unknown): void {
  if (value === undefined) delete object[name];
  else object[name] = value;
}

function fieldShape(shape: Shape | undefined, name: string): Shape | undefined {
  if (shape?.kind === 'object') return shape.fields.get(name);
  return shape?.kind === 'map' ? shape.of : undefined;
}

function elementShape(shape: Shape | undefined): Shape | undefined {
  return shape?.kind === 'list' ? shape.of : undefined;
}

function mergeKeyOf(shape: Shape | undefined, field: string): string | undefined {
  return shape?.kind === 'object' ? formOf(shape.typeName).mergeKey(field) : undefined;
}
