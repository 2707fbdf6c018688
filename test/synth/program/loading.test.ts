import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { NODE_MAJORS, nodeProgram } from '../../parts/node-versions.js';
import { buildAll, CLI, COMMONJS, ESM, node, objectsIn, programFolder, removeAll, synth, ZONE } from './programs.js';

beforeAll(buildAll);
afterAll(removeAll);

const COMMONJS_ZONE = `const { App } = require('cdk8s');
const { GameZone, ServiceIds } = require('gamezone');
const app = new App();
const zone = new GameZone(app, 'zone1', { zoneId: 1, image: 'registry.example.com/p/game:0.1.0' });
zone.addService('game', { ids: ServiceIds.range(1, 3) });
`;

/** What a program may look like: its name, its package, its text and whatever else it needs. */
const PROGRAMS: readonly (readonly [what: string, file: string, files: Readonly<Record<string, string>>])[] = [
  ['TypeScript in an ES package', 'zone.ts', { 'package.json': ESM, 'zone.ts': `${ZONE}export default app;` }],
  [
    'TypeScript in a CommonJS package',
    'zone.ts',
    { 'package.json': COMMONJS, 'zone.ts': `${ZONE}export default app;` },
  ],
  ['TypeScript in no package', 'zone.ts', { 'zone.ts': `${ZONE}export default app;` }],
  [
    '.mts in a CommonJS package',
    'zone.mts',
    { 'package.json': COMMONJS, 'zone.mts': `${ZONE}await 0; export default app;` },
  ],
  ['.cts in an ES package', 'zone.cts', { 'package.json': ESM, 'zone.cts': `${ZONE}export default app;` }],
  ['JavaScript in an ES package', 'zone.js', { 'package.json': ESM, 'zone.js': `${ZONE}export default app;` }],
  [
    'JavaScript in a CommonJS package',
    'zone.js',
    { 'package.json': COMMONJS, 'zone.js': `${COMMONJS_ZONE}module.exports = app;` },
  ],
  ['.mjs', 'zone.mjs', { 'zone.mjs': `${ZONE}export default app;` }],
  ['.cjs', 'zone.cjs', { 'package.json': ESM, 'zone.cjs': `${COMMONJS_ZONE}module.exports = app;` }],
  [
    'CommonJS that was compiled from an ES module',
    'zone.cjs',
    {
      'zone.cjs': `Object.defineProperty(exports, '__esModule', { value: true });\n${COMMONJS_ZONE}exports.default = app;`,
    },
  ],
  ['no export, but app.synth()', 'zone.ts', { 'package.json': ESM, 'zone.ts': `${ZONE}app.synth();` }],
  ['neither', 'zone.ts', { 'package.json': ESM, 'zone.ts': ZONE }],
  ['both', 'zone.ts', { 'package.json': ESM, 'zone.ts': `${ZONE}app.synth(); export default app;` }],
  ['the zone instead of its App', 'zone.ts', { 'package.json': ESM, 'zone.ts': `${ZONE}export default zone;` }],
  [
    'a promise of an App',
    'zone.ts',
    {
      'package.json': COMMONJS,
      'zone.ts': `${ZONE}export default new Promise((done) => setTimeout(() => done(app), 50));`,
    },
  ],
  [
    'await at the top level',
    'zone.ts',
    { 'package.json': ESM, 'zone.ts': `${ZONE}await new Promise((done) => setTimeout(done, 50)); export default app;` },
  ],
  ['await at the top level in no package', 'zone.ts', { 'zone.ts': `${ZONE}await 0; export default app;` }],
  ['import.meta in no package', 'zone.ts', { 'zone.ts': `${ZONE}if (import.meta.resolve('cdk8s') === '') throw 1;` }],
  [
    'a main that nobody waits for',
    'zone.ts',
    {
      'package.json': ESM,
      'zone.ts': `import { setTimeout as wait } from 'node:timers/promises';\nasync function main() {\nawait wait(50);\n${ZONE.replaceAll(/^import (.*) from (.*);$/gm, 'const $1 = await import($2);')}app.synth();\n}\nmain();`,
    },
  ],
  [
    'what only runs as the main module',
    'zone.ts',
    {
      'package.json': COMMONJS,
      'zone.ts': `${ZONE.split('const app')[0]!}if (require.main === module) {\nconst app${ZONE.split('const app')[1]!}}`,
    },
  ],
  ...(
    [
      ['zone.js', COMMONJS],
      ['zone.js', '{}'],
      ['zone.cjs', ESM],
    ] as const
  ).map(
    ([file, manifest]) =>
      [
        `what only runs as the main module: ${file} in ${manifest}`,
        file,
        {
          'package.json': manifest,
          // As those do it that other files require too.
          'lib/world.js': "exports.isOne = () => require('../' + process.argv[1].split('/').at(-1)).one === 1;",
          'lib/package.json': COMMONJS,
          [file]: `#!/usr/bin/env node\nexports.one = 1;\nif (require.main === module && module.id === '.' && require('./lib/world.js').isOne()) {\n${COMMONJS_ZONE}}`,
        },
      ] as const,
  ),
  [
    'a relative import without extension',
    'zone.ts',
    {
      'package.json': ESM,
      'zone.ts': "import { app } from './lib/zones'; export default app;",
      'lib/zones.ts': `${ZONE}export { app };`,
    },
  ],
  [
    'a relative import with .js',
    'zone.ts',
    {
      'package.json': ESM,
      'zone.ts': "import { app } from './lib/zones.js'; export default app;",
      'lib/zones.ts': `${ZONE}export { app };`,
    },
  ],
  [
    'a relative import with .ts',
    'zone.ts',
    {
      'package.json': ESM,
      'zone.ts': "import { app } from './lib/zones.ts'; export default app;",
      'lib/zones.ts': `${ZONE}export { app };`,
    },
  ],
  [
    'a folder with an index',
    'zone.ts',
    {
      'package.json': COMMONJS,
      'zone.ts': "import { app } from './lib'; export default app;",
      'lib/index.ts': `${ZONE}export { app };`,
    },
  ],
  [
    'JSON',
    'zone.ts',
    {
      'package.json': ESM,
      'zone.ts': `import of from './of.json';\nimport too from './of.json' with { type: 'json' };\n${ZONE}if (of.of !== too.of) throw new Error('not read');`,
      'of.json': '{"of":"eu"}',
    },
  ],
  [
    'places of its own files',
    'lib/zone.ts',
    {
      'package.json': ESM,
      'lib/zone.ts': `import { readFileSync } from 'node:fs';\nimport { dirname, join } from 'node:path';\nimport { fileURLToPath } from 'node:url';\nconst __dirname = dirname(fileURLToPath(import.meta.url));\nreadFileSync(join(__dirname, 'of.txt'));\nreadFileSync(new URL('./of.txt', import.meta.url));\n${ZONE}`,
      'lib/of.txt': '',
    },
  ],
  [
    'places of files that it imports',
    'zone.ts',
    {
      'package.json': COMMONJS,
      'zone.ts': `import './lib/read';\n${ZONE}`,
      'lib/read.ts':
        "import { readFileSync } from 'node:fs';\nreadFileSync(`${__dirname}/of.txt`);\nreadFileSync(new URL('./of.txt', import.meta.url));",
      'lib/of.txt': '',
    },
  ],
  [
    'a require of CommonJS in an ES module',
    'zone.ts',
    {
      'package.json': ESM,
      'zone.ts': `import { createRequire } from 'node:module';\nimport old from './old.cjs';\nconst require = createRequire(import.meta.url);\nif (old !== require('cdk8s')) throw new Error('two copies of cdk8s');\n${ZONE}`,
      'old.cjs': "module.exports = require('cdk8s');",
    },
  ],
  [
    'an import of a package that is an ES module',
    'zone.ts',
    {
      'package.json': COMMONJS,
      'zone.ts': `import { eu } from 'names';\n${ZONE}if (eu !== 'eu') throw new Error(eu);`,
      'node_modules/names/package.json': '{"type":"module","exports":"./index.js"}',
      'node_modules/names/index.js': "export const eu = 'eu';",
    },
  ],
  [
    'paths of tsconfig.json and decorators',
    'zone.ts',
    {
      'package.json': ESM,
      'tsconfig.json': '{"compilerOptions":{"paths":{"@zones/*":["./lib/*"]},"experimentalDecorators":true}}',
      'zone.ts':
        "import { app } from '@zones/zones'; const d = (_: unknown) => undefined; @d class A {} void A; export default app;",
      'lib/zones.ts': `${ZONE}export { app };`,
    },
  ],
  [
    'an import within the package',
    'zone.ts',
    {
      'package.json': '{"type":"module","imports":{"#zones":"./lib/zones.ts"}}',
      'zone.ts': "import { app } from '#zones'; export default app;",
      'lib/zones.ts': `${ZONE}export { app };`,
    },
  ],
];

describe('a program is found, whatever it looks like', () => {
  test.each(PROGRAMS)('%s', async (_, file, files) => {
    const folder = programFolder(files);
    const { code, err } = await synth(folder, file);
    expect(code === 0 ? '' : err).toBe('');
    const kinds = objectsIn(join(folder, 'dist')).map(({ kind }) => kind);
    expect(kinds).toEqual(['ConfigMap', 'Service', 'GameStatefulSet', 'PodDisruptionBudget']);
    expect(existsSync(join(folder, 'dist/zone1.k8s.yaml'))).toBe(false);
  });
});

describe.each(NODE_MAJORS.filter((major) => major !== 20))('under Node %i', (major) => {
  const program = nodeProgram(major);
  const maybe = program === undefined ? test.skip : test;
  maybe.each(PROGRAMS)('%s', async (_, file, files) => {
    const folder = programFolder(files);
    const { code, err } = await node(folder, [CLI, 'synth', file], program);
    expect(code === 0 ? '' : err).toBe('');
    expect(objectsIn(join(folder, 'dist'))).toHaveLength(4);
  });
});
