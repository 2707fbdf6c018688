import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** A JSON Schema as it was written, with our annotations (src/api/schemas/common.yaml lists them). */
export interface Schema {
  $ref?: string;
  $schema?: string;
  title?: string;
  description?: string;
  type?: string | string[];
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  items?: Schema;
  required?: string[];
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  examples?: unknown[];
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  nullable?: boolean;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  not?: Schema;
  hint?: string;
  tsType?: string;
  definitions?: Record<string, Schema>;
  'x-gamezone-default'?: unknown;
  'x-gamezone-strict'?: Schema;
  'x-gamezone-type'?: string;
  'x-gamezone-secret'?: boolean;
  /** Set by `resolve`: the definition that this was. */
  'x-gamezone-definition'?: string;
  'x-kubernetes-int-or-string'?: boolean;
  'x-kubernetes-preserve-unknown-fields'?: boolean;
  'x-kubernetes-validations'?: unknown[];
}

/** `strict` is what we check, type and document; `wire` is what the API server is told. */
export type View = 'strict' | 'wire';

/** A definition and where it stands. */
export interface Definition {
  readonly name: string;
  readonly file: string;
  readonly schema: Schema;
}

const CHILDREN = ['items', 'additionalProperties', 'not', 'if', 'then', 'else', 'propertyNames', 'contains'] as const;
const CHILD_LISTS = ['anyOf', 'oneOf', 'allOf'] as const;
const CHILD_MAPS = ['properties', 'patternProperties', 'definitions'] as const;

/** The same schema with every direct subschema replaced. */
export function mapChildren(schema: Schema, change: (child: Schema) => Schema): Schema {
  const result = { ...schema } as Record<string, unknown>;
  for (const key of CHILDREN) if (isSchema(result[key])) result[key] = change(result[key]);
  for (const key of CHILD_LISTS) if (Array.isArray(result[key])) result[key] = (result[key] as Schema[]).map(change);
  for (const key of CHILD_MAPS) {
    if (!isSchema(result[key])) continue;
    const entries = Object.entries(result[key] as Record<string, Schema>);
    result[key] = Object.fromEntries(entries.map(([name, child]) => [name, change(child)]));
  }
  return result;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The schema files of one folder, read once. */
export class SchemaSet {
  private readonly files = new Map<string, Schema>();

  constructor(private readonly folder: string) {}

  file(name: string): Schema {
    let schema = this.files.get(name);
    if (!schema) {
      schema = parse(readFileSync(join(this.folder, name), 'utf8'), { merge: true }) as Schema;
      this.files.set(name, schema);
    }
    return schema;
  }

  /** What a `$ref` in `file` leads to; a definition that only refers to another one counts as that one. */
  target(ref: string, file: string): Definition {
    const [path, pointer = ''] = ref.split('#');
    const targetFile = path || file;
    const name = /^\/definitions\/([^/]+)$/.exec(pointer)?.[1];
    const schema = name && this.file(targetFile).definitions?.[name];
    if (!schema) throw new Error(`${file}: $ref ${ref} leads nowhere; write <file>.yaml#/definitions/<name>`);
    return schema.$ref ? this.target(schema.$ref, targetFile) : { name, file: targetFile, schema };
  }

  /** A view of a schema without `$ref`. What stands beside a `$ref` takes precedence over what it leads to. */
  resolve(schema: Schema, file: string, view: View): Schema {
    if (schema.$ref) {
      const { $ref, ...beside } = schema;
      const target = this.target($ref, file);
      const resolved = this.resolve(target.schema, target.file, view);
      return { ...resolved, 'x-gamezone-definition': target.name, ...this.resolve(beside, file, view) };
    }
    return mapChildren(inView(schema, view), (child) => this.resolve(child, file, view));
  }

  kind(kind: string, view: View): Schema {
    const { definitions: _, ...schema } = this.file(`${kind}.yaml`);
    return this.resolve(schema, `${kind}.yaml`, view);
  }

  /**
   * The strict view of a kind as one schema that refers only to its own definitions. Inside `anyOf` and its like nothing
   * refers anywhere: there a complaint must tell by its path which branch it comes from.
   */
  bundle(kind: string): Schema {
    const definitions: Record<string, Schema> = {};
    const files: Record<string, string> = {};
    const visit = (schema: Schema, file: string): Schema => {
      if (schema.$ref) {
        const { $ref, ...beside } = schema;
        const { name, file: from, schema: target } = this.target($ref, file);
        if ((files[name] ??= from) !== from)
          throw new Error(`${name} is defined in ${files[name]} and in ${from}: rename one`);
        if (!definitions[name]) {
          definitions[name] = {}; // keeps the order of first use
          definitions[name] = visit(target, from);
        }
        return { ...beside, $ref: `#/definitions/${name}` };
      }
      const strict = inView(schema, 'strict');
      if (JUNCTORS.some((key) => strict[key])) return this.resolve(strict, file, 'strict');
      return mapChildren(strict, (child) => visit(child, file));
    };
    const { definitions: _, ...root } = this.file(`${kind}.yaml`);
    const schema = visit(root, `${kind}.yaml`);
    return { ...schema, definitions };
  }
}

const JUNCTORS = ['anyOf', 'oneOf', 'allOf', 'not'] as const;

/** `x-gamezone-strict` merged in, or taken out. */
export function inView(schema: Schema, view: View): Schema {
  const { 'x-gamezone-strict': strict, ...tolerant } = schema;
  return view === 'strict' ? { ...tolerant, ...strict } : tolerant;
}

/** The first sentence of a description, on one line. */
export function firstSentence(description: string | undefined): string | undefined {
  const text = description?.replace(/\s+/g, ' ').trim();
  return (text && /^.*?[.!?](?= [A-Z`]|$)/.exec(text)?.[0].trim()) || text;
}
