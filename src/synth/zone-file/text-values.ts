import type { CompiledSchema } from '../../api/compiled-schema.js';
import type { Path } from '../../api/problem.js';
import { SchemaNodes } from '../../api/schema-nodes.js';
import { valueAt } from './prune.js';
import type { YamlDocument } from './yaml.js';

/** A value, and whether it is known to fit its schema. */
export interface TextsAsWritten {
  readonly value: unknown;
  readonly fits: boolean;
}

/**
 * The value of a document in which every field that holds a text has the text as it was written: `secretKey: 0123456789`,
 * `tag: 1.10` and `VERSION: 1e3` are texts to their authors, whatever YAML takes them for.
 */
export function textsAsWritten({ value, textAt }: YamlDocument, compiled: CompiledSchema): TextsAsWritten {
  const nodes = new SchemaNodes(compiled.schema);
  const fits = compiled.validate(value);
  const misread = fits
    ? []
    : (compiled.validate.errors ?? [])
        .filter(({ schemaPath }) => {
          const { keyword, node } = nodes.keyword(schemaPath);
          // A word of a list is no text: `false` in its place is a mistake, and not the text "false".
          return keyword === 'type' && node.type === 'string' && node.enum === undefined;
        })
        .map(({ instancePath }) => segmentsOf(value, instancePath));
  for (const path of [...misread, ...variablePaths(value)]) {
    const read = valueAt(value, path);
    if (typeof read !== 'number' && typeof read !== 'boolean') continue;
    const written = textAt(path);
    const holder = valueAt(value, path.slice(0, -1)) as Record<string | number, unknown>;
    if (written !== undefined) holder[path.at(-1)!] = written;
  }
  // A variable may be a number or a text, so what fitted before still does.
  return { value, fits };
}

/** `/spec/artifacts/0/path` as the keys and indexes of that very document. */
function segmentsOf(root: unknown, pointer: string): Path {
  const path: (string | number)[] = [];
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(valueAt(root, path)) ? Number(key) : key);
  }
  return path;
}

/** Environment variables are texts, although numbers are welcome. */
function variablePaths(value: unknown): Path[] {
  const services = valueAt(value, ['spec', 'gameZone', 'serviceConfig']);
  const holders: Path[] = [
    ['spec', 'defaults', 'env'],
    ...(Array.isArray(services) ? services.map((_, index) => ['spec', 'gameZone', 'serviceConfig', index, 'env']) : []),
  ];
  return holders.flatMap((holder) => {
    const env = valueAt(value, holder);
    return typeof env === 'object' && env !== null ? Object.keys(env).map((name) => [...holder, name]) : [];
  });
}
