import generated from './facts.gen.json' with { type: 'json' };

export type ScalarShape =
  | { readonly kind: 'string'; readonly values?: readonly string[] }
  | {
      readonly kind:
        | 'int32'
        | 'int64'
        | 'number'
        | 'boolean'
        | 'int-or-string'
        | 'quantity'
        | 'byte'
        | 'time'
        | 'micro-time'
        | 'any';
    };

/** What a value may be. Objects are compiled when they are first met: a zone holds a dozen of the six hundred types. */
export type Shape =
  | ScalarShape
  | { readonly kind: 'list'; readonly of: Shape }
  | { readonly kind: 'map'; readonly of: Shape }
  | ObjectShape;

interface TypeFacts {
  readonly fields: Readonly<Record<string, string>>;
  readonly required?: readonly string[];
  readonly keys?: Readonly<Record<string, readonly string[]>>;
}

export class ObjectShape {
  readonly kind = 'object';
  private compiled: ReadonlyMap<string, Shape> | undefined;

  constructor(
    readonly typeName: string,
    private readonly facts: TypeFacts,
  ) {}

  /** `Container` for `io.k8s.api.core.v1.Container`. */
  get shortName(): string {
    return this.typeName.slice(this.typeName.lastIndexOf('.') + 1);
  }

  get fields(): ReadonlyMap<string, Shape> {
    this.compiled ??= new Map(Object.entries(this.facts.fields).map(([field, code]) => [field, shapeOf(code)]));
    return this.compiled;
  }

  /** The fields that tell the elements of a list apart, for lists that have such. */
  listKeys(field: string): readonly string[] | undefined {
    return this.facts.keys?.[field];
  }

  get required(): readonly string[] {
    return this.facts.required ?? [];
  }
}

export interface BuiltInKind {
  readonly shape: ObjectShape;
  readonly namespaced: boolean;
}

const types: Readonly<Record<string, TypeFacts>> = generated.types;
const kinds = generated.kinds as unknown as Readonly<
  Record<string, Readonly<Record<string, readonly [string, string]>>>
>;
const shapes = new Map<string, ObjectShape>();
const scalars = new Map<string, ScalarShape>();

/** The version whose schemas are checked against. */
export const kubernetesVersion: string = generated.kubernetes;

export function typeShape(typeName: string): ObjectShape | undefined {
  const known = shapes.get(typeName);
  if (known) return known;
  const facts = types[typeName];
  if (!facts) return undefined;
  const shape = new ObjectShape(typeName, facts);
  shapes.set(typeName, shape);
  return shape;
}

export function builtInKind(apiVersion: string, kind: string): BuiltInKind | undefined {
  const facts = kinds[apiVersion]?.[kind];
  const shape = facts && typeShape(facts[0]);
  return shape && { shape, namespaced: facts[1] === 'Namespaced' };
}

/** Every apiVersion that serves a kind of this name. */
export function versionsOf(kind: string): string[] {
  return Object.keys(kinds).filter((apiVersion) => kinds[apiVersion]?.[kind]);
}

export function builtInKinds(apiVersion: string): string[] {
  return Object.keys(kinds[apiVersion] ?? {});
}

export function builtInApiVersions(): string[] {
  return Object.keys(kinds);
}

/** Reads the notation of scripts/kubernetes-facts.ts: `[]` a list of, `{}` a map of, `string=A|B` one of. */
function shapeOf(code: string): Shape {
  if (code.startsWith('[]')) return { kind: 'list', of: shapeOf(code.slice(2)) };
  if (code.startsWith('{}')) return { kind: 'map', of: shapeOf(code.slice(2)) };
  const object = typeShape(code);
  if (object) return object;
  const known = scalars.get(code);
  if (known) return known;
  const scalar: ScalarShape = code.startsWith('string=')
    ? { kind: 'string', values: code.slice('string='.length).split('|') }
    : ({ kind: code } as ScalarShape);
  scalars.set(code, scalar);
  return scalar;
}
