import type { SchemaNode } from './compiled-schema.js';
import { SchemaNodes } from './schema-nodes.js';

/** A place in a schema, `[]` for each entry of a list and `*` for each value of a map: `spec.instances[].images.*`. */
export type FieldPath = string;

/**
 * Every field of a kind that holds a value of its own, in schema order. A field that may be a plain value or a mapping counts
 * itself and everything in the mapping. What only Kubernetes knows the inside of counts as one field.
 */
export function leafFields(schema: SchemaNode): FieldPath[] {
  return [...walk(schema)].filter(({ node }) => isLeaf(node)).map(({ path }) => path);
}

/** The parts of a kind that the schema of Kubernetes validates, with the name of the type there. */
export function kubernetesParts(schema: SchemaNode): { path: FieldPath; type: string }[] {
  return [...walk(schema)].flatMap(({ path, node }) => {
    const type = node['x-gamezone-type'];
    return type === undefined ? [] : [{ path, type }];
  });
}

interface Place {
  readonly path: FieldPath;
  readonly node: SchemaNode;
}

function* walk(schema: SchemaNode): Generator<Place> {
  const nodes = new SchemaNodes(schema);
  yield* below('', schema);

  function* below(path: FieldPath, unfollowed: SchemaNode): Generator<Place> {
    const node = nodes.followed(unfollowed);
    yield { path, node };
    for (const branch of branches(node)) if (branch.properties || branch.items) yield* children(path, branch);
    yield* children(path, node);
  }

  function* children(path: FieldPath, node: SchemaNode): Generator<Place> {
    for (const [name, child] of Object.entries(node.properties ?? {}))
      yield* below(path === '' ? name : `${path}.${name}`, child);
    if (node.items) yield* below(`${path}[]`, node.items);
    if (typeof node.additionalProperties === 'object') yield* below(`${path}.*`, node.additionalProperties);
  }
}

function isLeaf(node: SchemaNode): boolean {
  return !node.properties && !node.items && typeof node.additionalProperties !== 'object';
}

function branches(node: SchemaNode): readonly SchemaNode[] {
  return [...(node.anyOf ?? []), ...(node.oneOf ?? [])];
}
