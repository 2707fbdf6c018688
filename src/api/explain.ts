import type { CompiledSchema, Complaint, SchemaNode } from './compiled-schema.js';
import type { Path, Problem } from './problem.js';
import { SchemaNodes } from './schema-nodes.js';
import { oneProblemPerUnion, type Finding } from './union.js';
import { unknownField, missingField, wrongValue } from './wording.js';

/** What a person should mend in `value` before it fits a schema. For those who import the validator of their kind themselves. */
export function checkWith(compiled: CompiledSchema, value: unknown): Problem[] {
  if (compiled.validate(value)) return [];
  return explain(compiled.schema, compiled.validate.errors ?? [], value);
}

/**
 * Complaints of ajv as problems that a person can act on: one for each place, the most specific. Time grows with the number
 * of complaints, not with their number squared.
 */
export function explain(schema: SchemaNode, complaints: readonly Complaint[], value: unknown): Problem[] {
  const nodes = new SchemaNodes(schema);
  const findings = oneProblemPerUnion(complaints.map((complaint) => finding(complaint, nodes)));
  const paths = new Paths(value);
  const meant = meantFields(findings, nodes);
  const said = new Map<string, Finding>();
  for (const one of findings) {
    const key = placeOf(one, meant);
    const before = key !== undefined && said.get(key);
    if (key !== undefined && (!before || rank(one) < rank(before))) said.set(key, one);
  }
  return [...said.values()].map((one) => {
    const { path, value: at } = paths.follow(one.instancePath);
    if (one.keyword === 'additionalProperties') {
      const name = one.params!.additionalProperty!;
      return { path: [...path, name], ...unknownField(name, one.node, nodes) };
    }
    if (one.keyword === 'required') return { path, ...missingField(one.params!.missingProperty!, one.node, nodes) };
    const name = one.params?.propertyName;
    return name === undefined
      ? { path, ...wrongValue(one, at, nodes) }
      : { path: [...path, name], ...wrongValue(one, name, nodes) };
  });
}

function finding(complaint: Complaint, nodes: SchemaNodes): Finding {
  const { instancePath, schemaPath, params } = complaint;
  const { keyword, node } = nodes.keyword(schemaPath);
  return { instancePath, schemaPath, ...(params && { params }), keyword, node };
}

/** For each place, the known fields that its unknown ones were probably meant to be. */
function meantFields(findings: readonly Finding[], nodes: SchemaNodes): Set<string> {
  const meant = new Set<string>();
  for (const { keyword, instancePath, params, node } of findings) {
    if (keyword !== 'additionalProperties') continue;
    const suggestion = nodes.meantField(params!.additionalProperty!, node);
    if (suggestion !== undefined) meant.add(`${instancePath}\n${suggestion}`);
  }
  return meant;
}

/** Findings of the same place tell of the same mistake. `undefined`: another finding already tells of this one. */
function placeOf({ keyword, instancePath, params }: Finding, meant: Set<string>): string | undefined {
  if (keyword === 'additionalProperties') return `${instancePath}\nkey ${params!.additionalProperty}`;
  if (keyword === 'propertyNames' || keyword === 'if') return undefined; // the complaint inside says more
  if (params?.propertyName !== undefined) return `${instancePath}\nkey ${params.propertyName}`;
  if (keyword !== 'required') return instancePath;
  // A misspelt required field is one mistake, not an unknown and a missing field.
  const name = params!.missingProperty!;
  return meant.has(`${instancePath}\n${name}`) ? undefined : `${instancePath}\nmissing ${name}`;
}

const RANKS = ['type', 'const', 'enum', 'anyOf', 'oneOf', 'pattern'];

function rank({ keyword }: Finding): number {
  const index = RANKS.indexOf(keyword);
  return index < 0 ? RANKS.length : index;
}

/** JSON pointers followed through the value, which alone knows whether `3` is an index or a key. */
class Paths {
  private readonly known = new Map<string, { path: Path; value: unknown }>();

  constructor(root: unknown) {
    this.known.set('', { path: [], value: root });
  }

  follow(pointer: string): { path: Path; value: unknown } {
    const before = this.known.get(pointer);
    if (before) return before;
    const end = pointer.lastIndexOf('/');
    const parent = this.follow(pointer.slice(0, end));
    const name = pointer
      .slice(end + 1)
      .replaceAll('~1', '/')
      .replaceAll('~0', '~');
    const segment = Array.isArray(parent.value) ? Number(name) : name;
    const value = (parent.value as Record<string | number, unknown> | undefined)?.[segment];
    const result = { path: [...parent.path, segment], value };
    this.known.set(pointer, result);
    return result;
  }
}
