import { mapChildren, type Schema } from './schema.js';

/** The line that makes an editor with the YAML language server complete and check a zone file; `gamezone init` writes the schema there. */
export const EDITOR_LINE = '# yaml-language-server: $schema=.gamezone/zone-file.schema.json';

/** What editors read: plain draft-07, with descriptions, defaults, examples and, for patterns, what would be right. */
export function editorSchema(bundle: Schema, banner: string): string {
  const { $schema, ...schema } = forEditors(bundle);
  return `${JSON.stringify({ $schema, $comment: banner, ...schema }, null, 1)}\n`;
}

function forEditors(schema: Schema): Schema {
  const { $ref, ...rest } = mapChildren(schema, forEditors);
  const plain = Object.fromEntries(Object.entries(rest).filter(([key]) => !key.startsWith('x-') && !DROPPED.has(key)));
  const known = schema['x-gamezone-default'];
  const example = exampleOf(schema);
  return {
    ...plain,
    ...(known !== undefined && { default: known }),
    ...(example !== undefined && { examples: [example] }),
    ...(schema.pattern !== undefined && schema.hint !== undefined && { patternErrorMessage: `Use ${schema.hint}.` }),
    // In draft-07 nothing beside a $ref counts.
    ...($ref !== undefined && (Object.keys(plain).length === 0 ? { $ref } : { allOf: [{ $ref }] })),
  };
}

const DROPPED = new Set(['hint', 'tsType', 'nullable', 'format']);

/** `a duration such as 30s, 5m or 1h30m` -> `30s`. */
function exampleOf({ hint, examples, type }: Schema): unknown {
  if (examples) return examples[0];
  const word = /such as ("[^"]*"|[^\s,]+)/.exec(hint ?? '')?.[1]?.replaceAll('"', '');
  if (word === undefined || word.includes('{{')) return undefined;
  if (type === 'string') return word;
  return type === 'integer' && /^\d+$/.test(word) ? Number(word) : undefined;
}
