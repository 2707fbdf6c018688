import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { NODE_MAJORS, nodeProgram } from '../../parts/node-versions.js';
import { buildAll, CLI, COMMONJS, ESM, node, objectsIn, programFolder, removeAll, synth, ZONE } from './programs.js';

beforeAll(buildAll);
afterAll(removeAll);

/** Says at the end how many modules of the package `yaml` were loaded. */
const COUNT = `import { createRequire } from 'node:module';
import { join } from 'node:path';
const { cache } = createRequire(join(process.cwd(), 'zone'));
process.on('exit', () => {
  const loaded = Object.keys(cache).filter((file) => /node_modules.yaml.dist/.test(file));
  process.stderr.write(loaded.length + ' modules of yaml\\n');
});
`;

test.each(
  NODE_MAJORS.flatMap((major) => [
    [major, 'zone.ts', COMMONJS] as const,
    [major, 'zone.ts', ESM] as const,
    [major, 'zone.mjs', ESM] as const,
  ]),
)('Node %s: cdk8s does not load the package yaml for %s of %s', async (major, file, manifest) => {
  const folder = programFolder({ 'package.json': manifest, [file]: `${COUNT}${ZONE}export default app;` });
  const { code, err } = await node(folder, [CLI, 'synth', file], nodeProgram(major));
  expect({ code, err }).toEqual({ code: 0, err: expect.stringMatching(/^0 modules of yaml$/m) });
});

test('a program that reads and writes YAML with cdk8s gets what it would get without this command', async () => {
  const folder = programFolder({
    'package.json': COMMONJS,
    'more.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: more }\ndata: { of: "0775" }\n',
    'zone.ts': `${COUNT}import { Chart, Include, Yaml } from 'cdk8s';
${ZONE}new Include(new Chart(app, 'more'), 'more', { url: 'more.yaml' });
console.log(JSON.stringify([Yaml.stringify({ octal: '0775', none: undefined }), Yaml.load('more.yaml')]));
export default app;`,
  });
  const { code, err } = await synth(folder, 'zone.ts');
  expect({ code, err }).toEqual({ code: 0, err: expect.stringMatching(/^\d\d modules of yaml$/m) });
  const [said] = err.split('\n');
  expect(JSON.parse(said!)).toEqual([
    'octal: "0775"\nnone: null\n',
    [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'more' }, data: { of: '0775' } }],
  ]);
  expect(objectsIn(`${folder}/dist`, 'more.yaml')).toEqual([expect.objectContaining({ data: { of: '0775' } })]);
});

test('without the package, cdk8s fails as it does elsewhere: when it is loaded', async () => {
  const folder = programFolder({
    'package.json': COMMONJS,
    'node_modules/broken/node_modules/cdk8s/lib/yaml.js': "const YAML = require('yaml'); exports.later = () => YAML;",
    'zone.ts': `import 'broken/node_modules/cdk8s/lib/yaml.js';\n${ZONE}export default app;`,
  });
  const { code, err } = await synth(folder, 'zone.ts');
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining("Cannot find module 'yaml'") });
});
