import type { KubeObject } from '../../../src/kube/objects.js';
import type { Resource } from '../../../src/kube/resource.js';
import { parsePath, read, type Path } from './path.js';

/** A field of a kind by the name that scenarios use: a path, or what is worked out from the object and cannot be written. */
export type Field = string | ((object: KubeObject) => unknown);

export interface KindOptions {
  /** Singular and plural. */
  readonly names: readonly [string, string];
  readonly resource: Resource;
  /** The least that the server accepts, apart from apiVersion, kind and metadata. */
  readonly blank?: (name: string) => object;
  readonly fields?: Readonly<Record<string, Field>>;
  /** The fields that a log and a failure show. */
  readonly shown?: readonly string[];
  /** Every path is a field. @default only those below metadata, spec and status */
  readonly anyPath?: boolean;
}

const COMMON: Readonly<Record<string, Field>> = {
  name: 'metadata.name',
  uid: 'metadata.uid',
  resourceVersion: 'metadata.resourceVersion',
  generation: 'metadata.generation',
  finalizers: 'metadata.finalizers',
  /** The controller that owns it. */
  owner: ({ metadata }) => {
    const owner = metadata.ownerReferences?.find(({ controller }) => controller);
    return owner && `${owner.kind}/${owner.name}`;
  },
  deleting: ({ metadata }) => (metadata.deletionTimestamp === undefined ? undefined : true),
};

const PREFIXES: Readonly<Record<string, (rest: string) => string>> = {
  label: (key) => `metadata.labels[${key}]`,
  annotation: (key) => `metadata.annotations[${key}]`,
  condition: (type) => `status.conditions[type=${type}].status`,
};

/** What scenarios know of a kind of objects: how the least of them looks, and the short names of its fields. */
export class Kind {
  readonly names: readonly [string, string];
  readonly resource: Resource;
  private readonly fields: Readonly<Record<string, Field>>;

  constructor(private readonly options: KindOptions) {
    this.names = options.names;
    this.resource = options.resource;
    this.fields = { ...COMMON, ...options.fields };
  }

  /** Undefined where there is no such field. */
  field(name: string): Field | undefined {
    const known = this.fields[name];
    if (known !== undefined) return known;
    const [, prefix = '', rest = ''] = /^(\w+)\.(.+)$/.exec(name) ?? [];
    const path = PREFIXES[prefix]?.(rest);
    if (path !== undefined) return path;
    const isKnown = this.options.anyPath ?? /^(metadata|spec|status|data|endpoints)[.[]/.test(name);
    return isKnown && parsePath(name) ? name : undefined;
  }

  value(object: KubeObject, name: string): unknown {
    const field = this.field(name);
    if (field === undefined) throw new RangeError(`${this.names[0]} has no field "${name}"`);
    return typeof field === 'function' ? field(object) : read(object, parsePath(field)!);
  }

  /** Undefined where the field cannot be written. */
  pathOf(name: string): Path | undefined {
    const field = this.field(name);
    return typeof field === 'string' ? parsePath(field) : undefined;
  }

  blank(name: string): KubeObject & Record<string, unknown> {
    const { group, version, kind } = this.resource;
    const named = name.endsWith('*') ? { generateName: name.slice(0, -1) } : { name };
    return {
      apiVersion: group === '' ? version : `${group}/${version}`,
      kind,
      metadata: named,
      ...(structuredClone(this.options.blank?.(name.replace(/-?\*$/, ''))) ?? {}),
    };
  }

  /** One line. */
  summary(object: KubeObject, also: readonly string[] = []): string {
    const shown = ['uid', ...(this.options.shown ?? []), ...also, 'deleting'].filter(
      (name, index, all) => all.indexOf(name) === index && this.field(name) !== undefined,
    );
    const values = shown
      .map((name) => [name, this.value(object, name)] as const)
      .filter(([name, value]) => value !== undefined || also.includes(name))
      .map(([name, value]) => `${name}=${name === 'uid' ? String(value).slice(0, 8) : asText(value)}`);
    return [`${this.names[0]} ${object.metadata.name ?? ''}`, ...values].join('  ');
  }
}

/** As a scenario writes it. */
export function asText(value: unknown): string {
  if (value === undefined || value === null) return 'none';
  if (value === 2147483647) return 'closed';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
