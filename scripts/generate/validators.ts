import { Ajv, type ValidateFunction } from 'ajv';
import { SchemaEnv } from 'ajv/dist/compile/index.js';
import standalone from 'ajv/dist/standalone/index.js';
import { firstSentence, mapChildren, type Schema } from './schema.js';

/** Words in our schemas that check nothing. */
const ANNOTATIONS = ['hint', 'about', 'x-gamezone-secret', 'x-gamezone-misplaced', 'x-gamezone-type'] as const;

/** What `src/api/check.ts` needs of a schema to explain an error; `about` says what a missing field is for. */
type LeanSchema = Schema & { about?: string };

const INT32 = 2147483647;

/**
 * An ES module with `validate` and `schema`, free of imports: the program does not carry ajv, and loads one kind at a time.
 * `schema` is what `validate` was made from; an error's `schemaPath` leads into it.
 */
export function validatorModule(bundle: Schema): string {
  const ajv = new Ajv({
    allErrors: true,
    messages: false,
    unicode: false, // counts UTF-16 units; counting characters would import a runtime file of ajv
    logger: false, // or it warns about the line above
    strictTypes: false,
    allowUnionTypes: true,
    inlineRefs: 4, // a call costs less than the same checks over and over
    code: { source: true, esm: true, lines: true, optimize: 2 },
  });
  ajv.addVocabulary([...ANNOTATIONS]);
  const schema = lean(bundle);
  const validate = ajv.compile(schema);
  const code = shortened(standalone.default(ajv, validate))
    .replace('"use strict";\n', '')
    .replace(/^export default .*\n/m, '');
  return `export const schema = ${JSON.stringify(schema)};\n${withRootPaths(withSchemaOnce(code, schema), functionsOf(validate))}`;
}

/** Ajv writes each part of the schema that it looks into as a constant of its own; all of them are parts of `schema`. */
function withSchemaOnce(code: string, schema: LeanSchema): string {
  const parts = new Map<string, string>([[JSON.stringify(schema), 'schema']]);
  for (const [name, part] of Object.entries(schema.definitions ?? {})) {
    parts.set(JSON.stringify(part), `schema.definitions.${name}`);
  }
  return code.replace(/^const (schema\d+) = (.*);$/gm, (_, name: string, json: string) => {
    const part = parts.get(JSON.stringify(JSON.parse(json)));
    if (!part) throw new Error(`ajv looks into a part of the schema that is no definition: ${json}`);
    return `const ${name} = ${part};`;
  });
}

/** The definition behind each function of the module. */
function functionsOf(validate: ValidateFunction): Map<string, string> {
  const refs = Object.entries(validate.schemaEnv.root.refs);
  return new Map(
    refs.flatMap(([ref, target]) =>
      target instanceof SchemaEnv ? [[String(target.validateName), ref.slice(ref.indexOf('#'))]] : [],
    ),
  );
}

/** Inside the function of a definition ajv counts schema paths from that definition; `check.ts` follows them from the root. */
function withRootPaths(code: string, functions: ReadonlyMap<string, string>): string {
  return code
    .split(/^(?=function )/m)
    .map((text) => {
      const definition = functions.get(/^function (\w+)/.exec(text)?.[1] ?? '');
      return definition ? text.replace(/"#\/(?!definitions\/)/g, `"${definition}/`) : text;
    })
    .join('');
}

/**
 * Ajv writes seven lines for each complaint; that is most of a module. One call says the same: the keyword is the end of the
 * schema path, and other parameters than these stand in the schema.
 */
function shortened(code: string): string {
  const push = String.raw`if\(vErrors === null\)\{\nvErrors = \[\1\];\n\}\nelse \{\nvErrors\.push\(\1\);\n\}\n`;
  const fields = String.raw`instancePath(?::(.*?))?,schemaPath:(".*?"),keyword:".*?",params:(\{.*?\})(?:,propertyName: (\w+))?`;
  const complaint = new RegExp(String.raw`const (err\d+) = \{(?:${fields})?\};\n${push}`, 'g');
  const appended = /vErrors = vErrors === null \? (validate\d+\.errors) : vErrors\.concat\(\1\);/g;
  const result = code
    .replace(
      complaint,
      (_all, _name, instancePath = 'instancePath', schemaPath = '""', params: string = '', key: string = '') => {
        const said = key ? `{propertyName: ${key}}` : PARAMETERS.test(params) ? params : undefined;
        return `vErrors = complain(${['vErrors', instancePath, schemaPath, said].filter(Boolean).join(', ')});\n`;
      },
    )
    .replace(appended, 'vErrors = append(vErrors, $1);'); // concat would copy all earlier complaints every time
  if (/vErrors\.(push|concat)\(/.test(result))
    throw new Error('ajv words its complaints differently now: adapt shortened()');
  if (/\brequire\(|^import /m.test(result))
    throw new Error('a validator needs a module at run time: find out which keyword');
  return `${COMPLAIN}${result}`;
}

const PARAMETERS = /missingProperty|additionalProperty|passingSchemas|propertyName/;

const COMPLAIN = `function complain(complaints, instancePath, schemaPath, params) {
  const complaint = { instancePath, schemaPath, params };
  if (complaints === null) return [complaint];
  complaints.push(complaint);
  return complaints;
}
function append(complaints, more) {
  if (complaints === null) return more;
  for (const complaint of more) complaints.push(complaint);
  return complaints;
}
`;

/** A schema without what only people, editors and the API server read. */
function lean(schema: Schema): LeanSchema {
  const kept: Record<string, unknown> = { ...mapChildren(schema, lean) };
  for (const key of Object.keys(kept)) {
    const known = ANNOTATIONS.includes(key as (typeof ANNOTATIONS)[number]);
    if (!known && (DROPPED.has(key) || key.startsWith('x-'))) delete kept[key];
  }
  if (schema.format === 'int32') {
    kept.minimum ??= -INT32 - 1;
    kept.maximum ??= INT32;
  }
  for (const name of schema.required ?? []) {
    const about = firstSentence(schema.properties?.[name]?.description);
    const property = (kept.properties as Record<string, LeanSchema> | undefined)?.[name];
    if (property && about) property.about = about;
  }
  return kept;
}

const DROPPED = new Set(['$schema', 'title', 'description', 'default', 'examples', 'format', 'tsType']);

export const VALIDATOR_DECLARATION = `import type { CompiledSchema } from '../../compiled-schema.js';

export declare const validate: CompiledSchema['validate'];
export declare const schema: CompiledSchema['schema'];
`;
