import { isEqual, isRecord, list } from '../json.js';
import { FieldSetBuilder, type FieldSet } from './field-set.js';
import { stepTo, typeFor, type MergeType } from './merge-type.js';

export interface Comparison {
  readonly added: FieldSet;
  readonly removed: FieldSet;
  readonly modified: FieldSet;
}

/** Which places differ between two values. Source: Compare of structured-merge-diff. */
export function compare(type: MergeType, before: unknown, after: unknown): Comparison {
  const walk = new Walk();
  walk.compare(type, before, after, []);
  return { added: walk.added.build(), removed: walk.removed.build(), modified: walk.modified.build() };
}

class Walk {
  readonly added = new FieldSetBuilder();
  readonly removed = new FieldSetBuilder();
  readonly modified = new FieldSetBuilder();

  compare(type: MergeType, before: unknown, after: unknown, place: readonly string[]): void {
    if (before === after) return;
    const [old, now] = [typeFor(type, before), typeFor(type, after)];
    const given = before !== undefined && before !== null && after !== undefined && after !== null;
    if (old.kind !== now.kind && given) {
      this.compare(old, before, undefined, place);
      this.compare(now, undefined, after, place);
      return;
    }
    const of = after === undefined || after === null ? old : now;
    if (of.kind === 'fields' && !(isBare(before) && isBare(after))) this.fields(of, before, after, place);
    else if ((of.kind === 'set' || of.kind === 'keyed') && !(isBare(before) && isBare(after)))
      this.elements(of, before, after, place);
    else {
      this.leaf(before, after, place);
      return;
    }
    if (before === undefined) this.added.add(place);
    else if (after === undefined) this.removed.add(place);
  }

  private leaf(before: unknown, after: unknown, place: readonly string[]): void {
    if (before === undefined) this.added.add(place);
    else if (after === undefined) this.removed.add(place);
    else if (!isEqual(before, after)) this.modified.add(place);
  }

  private fields(
    type: MergeType & { kind: 'fields' },
    before: unknown,
    after: unknown,
    place: readonly string[],
  ): void {
    const [old, now] = [isRecord(before) ? before : {}, isRecord(after) ? after : {}];
    for (const name of new Set([...Object.keys(old), ...Object.keys(now)]))
      this.compare(type.field(name), old[name], now[name], [...place, `f:${name}`]);
  }

  private elements(
    type: MergeType & { kind: 'set' | 'keyed' },
    before: unknown,
    after: unknown,
    place: readonly string[],
  ): void {
    const [old, now] = [byStep(type, before), byStep(type, after)];
    for (const step of new Set([...old.keys(), ...now.keys()])) {
      const [olds, nows] = [old.get(step) ?? [], now.get(step) ?? []];
      const here = [...place, step];
      const one = (left: unknown, right: unknown): void =>
        this.compare(type.kind === 'keyed' ? type.element : { kind: 'leaf' }, left, right, here);
      if (olds.length <= 1 && nows.length <= 1) one(olds[0], nows[0]);
      else if (olds.length >= 2 && nows.length >= 2) {
        if (!isEqual(olds, nows)) this.modified.add(here);
      } else if (olds.length >= 2) {
        if (nows.length > 0) one(undefined, nows[0]);
        this.removed.add(here);
      } else {
        if (olds.length > 0) one(olds[0], undefined);
        this.added.add(here);
      }
    }
  }
}

/** Empty, null and absent maps and lists are told apart as plain values are. */
function isBare(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return Array.isArray(value) ? value.length === 0 : isRecord(value) && Object.keys(value).length === 0;
}

export function byStep(type: MergeType, value: unknown): Map<string, unknown[]> {
  const elements = new Map<string, unknown[]>();
  for (const element of list(value)) {
    const step = stepTo(type, element);
    const same = elements.get(step);
    if (same) same.push(element);
    else elements.set(step, [element]);
  }
  return elements;
}
