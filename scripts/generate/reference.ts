import type { KindOnTheWire } from './kinds.js';
import { EDITOR_LINE } from './editor-schema.js';
import type { Schema } from './schema.js';

/** Sections of Kubernetes' own reference that are not repeated here. */
const ELSEWHERE = new Set(['ObjectMeta']);

/** The page of one kind: a table for each object, in the order in which the objects are met. */
export function referencePage(on: KindOnTheWire, bundle: Schema, banner: string): string {
  return new Page(bundle).text(on, banner);
}

interface Section {
  readonly name: string;
  readonly schema: Schema;
}

class Page {
  private readonly sections: Section[] = [];
  private readonly named = new Map<string, string>();

  constructor(private readonly root: Schema) {}

  text(on: KindOnTheWire, banner: string): string {
    this.section(on.kind, this.root);
    const blocks = [`<!-- ${banner} -->`, `# ${on.kind}`, paragraph(this.root.description), this.header(on)];
    // Writing a section finds further ones.
    for (let index = 0; index < this.sections.length; index++) {
      const { name, schema } = this.sections[index]!;
      if (index > 0) blocks.push(`## ${name}`, paragraph(schema.description));
      blocks.push(this.table(schema, name));
    }
    return `${blocks.filter(Boolean).join('\n\n')}\n`;
  }

  private header(on: KindOnTheWire): string {
    const version = `\`apiVersion: ${on.group}/${on.version}\``;
    if (on.kind !== 'GameZone') return `${version}, plural \`${on.plural}\`.`;
    return [
      `${version}; in a file any group serves. Completion and checks while you type, in editors with the YAML language server; \`gamezone init --yaml\` writes the schema there:`,
      '',
      '```yaml',
      EDITOR_LINE,
      '```',
    ].join('\n');
  }

  private table(schema: Schema, parent: string): string {
    const rows = Object.entries(schema.properties ?? {}).map(([name, property]) => {
      const node = this.followed(property);
      const isRequired = schema.required?.includes(name) ?? false;
      const cells = [
        `\`${name}\``,
        this.type(property, name, parent),
        isRequired ? 'required' : defaultOf(node),
        meaning(node),
      ];
      return `| ${cells.map(cell).join(' | ')} |`;
    });
    if (rows.length === 0) return '';
    return ['| field | type | default | meaning |', '|---|---|---|---|', ...rows].join('\n');
  }

  private type(property: Schema, field: string, parent: string): string {
    const node = this.followed(property);
    const name = nameOf(property) ?? node.title;
    if (name !== undefined && ELSEWHERE.has(name)) return name;
    if (node.const !== undefined) return `\`${String(node.const)}\``;
    if (node.enum) return node.enum.map((value) => `\`${String(value)}\``).join(', ');
    if (node['x-kubernetes-int-or-string']) return 'whole number or percent';
    if (node.anyOf) return [...new Set(node.anyOf.map((branch) => this.type(branch, field, parent)))].join(' or ');
    if (Array.isArray(node.type)) return node.type.join(' or ');
    if (node.items) return `list of ${this.type(node.items, field, parent)}`;
    const kubernetes = node['x-gamezone-type']?.split('.').pop();
    if (kubernetes && !node.properties) return kubernetes;
    if (node.properties) return this.section(name ?? field, node, parent);
    if (typeof node.additionalProperties === 'object')
      return `map of ${this.type(node.additionalProperties, field, parent)}`;
    return node.type === 'integer' ? 'whole number' : (node.type ?? 'any');
  }

  /** A link to the section of an object, which is written once. */
  private section(name: string, schema: Schema, parent?: string): string {
    const text = JSON.stringify({ ...schema, description: undefined });
    const taken = this.named.get(name);
    if (taken !== undefined && taken !== text) {
      if (parent === undefined) throw new Error(`two different objects are called ${name}: give one a title`);
      return this.section(`${parent} ${name}`, schema);
    }
    if (taken === undefined) {
      this.named.set(name, text);
      this.sections.push({ name, schema });
    }
    return `[${name}](#${name.toLowerCase().replaceAll(' ', '-')})`;
  }

  private followed(schema: Schema): Schema {
    if (schema.$ref === undefined) return schema;
    const { $ref, ...beside } = schema;
    return { ...this.followed(this.root.definitions![$ref.slice('#/definitions/'.length)]!), ...beside };
  }
}

function nameOf(schema: Schema): string | undefined {
  return schema.$ref?.slice('#/definitions/'.length) ?? schema['x-gamezone-definition'];
}

function defaultOf(node: Schema): string {
  const value = node.default ?? node['x-gamezone-default'];
  return value === undefined ? '' : `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function meaning({ description, hint, pattern, minimum, maximum }: Schema): string {
  const limit =
    maximum === undefined || maximum === 2147483647 ? undefined : `From ${minimum ?? 'any number'} to ${maximum}.`;
  const form = pattern !== undefined && hint !== undefined ? `Form: ${hint}.` : undefined;
  return [paragraph(description), limit, form].filter(Boolean).join(' ');
}

function paragraph(text: string | undefined): string {
  return text?.replace(/\s+/g, ' ').trim() ?? '';
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
