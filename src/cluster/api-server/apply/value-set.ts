import { isRecord, list } from '../json.js';
import { FieldSet } from './field-set.js';
import { stepTo, typeFor, type MergeType } from './merge-type.js';

/** The places that a value speaks of: what who applies it will own. Source: ToFieldSet of structured-merge-diff. */
export function fieldSetOf(type: MergeType, value: unknown): FieldSet {
  const of = typeFor(type, value);
  switch (of.kind) {
    case 'leaf':
    case 'unknown':
      return FieldSet.place;
    case 'fields':
      return FieldSet.of(
        false,
        Object.entries(isRecord(value) ? value : {}).map(([name, field]) => {
          const inner = fieldSetOf(of.field(name), field);
          const isBare = field === null || (isRecord(field) && Object.keys(field).length === 0);
          return [`f:${name}`, isBare || !of.isNamed(name) ? withPlace(inner) : inner] as const;
        }),
      );
    case 'set':
      return FieldSet.of(
        false,
        list(value).map((element) => [stepTo(of, element), FieldSet.place] as const),
      );
    case 'keyed': {
      const below = new Map<string, FieldSet>();
      for (const element of list(value)) {
        const step = stepTo(of, element);
        // Elements of one key have one owner.
        below.set(step, below.has(step) ? FieldSet.place : withPlace(fieldSetOf(of.element, element)));
      }
      return FieldSet.of(false, below);
    }
  }
}

function withPlace(set: FieldSet): FieldSet {
  return set.union(FieldSet.place);
}

/** The same set in which the declared fields on the way to a place are places too. */
export function withNamedFields(type: MergeType, set: FieldSet): FieldSet {
  const of = type.kind === 'unknown' ? undefined : type;
  return FieldSet.of(
    set.isMember,
    [...set.below].map(([step, below]) => {
      const name = step.slice(2);
      if (of?.kind === 'fields') {
        const inner = withNamedFields(of.field(name), below);
        return [step, of.isNamed(name) ? withPlace(inner) : inner] as const;
      }
      return [step, of?.kind === 'keyed' ? withNamedFields(of.element, below) : below] as const;
    }),
  );
}
