import { format } from 'prettier';
import { customResourceDefinition, toYaml } from './crds.js';
import { editorSchema } from './editor-schema.js';
import { KINDS, kebab } from './kinds.js';
import { BANNER, type Outputs } from './outputs.js';
import { referencePage } from './reference.js';
import { SchemaSet } from './schema.js';
import { typesOf } from './types.js';
import { VALIDATOR_DECLARATION, validatorModule } from './validators.js';

/** Every generated file, from the schema files of one folder. A kind whose schema is not there is left out. */
export async function generate(folder: string, files: readonly string[]): Promise<Outputs> {
  const set = new SchemaSet(folder);
  const kinds = KINDS.filter((on) => files.includes(`${on.kind}.yaml`));
  const outputs: Outputs = new Map();
  const put = (path: string, content: string) => outputs.set(`src/api/generated/${path}`, content);

  const moduleOf = (file: string) => kebab(file.replace(/\.yaml$/, ''));
  for (const file of files.filter((name) => name.endsWith('.yaml')).sort()) {
    const source = `// ${BANNER}\n${await typesOf(set, file, moduleOf)}`;
    put(
      `types/${moduleOf(file)}.ts`,
      await format(source, { parser: 'typescript', singleQuote: true, printWidth: 120 }),
    );
  }

  const crds: { kind: string; reconciled: boolean; yaml: string }[] = [];
  for (const on of kinds) {
    const name = kebab(on.kind);
    const bundle = set.bundle(on.kind);
    put(`validators/${name}.js`, `// ${BANNER}\n${validatorModule(bundle)}`);
    outputs.set(`docs/reference/${name}.md`, referencePage(on, bundle, BANNER));
    if (on.kind === 'GameZone') put('zone-file.schema.json', editorSchema(bundle, BANNER));
    put(`validators/${name}.d.ts`, `// ${BANNER}\n${VALIDATOR_DECLARATION}`);
    const yaml = toYaml(customResourceDefinition(on, set.kind(on.kind, 'wire')));
    put(`crds/${name}.yaml`, `# ${BANNER}\n${yaml}`);
    crds.push({ kind: on.kind, reconciled: on.reconciled, yaml });
  }
  put('crds.ts', crdModule(crds));
  return outputs;
}

/** The CRDs as text inside a module: a bundled program has no folder to read them from. */
function crdModule(crds: readonly { kind: string; reconciled: boolean; yaml: string }[]): string {
  const entries = crds.map(({ kind, reconciled, yaml }) => {
    const text = yaml.replace(/[\\`]|\$\{/g, '\\$&');
    return `  {\n    kind: '${kind}',\n    reconciled: ${reconciled},\n    yaml: \`${text}\`,\n  },\n`;
  });
  return `// ${BANNER}
import type { Crd } from '../crds.js';

export const CRDS: readonly Crd[] = [
${entries.join('')}];
`;
}
