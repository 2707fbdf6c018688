import { compile } from 'json-schema-to-typescript';
import { inView, mapChildren, type Definition, type Schema, type SchemaSet } from './schema.js';

/** Kubernetes types that our own code looks into; everything else of Kubernetes stays an open object. */
const KUBERNETES = new Map([
  ['io.k8s.api.core.v1.PodTemplateSpec', 'PodTemplateSpec'],
  ['io.k8s.api.core.v1.PersistentVolumeClaim', 'PersistentVolumeClaim'],
]);

/**
 * The TypeScript of one schema file: a declaration per definition, and one for the kind where the file is a kind's. A
 * definition of another file is imported, so that each type exists once.
 * @param moduleOf the module (without `.js`) that holds the types of a schema file
 */
export async function typesOf(set: SchemaSet, file: string, moduleOf: (file: string) => string): Promise<string> {
  const imports = new Map<string, Set<string>>();
  const need = (name: string, module: string) => imports.set(module, (imports.get(module) ?? new Set()).add(name));

  const withNames = (schema: Schema): Schema => {
    if (schema.$ref) {
      const target = set.target(schema.$ref, file);
      const { $ref: _, ...beside } = schema;
      if (!hasOwnType(target)) return withNames({ ...inView(target.schema, 'strict'), ...beside });
      if (target.file !== file) need(target.name, `./${moduleOf(target.file)}.js`);
      return { ...describe(schema, target.schema), tsType: target.name };
    }
    const strict = inView(schema, 'strict');
    const kubernetes = strict['x-gamezone-type'];
    if (kubernetes && strict.type === 'object' && !strict.properties) {
      const name = KUBERNETES.get(kubernetes);
      if (name) need(name, '../../kubernetes.js');
      return { ...describe(strict), tsType: name ?? 'Record<string, unknown>' };
    }
    if (strict.type === 'object' && !strict.properties && typeof strict.additionalProperties !== 'object') {
      return { ...describe(strict), tsType: strict.tsType ?? 'Record<string, unknown>' };
    }
    if (strict.type === 'object' && !strict.properties && isText(strict.additionalProperties)) {
      return { ...describe(strict), tsType: 'Record<string, string>' };
    }
    // `not` and counts of properties say nothing that a TypeScript type could.
    const { not: _, ...rest } = strict;
    return { ...mapChildren(rest, withNames), ...describe(strict) };
  };

  const root = set.file(file);
  const { definitions = {}, ...kind } = root;
  const declarations: [string, Schema][] = Object.entries(definitions)
    .filter(([name, schema]) => !schema.$ref && hasOwnType({ name, file, schema }))
    .map(([name, schema]) => [name, { ...schema, title: name }]);
  if (kind.type) declarations.unshift([kind.title!, kind]);

  const declared: string[] = [];
  for (const [name, schema] of declarations) {
    declared.push(
      await compile(withNames(schema) as Parameters<typeof compile>[0], name, {
        additionalProperties: false,
        bannerComment: '',
        format: false,
        ignoreMinAndMaxItems: true,
      }),
    );
  }
  const importLines = [...imports]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([module, names]) => `import type { ${[...names].sort().join(', ')} } from '${module}';`);
  return [...importLines, '', ...declared].join('\n');
}

function isText(schema: Schema['additionalProperties']): boolean {
  return typeof schema === 'object' && schema.type === 'string' && !schema.enum;
}

/** A plain text or number is written where it is used; a name for it would only hide it. */
function hasOwnType({ schema }: Definition): boolean {
  const strict = inView(schema, 'strict');
  if (strict['x-gamezone-type'] && !strict.properties) return false;
  return strict.type === 'object' || strict.enum !== undefined || strict.anyOf !== undefined;
}

/** The doc comment: description and default. */
function describe(schema: Schema, fallback?: Schema): Schema {
  const description = (schema.description ?? fallback?.description)?.trim();
  const value = [schema, fallback].flatMap((s) => [s?.default, s?.['x-gamezone-default']]).find((v) => v !== undefined);
  const lines = [
    description,
    value !== undefined && `@default ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  ];
  const text = lines.filter(Boolean).join('\n');
  return text ? { description: text } : {};
}
