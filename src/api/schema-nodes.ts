import type { SchemaNode } from './compiled-schema.js';
import { suggest } from './suggest.js';

/** Ten thousand different unknown keys in one place are no slips of the pen. */
const MOST_SUGGESTIONS = 200;

/** The nodes of one schema by their JSON pointer, and what must be asked of many of them again and again. */
export class SchemaNodes {
  private readonly byPointer = new Map<string, SchemaNode>();
  private readonly byKeyword = new Map<string, { keyword: string; node: SchemaNode }>();
  private readonly secrets = new Map<SchemaNode, boolean>();
  private readonly meant = new Map<SchemaNode, Map<string, string | undefined>>();

  constructor(private readonly root: SchemaNode) {}

  /** @param pointer such as `#/properties/spec`, as ajv writes it */
  at(pointer: string): SchemaNode {
    let node = this.byPointer.get(pointer);
    if (!node) {
      node = pointer
        .split('/')
        .slice(1)
        .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[unescape(name)], this.root) as
        SchemaNode | undefined;
      node = this.followed(node ?? {});
      this.byPointer.set(pointer, node);
    }
    return node;
  }

  /** The keyword that a complaint's schema path ends with, and the node that it stands in. */
  keyword(schemaPath: string): { readonly keyword: string; readonly node: SchemaNode } {
    let found = this.byKeyword.get(schemaPath);
    if (!found) {
      const end = schemaPath.lastIndexOf('/');
      found = { keyword: schemaPath.slice(end + 1), node: this.at(schemaPath.slice(0, end)) };
      this.byKeyword.set(schemaPath, found);
    }
    return found;
  }

  /** The node itself, or what it refers to; what stands beside `$ref` takes precedence. */
  followed(node: SchemaNode): SchemaNode {
    if (node.$ref === undefined) return node;
    const { $ref, ...beside } = node;
    return { ...this.at($ref), ...beside };
  }

  /** The known field that an unknown one was probably meant to be. People repeat a mistake thousands of times; we look once. */
  meantField(name: string, node: SchemaNode): string | undefined {
    let known = this.meant.get(node);
    if (!known) this.meant.set(node, (known = new Map<string, string | undefined>()));
    if (!known.has(name))
      known.set(name, known.size < MOST_SUGGESTIONS ? suggest(name, Object.keys(node.properties ?? {})) : undefined);
    return known.get(name);
  }

  /** Whether a value at this node may be, or hold, something that must not be printed. */
  mayHoldSecret(node: SchemaNode): boolean {
    const known = this.secrets.get(node);
    if (known !== undefined) return known;
    this.secrets.set(node, false); // a definition that contains itself
    const children = [
      ...Object.values(node.properties ?? {}),
      ...(typeof node.additionalProperties === 'object' ? [node.additionalProperties] : []),
      ...(node.items ? [node.items] : []),
      ...(node.anyOf ?? []),
      ...(node.oneOf ?? []),
      ...(node.allOf ?? []),
    ];
    const holds =
      node['x-gamezone-secret'] === true ||
      children.some((child) => this.mayHoldSecret(child)) ||
      (node.$ref !== undefined && this.mayHoldSecret(this.at(node.$ref)));
    this.secrets.set(node, holds);
    return holds;
  }
}

function unescape(segment: string): string {
  return decodeURIComponent(segment).replaceAll('~1', '/').replaceAll('~0', '~');
}
