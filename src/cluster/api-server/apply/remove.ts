import { isRecord, type Json } from '../json.js';
import type { FieldSet } from './field-set.js';
import { stepTo, typeFor, type MergeType } from './merge-type.js';

/** The value without the places of a set, and without all that is below them. undefined where nothing is left of a list or map. */
export function remove(type: MergeType, value: unknown, places: FieldSet): unknown {
  if (places.isEmpty) return value;
  const of = typeFor(type, value);
  if (of.kind === 'fields' && isRecord(value)) {
    const left: Json = {};
    for (const name in value) {
      const here = places.at(`f:${name}`);
      if (here.isMember) continue;
      const inner = remove(of.field(name), value[name], here);
      left[name] = inner === undefined ? null : inner;
    }
    return Object.keys(left).length > 0 ? left : undefined;
  }
  if ((of.kind === 'set' || of.kind === 'keyed') && Array.isArray(value)) {
    const left = value
      .filter((element) => !places.at(stepTo(of, element)).isMember)
      .map((element: unknown) =>
        of.kind === 'keyed' ? remove(of.element, element, places.at(stepTo(of, element))) : element,
      );
    return left.length > 0 ? left : undefined;
  }
  return of.kind === 'leaf' ? value : undefined;
}
