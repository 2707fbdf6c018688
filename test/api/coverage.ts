import type { Kind } from '../../src/api/check.js';
import { leafFields, type FieldPath } from '../../src/api/fields.js';
import type { SchemaNode } from '../../src/api/compiled-schema.js';
import { isUnsupported, UNSUPPORTED, type Unsupported } from '../../src/api/unsupported.js';

/**
 * Fields of a kind of which nobody can say what they do: neither does a test show their effect, nor does a row say that they
 * have none. `tested` holds the fields that an effect test has run through.
 */
export function uncovered(
  kind: Kind,
  schema: SchemaNode,
  tested: ReadonlySet<FieldPath>,
  rows: readonly Unsupported[] = UNSUPPORTED,
): FieldPath[] {
  return leafFields(schema).filter(
    (field) => !IDENTITY.has(field) && !tested.has(field) && !isUnsupported(kind, field, rows),
  );
}

/** What makes an object that object, whatever it does. */
const IDENTITY = new Set<FieldPath>(['apiVersion', 'kind', 'metadata.name']);
