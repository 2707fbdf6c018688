import { isRecord, type Json } from '../json.js';

/**
 * A set of places in an object, in steps such as `f:spec`, `k:{"name":"app"}` and `v:"one"`: a place may be in it without what is
 * below, and what is below without the place. Immutable. Written as `fieldsV1` of managedFields.
 */
export class FieldSet {
  static readonly empty = new FieldSet(false, new Map());
  static readonly place = new FieldSet(true, new Map());

  private constructor(
    /** Whether the place where this set hangs is in it. */
    readonly isMember: boolean,
    readonly below: ReadonlyMap<string, FieldSet>,
  ) {}

  static of(isMember: boolean, below: Iterable<readonly [string, FieldSet]>): FieldSet {
    const full = new Map([...below].filter(([, set]) => !set.isEmpty));
    if (full.size > 0) return new FieldSet(isMember, full);
    return isMember ? FieldSet.place : FieldSet.empty;
  }

  /** One place. */
  static at(steps: readonly string[]): FieldSet {
    const [step, ...rest] = steps;
    return step === undefined ? FieldSet.place : new FieldSet(false, new Map([[step, FieldSet.at(rest)]]));
  }

  /** Of `fieldsV1`; what is no such thing is empty. */
  static read(fields: unknown): FieldSet {
    return isRecord(fields) ? readBelow(fields, fields['.'] !== undefined) : FieldSet.empty;
  }

  get isEmpty(): boolean {
    return !this.isMember && this.below.size === 0;
  }

  /** The steps in alphabetical order, so that the same set is the same text. */
  write(): Json {
    const fields: Json = {};
    if (this.isMember && this.below.size > 0) fields['.'] = {};
    for (const step of [...this.below.keys()].sort()) fields[step] = this.below.get(step)!.write();
    return fields;
  }

  at(step: string): FieldSet {
    return this.below.get(step) ?? FieldSet.empty;
  }

  union(other: FieldSet): FieldSet {
    if (other.isEmpty) return this;
    if (this.isEmpty) return other;
    const below = new Map(this.below);
    for (const [step, set] of other.below) below.set(step, set.union(this.at(step)));
    return FieldSet.of(this.isMember || other.isMember, below);
  }

  intersection(other: FieldSet): FieldSet {
    const below = [...this.below].map(([step, set]) => [step, set.intersection(other.at(step))] as const);
    return FieldSet.of(this.isMember && other.isMember, below);
  }

  /** Without the places of the other; what is below them stays. */
  difference(other: FieldSet): FieldSet {
    if (other.isEmpty) return this;
    const below = [...this.below].map(([step, set]) => [step, set.difference(other.at(step))] as const);
    return FieldSet.of(this.isMember && !other.isMember, below);
  }

  /** Without the places of the other and all that is below them. */
  without(other: FieldSet): FieldSet {
    if (other.isMember) return FieldSet.empty;
    if (other.isEmpty) return this;
    return FieldSet.of(
      this.isMember,
      [...this.below].map(([step, set]) => [step, set.without(other.at(step))] as const),
    );
  }

  /** Every place in it, as steps. */
  *places(before: readonly string[] = []): Generator<readonly string[]> {
    if (this.isMember) yield before;
    for (const step of [...this.below.keys()].sort()) yield* this.below.get(step)!.places([...before, step]);
  }
}

function readBelow(fields: Json, isMember: boolean): FieldSet {
  const steps = Object.keys(fields).filter((step) => step !== '.');
  return FieldSet.of(
    isMember,
    steps.map((step) => {
      const inner = isRecord(fields[step]) ? fields[step] : {};
      return [step, readBelow(inner, inner['.'] !== undefined || Object.keys(inner).length === 0)] as const;
    }),
  );
}

/** A set that is being collected. */
export class FieldSetBuilder {
  private isMember = false;
  private readonly below = new Map<string, FieldSetBuilder>();

  add(place: readonly string[]): void {
    let here: FieldSetBuilder = this; // eslint-disable-line @typescript-eslint/no-this-alias
    for (const step of place) {
      const next: FieldSetBuilder = here.below.get(step) ?? new FieldSetBuilder();
      here.below.set(step, next);
      here = next;
    }
    here.isMember = true;
  }

  build(): FieldSet {
    return FieldSet.of(
      this.isMember,
      [...this.below].map(([step, builder]) => [step, builder.build()] as const),
    );
  }
}

/** `.spec.containers[name="app"].image`: a place as people read it. */
export function spelled(place: readonly string[]): string {
  return place
    .map((step) => {
      const name = step.slice(2);
      if (step.startsWith('f:')) return `.${name}`;
      if (step.startsWith('v:')) return `[=${name}]`;
      const keys = JSON.parse(name) as Json;
      return `[${Object.entries(keys)
        .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
        .join(',')}]`;
    })
    .join('');
}
