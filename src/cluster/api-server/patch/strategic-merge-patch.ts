import type { ObjectShape, Shape } from '../../../kubernetes/facts.js';
import { formOf } from '../../../kubernetes/forms.js';
import { copyOf, isEqual, isRecord, type Json } from '../json.js';
import { identityOf, indexOf, inOrder } from './element-order.js';
import { NotAPatch } from './json-patch.js';

const PATCH = '$patch';
const RETAIN = '$retainKeys';
const ORDER = '$setElementOrder/';
const DELETE = '$deleteFromPrimitiveList/';

/**
 * Kubernetes' own patch: maps merge, lists that have a merge key merge by it, directives delete and replace. The target is not
 * changed. Source: k8s.io/apimachinery/pkg/util/strategicpatch.
 *
 * @throws NotAPatch for directives that make no sense
 */
export function strategicMergePatch(shape: ObjectShape, target: Json, patch: unknown): Json {
  if (!isRecord(patch)) throw new NotAPatch('a strategic merge patch is an object');
  return mergeMaps(shape, target, patch);
}

function mergeMaps(shape: Shape | undefined, target: Json, patch: Json): Json {
  const directive = patch[PATCH];
  if (directive === 'replace') {
    const { [PATCH]: _, ...replacement } = patch;
    return copyOf(replacement);
  }
  if (directive === 'delete') return {};
  if (directive !== undefined && directive !== 'merge')
    throw new NotAPatch(`Unknown patch type found: ${JSON.stringify(directive)}`);

  const result = retained(target, patch);
  const ordered = new Set<string>();
  for (const name of Object.keys(patch).filter((key) => key.startsWith(ORDER))) {
    const field = name.slice(ORDER.length);
    ordered.add(field);
    setOrder(shape, result, patch, field, patch[name]);
  }
  for (const name in patch) {
    const value = patch[name];
    if (name === PATCH || name === RETAIN || name.startsWith(ORDER) || ordered.has(name) || value === undefined)
      continue;
    if (name.startsWith(DELETE)) deletePrimitives(result, name.slice(DELETE.length), value);
    else if (value === null) delete result[name];
    else result[name] = mergeField(shape, result[name], value, name);
  }
  return result;
}

function mergeField(shape: Shape | undefined, target: unknown, value: unknown, name: string): unknown {
  const of = fieldShape(shape, name);
  if (isRecord(target) && isRecord(value)) return mergeMaps(of, target, value);
  if (Array.isArray(target) && Array.isArray(value)) {
    const key = mergeKeyOf(shape, name);
    return key === undefined ? withoutDirectives(value) : mergeLists(elementShape(of), target, value, key);
  }
  return withoutDirectives(value);
}

function mergeLists(
  shape: Shape | undefined,
  target: readonly unknown[],
  patch: readonly unknown[],
  key: string,
): unknown[] {
  if (patch.some((element) => isRecord(element) && element[PATCH] === 'replace'))
    return withoutDirectives(
      patch.filter((element) => !(isRecord(element) && element[PATCH] !== undefined)),
    ) as unknown[];
  const additions: unknown[] = [];
  let merged = [...target];
  for (const element of patch) {
    if (isRecord(element) !== (key !== '')) throw new NotAPatch('list element types are not identical');
    const identity = identityOf(element, key);
    const isDeletion = isRecord(element) && element[PATCH] === 'delete';
    if (isRecord(element) && !isDeletion && element[PATCH] !== undefined && element[PATCH] !== 'merge')
      throw new NotAPatch(`Unknown patch type found: ${JSON.stringify(element[PATCH])}`);
    if (identity === undefined) throw new NotAPatch(`an element does not contain declared merge key: ${key}`);
    if (isDeletion) merged = merged.filter((one) => !isEqual(identityOf(one, key), identity));
    else additions.push(element);
  }
  for (const element of additions) {
    const index = indexOf(merged, identityOf(element, key), key);
    // As it was sent: what is no field of it is found out later.
    if (index < 0) merged.push(copyOf(element));
    else if (isRecord(element)) merged[index] = mergeMaps(shape, merged[index] as Json, element);
  }
  return inOrder(merged, additions, target, key);
}

/** `$setElementOrder/field`: what the whole list of who patches looks like; its elements come in this order. */
function setOrder(shape: Shape | undefined, result: Json, patch: Json, field: string, order: unknown): void {
  if (!Array.isArray(order)) throw new NotAPatch(`${ORDER}${field} is no list`);
  const key = mergeKeyOf(shape, field);
  if (key === undefined) throw new NotAPatch(`${ORDER}${field} is for lists that are merged`);
  const [before, changes] = [result[field], patch[field]];
  if (Array.isArray(changes)) {
    const named = (element: unknown): boolean =>
      (isRecord(element) && element[PATCH] !== undefined) || indexOf(order, identityOf(element, key), key) >= 0;
    if (!changes.every(named)) throw new NotAPatch(`${ORDER}${field} does not name all elements of the patch`);
  }
  if (changes === null) delete result[field];
  else if (before !== undefined || changes !== undefined) {
    const merged = changes === undefined ? before : mergeField(shape, before ?? [], changes, field);
    const old = Array.isArray(before) ? (before as unknown[]) : [];
    result[field] = Array.isArray(merged) ? inOrder(merged, order, old, key) : merged;
  }
}

/** `$retainKeys`: what else is there goes. */
function retained(target: Json, patch: Json): Json {
  const keys = patch[RETAIN];
  if (keys === undefined) return { ...target };
  if (!Array.isArray(keys)) throw new NotAPatch(`${RETAIN} is no list`);
  const missing = Object.keys(patch).find(
    (name) => !name.startsWith('$') && patch[name] !== null && !keys.includes(name),
  );
  if (missing !== undefined) throw new NotAPatch(`${RETAIN} does not name ${missing}, which the patch sets`);
  return Object.fromEntries(Object.entries(target).filter(([name]) => keys.includes(name)));
}

function deletePrimitives(result: Json, field: string, values: unknown): void {
  if (!Array.isArray(values)) throw new NotAPatch(`${DELETE}${field} is no list`);
  const before = result[field];
  if (Array.isArray(before))
    result[field] = before.filter((element) => !values.some((value) => isEqual(value, element)));
}

/** Of a value that meets nothing: directives and nulls say nothing about it. */
function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value))
    return value
      .filter((one) => !(isRecord(one) && (one[PATCH] === 'delete' || one[PATCH] === 'replace')))
      .map(withoutDirectives);
  if (!isRecord(value)) return value;
  const result: Json = {};
  for (const name in value)
    if (!name.startsWith('$') && value[name] !== null) result[name] = withoutDirectives(value[name]);
  return result;
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
