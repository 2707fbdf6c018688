import type { SchemaNode } from './compiled-schema.js';
import type { Problem } from './problem.js';
import type { SchemaNodes } from './schema-nodes.js';
import { suggest } from './suggest.js';
import { alternatives, described, expected, quoted } from './words.js';
import type { Finding } from './union.js';

type Said = Omit<Problem, 'path'>;

const MOST_FIELDS = 8;
const INT32 = 2147483647;

/** A field that the schema does not know. Its value is never said: who misspells `pwd` has written a password. */
export function unknownField(name: string, node: SchemaNode, nodes: SchemaNodes): Said {
  const message = `unknown field \`${name}\``;
  const misplaced = node['x-gamezone-misplaced']?.[name];
  if (misplaced !== undefined) return { message, hint: misplaced };
  const meant = nodes.meantField(name, node);
  if (meant !== undefined) return { message, hint: `did you mean \`${meant}\`?`, meant };
  const known = Object.keys(node.properties ?? {});
  if (known.length === 0) return { message, hint: 'no field may stand here' };
  return { message, hint: `known fields here: ${someOf(known)}` };
}

function someOf(fields: readonly string[]): string {
  const more = fields.length > MOST_FIELDS ? ` and ${fields.length - MOST_FIELDS} more` : '';
  return `${fields.slice(0, MOST_FIELDS).join(', ')}${more}`;
}

/** A required field that is not there. */
export function missingField(name: string, parent: SchemaNode, nodes: SchemaNodes): Said {
  const message = `\`${name}\` is missing`;
  const node = nodes.followed(parent.properties?.[name] ?? {});
  const only = node.const ?? (node.enum?.length === 1 ? node.enum[0] : undefined);
  if (only !== undefined) return { message, hint: `add \`${name}: ${String(only)}\`` };
  const hint = node.hint ?? node.about?.replace(/\.$/, '');
  return hint === undefined
    ? { message }
    : { message, hint: `add it: ${hint.replace(/^[A-Z](?=[a-z]*\b)/, (letter) => letter.toLowerCase())}` };
}

/** A value (or, for `propertyNames`, a key) that is not what its schema wants. */
export function wrongValue(finding: Finding, value: unknown, nodes: SchemaNodes): Said {
  // Who misunderstands a reference to a Secret writes the secret in its place.
  const secret = nodes.mayHoldSecret(finding.node) || /Secret(Key)?Ref$/.test(finding.instancePath);
  const isScalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return { ...saidOf(finding, value, secret, nodes), ...(isScalar && !secret && { value }) };
}

function saidOf(finding: Finding, value: unknown, secret: boolean, nodes: SchemaNodes): Said {
  const { keyword, node, params } = finding;
  const is = described(value, secret);
  const use = node.hint === undefined ? {} : { hint: `use ${node.hint}` };
  switch (keyword) {
    case 'type':
      return {
        message: `must be ${expected(node)}, but ${is}`,
        ...(typeHint(node, value, secret) ?? fieldsHint(finding, value, nodes) ?? use),
      };
    case 'const':
    case 'enum':
      return { message: `must be ${expected(node)}, but ${is}`, ...(didYouMean(node, value, secret) ?? use) };
    case 'anyOf':
    case 'oneOf':
      return (
        missingOrExclusive(node, params?.passingSchemas ?? undefined) ?? {
          message: `must be ${expected(node)}, but ${is}`,
          ...didYouMean(node, value, secret),
        }
      );
    case 'pattern':
    case 'format':
      return { message: secret ? 'has the wrong form' : `${quoted(value)} has the wrong form`, ...use };
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
    case 'multipleOf':
      return {
        message: `${secret ? 'the number' : String(value)} is out of range`,
        ...(node.hint === undefined ? { hint: `use ${range(node, value)}` } : use),
      };
    case 'minLength':
      return {
        message: node.minLength === 1 ? 'must not be empty' : `must have at least ${node.minLength} characters`,
        ...use,
      };
    case 'maxLength':
      return { message: `has ${(value as string).length} characters, at most ${node.maxLength} are allowed`, ...use };
    case 'minItems':
      return {
        message:
          node.minItems === 1 ? 'the list must not be empty' : `the list must have at least ${node.minItems} entries`,
        ...use,
      };
    case 'maxItems':
      return {
        message: `the list has ${(value as unknown[]).length} entries, at most ${node.maxItems} are allowed`,
        ...use,
      };
    case 'minProperties':
      return { message: 'must not be empty', ...use };
    case 'maxProperties':
    case 'not':
      return { message: excluding(node, value), ...use };
    default:
      return { message: `is not valid here (${keyword})`, ...use };
  }
}

