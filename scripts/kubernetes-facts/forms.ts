import type { GoField, GoPackages } from './go-structs.js';
import type { Document, Schema, TypeFacts } from './open-api.js';

/** How a type is stored and merged: what src/kubernetes/forms.ts reads. */
interface TypeForm {
  /** Fields that are there even when they are empty. */
  keep?: string[];
  /** Fields whose empty value is kept when it is given. */
  given?: string[];
  /** Lists that are sets of values. */
  sets?: string[];
  /** Fields that have one owner, whatever they hold. */
  atomic?: string[];
  /** Whether a value of this type has one owner. */
  whole?: true;
  /** Lists that a strategic merge patch merges, by this key; '' for lists of plain values. */
  merge?: Record<string, string>;
  /** Fields of which a strategic merge patch may say what is to stay. */
  retain?: string[];
}

/** The numbers of the fields in the protobuf form: what src/kubernetes/protobuf-numbers.ts reads. */
export function numbersText(version: string, types: ReadonlyMap<string, TypeFacts>, go: GoPackages): string {
  const lines = [...types.keys()].sort().flatMap((name) => {
    const fields = (go.fieldsOf(name) ?? []).filter(({ numbers }) => numbers.length > 0);
    const numbers = Object.fromEntries(fields.map((field) => [field.numbers.join('.'), field.json]));
    return fields.length === 0 ? [] : [`${JSON.stringify(name)}:${JSON.stringify(numbers)}`];
  });
  return `{"kubernetes":${JSON.stringify(version)},\n"types":{\n${lines.join(',\n')}\n}}\n`;
}

/** One line per type, so that a new Kubernetes version shows as a readable difference. */
export function formsText(
  version: string,
  document: Document,
  types: ReadonlyMap<string, TypeFacts>,
  go: GoPackages,
): string {
  const lines = [...types.keys()].sort().flatMap((name) => {
    const form = formOf(document.definitions[name]!, types.get(name)!, go.fieldsOf(name));
    return Object.keys(form).length === 0 ? [] : [`${JSON.stringify(name)}:${JSON.stringify(form)}`];
  });
  return `{"kubernetes":${JSON.stringify(version)},\n"types":{\n${lines.join(',\n')}\n}}\n`;
}

function formOf(schema: Schema, { fields }: TypeFacts, goFields: readonly GoField[] | undefined): TypeForm {
  const form: TypeForm = {};
  const add = (list: 'keep' | 'given' | 'sets' | 'atomic' | 'retain', field: string): void =>
    void (form[list] ??= []).push(field);
  for (const field of goFields ?? []) {
    const code = fields[field.json];
    if (code === undefined) continue;
    if (isKept(field, code)) add('keep', field.json);
    else if (field.type.startsWith('*')) add('given', field.json);
  }
  for (const [name, of] of Object.entries(schema.properties ?? {})) {
    if (of['x-kubernetes-list-type'] === 'set') add('sets', name);
    if (of['x-kubernetes-map-type'] === 'atomic') add('atomic', name);
    const strategies = of['x-kubernetes-patch-strategy']?.split(',') ?? [];
    if (strategies.includes('merge') && of.type === 'array')
      (form.merge ??= {})[name] = of['x-kubernetes-patch-merge-key'] ?? '';
    if (strategies.includes('retainKeys')) add('retain', name);
  }
  if (schema['x-kubernetes-map-type'] === 'atomic') form.whole = true;
  return form;
}

/** Go writes a struct that is no pointer whatever `omitempty` says. */
function isKept({ type, omitEmpty, omitZero }: GoField, code: string): boolean {
  if (omitZero || type.startsWith('*')) return false;
  if (!omitEmpty) return true;
  const isPlain = /^(\[\]|\{\}|string|int32|int64|number|boolean|byte|any)/.test(code);
  return !isPlain;
}
