import { ENTRIES } from '../../scripts/build/entries.js';
import { publicApi } from '../../scripts/build/public-api.js';
import { schema } from '../../src/api/generated/validators/game-zone.js';
import type { SchemaNode } from '../../src/api/compiled-schema.js';

/** Names that are no prop, and that an author of constructs knows all the same: parameters, and what Kubernetes calls so. */
const KNOWN = ['address', 'query', 'command', 'container', 'value', 'web', 'git', 'p4', 's3', 'exec', 'artifacts'];

let words: ReadonlySet<string> | undefined;

/** The fields of zone files that constructs have no prop of that name for. */
function onlyInZoneFiles(): ReadonlySet<string> {
  if (words) return words;
  const symbols = publicApi(ENTRIES).entries.flatMap(({ exports }) => exports);
  const props = new Set(symbols.flatMap(({ members }) => [...(members?.keys() ?? [])].map(String)));
  words = new Set([...fieldsIn(schema)].filter((field) => !props.has(field) && !KNOWN.includes(field)));
  return words;
}

function fieldsIn(node: SchemaNode): Set<string> {
  const fields = new Set(Object.keys(node.properties ?? {}));
  for (const part of Object.values(node))
    if (typeof part === 'object' && part !== null) for (const field of fieldsIn(part as SchemaNode)) fields.add(field);
  return fields;
}

/**
 * The words in a message that only authors of zone files know: names within backticks and in the paths of props, and longer
 * names of fields wherever they stand.
 */
export function zoneFileWords(text: string): string[] {
  const names = [
    ...[...text.matchAll(/`([^`]*)`/g)].flatMap(([, quoted]) => quoted!.match(/[\w$]+/g) ?? []),
    ...[...text.matchAll(/^\S+: (?:\S+: )?([\w.[\]"]+): /gm)].flatMap(([, path]) => path!.match(/[A-Za-z]\w*/g) ?? []),
    ...(text.match(/\b[a-z]+[A-Z]\w*\b/g) ?? []),
    ...(text.match(/\bspec\b(?=\.)/g) ?? []),
  ];
  return [...new Set(names)].filter((name) => onlyInZoneFiles().has(name));
}