/** Fields of which only some may stand together. */
function excluding(node: SchemaNode, value: unknown): string {
  const fields = node.not?.required ?? Object.keys(value as object);
  return `${alternatives(
    fields.map((field) => `\`${field}\``),
    'and',
  )} exclude each other`;
}

/** A union whose branches only demand fields. */
function missingOrExclusive(node: SchemaNode, passing?: readonly number[]): Said | undefined {
  const branches = node.oneOf ?? node.anyOf ?? [];
  const fields = branches.map((branch) => branch.required ?? []);
  if (branches.some((branch, index) => fields[index]!.length === 0 || branch.type !== undefined)) return undefined;
  const use = node.hint === undefined ? {} : { hint: `use ${node.hint}` };
  const named = (indexes: readonly number[]) =>
    indexes.map((index) => fields[index]!.map((field) => `\`${field}\``).join(' with '));
  if (passing) return { message: `${alternatives(named(passing), 'and')} exclude each other`, ...use };
  return { message: `${alternatives(named([...fields.keys()]), 'or')} is missing`, ...use };
}

/** YAML reads `1.10` and `yes` as something else than text, and a quoted number as text. */
function typeHint(node: SchemaNode, value: unknown, secret: boolean): { hint: string } | undefined {
  const wants = (type: string) => node.type === type || (Array.isArray(node.type) && node.type.includes(type));
  if (wants('string') && (typeof value === 'number' || typeof value === 'boolean')) {
    return { hint: secret ? 'put it in quotes' : `put it in quotes: "${String(value)}"` };
  }
  if (wants('array') && value !== null && node.hint === undefined) return { hint: 'begin each entry with "- "' };
  if (secret) return undefined;
  if ((wants('integer') || wants('number')) && typeof value === 'string' && /^-?\d{1,15}$/.test(value)) {
    return { hint: `leave the quotes out: ${value}` };
  }
  if (wants('integer') && typeof value === 'string' && node.hint === undefined) {
    const [, seconds] = /^(\d+) ?s(?:ec(?:onds?)?)?$/.exec(value) ?? [];
    if (seconds !== undefined) return { hint: `write the seconds alone: ${seconds}` };
  }
  if (wants('boolean') && typeof value === 'string' && /^(true|false)$/.test(value))
    return { hint: `leave the quotes out: ${value}` };
  return undefined;
}

/** "A mapping" says nothing to who wrote `- 7001` for `- port: 7001`: its fields do. */
function fieldsHint({ node, instancePath }: Finding, value: unknown, nodes: SchemaNodes): { hint: string } | undefined {
  const fields = Object.keys(node.properties ?? {});
  // Of a whole document nobody writes a value of its own.
  if (node.hint !== undefined || fields.length === 0 || instancePath === '') return undefined;
  const [needed, second] = node.required ?? [];
  if (value === null && needed === undefined) return { hint: `write {}, or its fields: ${someOf(fields)}` };
  const scalar = typeof value === 'string' || typeof value === 'number';
  if (scalar && needed !== undefined && second === undefined) {
    const { type } = nodes.followed(node.properties![needed]!);
    const fits = type === (typeof value === 'number' ? 'integer' : 'string');
    if (fits && !nodes.mayHoldSecret(node)) return { hint: `write \`${needed}: ${value}\`` };
  }
  return { hint: `write its fields: ${someOf(fields)}` };
}

function didYouMean(node: SchemaNode, value: unknown, secret: boolean): { hint: string } | undefined {
  if (typeof value !== 'string' || secret) return undefined;
  const allowed = [node, ...(node.anyOf ?? []), ...(node.oneOf ?? [])].flatMap(
    (one) => one.enum ?? (one.const === undefined ? [] : [one.const]),
  );
  const meant = suggest(value, allowed.map(String));
  return meant === undefined ? undefined : { hint: `did you mean \`${meant}\`?` };
}

/** The largest int32 is a limit of the format, not one that helps a person who wrote -1. */
function range({ type, minimum, maximum }: SchemaNode, value: unknown): string {
  const number = type === 'integer' ? 'a whole number' : 'a number';
  if (minimum === undefined && maximum === undefined) return number;
  if (maximum === undefined || (maximum === INT32 && Number(value) <= maximum))
    return `${number} of at least ${minimum}`;
  if (minimum === undefined) return `${number} of at most ${maximum}`;
  return `${number} from ${minimum} to ${maximum}`;
}
