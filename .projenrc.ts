import { javascript, JsonFile, TextFile } from 'projen';

const project = new javascript.NodeProject({
  name: 'gamezone',
  description: 'Long-lived, stateful game servers on Kubernetes, from TypeScript or a short YAML file.',
  keywords: ['kubernetes', 'cdk8s', 'game', 'gameserver', 'statefulset', 'in-place', 'canary'],
  license: 'Apache-2.0',
  copyrightOwner: 'The gamezone authors',
  authorName: 'The gamezone authors',
  authorOrganization: true,
  authorEmail: 'maintainers@users.noreply.github.com',
  defaultReleaseBranch: 'main',
  packageManager: javascript.NodePackageManager.NPM,
  minNodeVersion: '20.19.0',
  entrypoint: '',
  bin: { gamezone: 'dist/bin/gamezone.js' },

  // What a published CLI needs is bundled by esbuild, esbuild itself excepted: it has a program of its own, which loads the
  // user's zone.ts. What a consumer must share with us is a peer.
  deps: ['esbuild@~0.28.2'],
  peerDeps: ['cdk8s@^2.70.0', 'cdk8s-plus-27@^2.9.0', 'cdk8s-plus-33@^2.5.0', 'constructs@^10.4.0'],
  peerDependencyOptions: { pinnedDevDependency: false },
  devDeps: [
    '@aws-sdk/client-s3@3.1175.0',
    '@eslint/js@10.0.1',
    '@jest/globals@30.5.2',
    '@kubernetes/client-node@2.0.1',
    '@marcbachmann/cel-js@8.0.0',
    '@types/jest@30.0.0',
    '@types/node@20.19.43',
    'ajv-formats@3.0.1',
    'ajv@8.20.0',
    'cdk8s-cli@2.207.60',
    'cdk8s-plus-27@2.9.5',
    'cdk8s-plus-33@2.5.57',
    'cdk8s@2.70.106',
    'commander@14.0.3',
    'constructs@10.8.1',
    'eslint-plugin-import-x@4.18.1',
    'eslint@10.15.0',
    'execa@9.6.1',
    'fast-check@4.10.2',
    'globals@17.14.0',
    'jest@30.5.2',
    'js-yaml@5.5.0',
    'json-schema-to-typescript@16.0.0',
    'prettier@3.10.1',
    's3rver@3.7.1',
    'simple-git@4.0.2',
    'ts-jest@29.4.15',
    'tsx@4.23.15',
    'typescript-eslint@8.73.0',
    'typescript@6.0.3',
    'undici@7.30.2',
    'yaml@2.9.1',
  ],

  github: false,
  jest: false,
  depsUpgrade: false,
  buildWorkflow: false,
  release: false,
  package: false,
  npmignoreEnabled: false,
  readme: { contents: '# gamezone' },
  gitignore: [
    'dist/',
    'coverage/',
    '*.tsbuildinfo',
    '/out/',
    '.DS_Store',
    '/bench/out/',
    '/test-results.json',
    '/.kube/',
  ],
});

project.package.addField('type', 'module');
project.package.addField('files', ['dist', 'API.md', 'CHANGELOG.md', 'LICENSE', 'README.md']);
project.package.addField('sideEffects', false);
project.package.addField('peerDependenciesMeta', {
  'cdk8s-plus-27': { optional: true },
  'cdk8s-plus-33': { optional: true },
});

// Two conditions with types of their own: docs/decisions/0009-library-format.md.
const entries = ['index', 'zone-file', 'plus'];
const entry = (name: string) => ({
  import: { types: `./dist/lib/${name}.d.mts`, default: `./dist/lib/${name}.mjs` },
  require: { types: `./dist/lib/${name}.d.ts`, default: `./dist/lib/${name}.js` },
});
project.package.addField('main', './dist/lib/index.js');
project.package.addField('types', './dist/lib/index.d.ts');
project.package.addField('exports', {
  ...Object.fromEntries(entries.map((name) => [name === 'index' ? '.' : `./${name}`, entry(name)])),
  './package.json': './package.json',
});
// The resolution that TypeScript calls node10 knows no `exports`.
project.package.addField('typesVersions', {
  '*': Object.fromEntries(entries.slice(1).map((name) => [name, [`./dist/lib/${name}.d.ts`]])),
});
// undici 8 and newer unrs-resolver builds do not install completely on Node 20: docs/decisions/0001-toolchain.md.
// cdk8s-plus-27 lists backport, a pull request tool of 24 MB, among its dependencies: a tiny package takes its place here.
project.package.addField('overrides', { backport: 'npm:ms@2.1.3', undici: '7.30.2', 'unrs-resolver': '1.11.1' });

project.defaultTask?.reset('tsx .projenrc.ts');

const jest = 'node --experimental-vm-modules --no-warnings node_modules/jest/bin/jest.js';
project.compileTask.reset('tsx scripts/bundle.ts');
project.compileTask.description = 'Build dist/: the command and the library';
project.testTask.reset();
project.testTask.description = 'Build, then run every test';
project.testTask.spawn(project.compileTask);
// Minutes the first time on a machine, and no test waits that long.
project.testTask.exec('tsx test/parts/prepare.ts');
project.testTask.exec('tsx test/control-plane/prepare.ts');
project.testTask.exec(`${jest} --json --outputFile=test-results.json`, { receiveArgs: true });

project.addTask('scenarios:all', {
  description: 'Run what needs a real control plane on the newest and on the oldest Kubernetes that is supported',
  steps: [
    { exec: 'tsx test/control-plane/prepare.ts newest floor' },
    ...['newest', 'floor'].map((version) => ({
      exec: `${jest} test/control-plane test/scenarios test/cluster/api-server`,
      env: { GAMEZONE_KUBERNETES: version },
    })),
  ],
});
// No task: it has options and an exit code of its own, which projen would not hand on.
project.setScript('control-plane', 'node --import tsx test/control-plane/cli.ts');
project.setScript('tour', 'tsx scripts/bundle.ts && node --import tsx test/tour/main.ts');
project.addTask('generate', {
  description: 'Write everything that is generated from the schemas in src/api',
  exec: 'tsx scripts/generate.ts',
});
project.addTask('api-page', {
  description: 'Write API.md from the declarations of the library',
  exec: 'tsx scripts/api-page.ts',
});
const drift = project.addTask('drift', {
  description: 'Fail when a generated file or a projen-managed file is stale',
  steps: [
    { exec: 'tsx scripts/generate.ts --check' },
    { exec: 'tsx scripts/api-page.ts --check' },
    { exec: 'tsx scripts/projen-drift.ts' },
    // The shell of projen knows no `if`.
    {
      exec: `bash -c "if command -v go >/dev/null; then tsx scripts/kubernetes-facts.ts --check; else echo 'SKIPPED without Go: are the facts of Kubernetes stale?'; fi"`,
    },
  ],
});
const typecheck = project.addTask('typecheck', {
  description: 'Type check sources and tests',
  exec: 'tsc -p tsconfig.test.json',
});
const lint = project.addTask('lint', {
  description: 'ESLint (import directions included) and formatting',
  steps: [{ exec: 'eslint --max-warnings 0 .' }, { exec: 'prettier --check --log-level warn .' }],
});
for (const [name, file, description] of [
  ['synth', 'synth/run', 'the figures of the README'],
  ['library', 'library', 'what the import of the library costs'],
  ['program', 'program', 'zone programs against the command line of cdk8s'],
  ['kube', 'kube', 'the client of a cluster against the one of Kubernetes'],
  ['store', 'store', 'how the store takes 50,000 objects'],
  ['cluster', 'cluster/run', 'what the embedded cluster costs, beside a real control plane'],
  ['rollout', 'rollout/run', 'a rollout in place on a real control plane, against a script that patches all pods'],
] as const) {
  project.addTask(`bench:${name}`, {
    description: `Measure ${description}`,
    steps: [{ spawn: project.compileTask.name }, { exec: `tsx bench/${file}.ts`, receiveArgs: true }],
  });
}
project.addTask('format', { description: 'Format every file', exec: 'prettier --write --log-level warn .' });

// `npm run build` only builds: a newcomer waits for nothing else. The full cycle has its own name.
project.tasks.removeTask('build');
project.addTask('build', { description: 'Build dist/ (no test is run)', steps: [{ spawn: project.compileTask.name }] });
// A package that was not built, or does not compile, must not get out.
project.setScript('prepublishOnly', 'npm run typecheck && npm run build');
const ci = project.addTask('ci', { description: 'The full cycle: drift, types, lint, build, tests' });
for (const task of [drift, typecheck, lint, project.testTask]) ci.spawn(task);

const strictness = {
  target: 'ES2022',
  lib: ['ES2023'],
  module: 'NodeNext',
  moduleResolution: 'NodeNext',
  rootDir: '.',
  strict: true,
  noUncheckedIndexedAccess: true,
  noImplicitOverride: true,
  noFallthroughCasesInSwitch: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  exactOptionalPropertyTypes: true,
  isolatedModules: true,
  verbatimModuleSyntax: true,
  resolveJsonModule: true,
  skipLibCheck: true,
};
new JsonFile(project, 'tsconfig.json', {
  obj: {
    compilerOptions: { ...strictness, outDir: 'dist', declaration: true, sourceMap: true, types: ['node'] },
    include: ['src', 'constructs', 'bin'],
  },
});
new JsonFile(project, 'tsconfig.test.json', {
  obj: {
    extends: './tsconfig.json',
    compilerOptions: { noEmit: true, types: ['node', 'jest'] },
    include: ['src', 'constructs', 'bin', 'test', 'scripts', 'bench', '.projenrc.ts'],
    exclude: ['bench/out'],
  },
});
new JsonFile(project, 'jest.config.json', {
  marker: false,
  obj: {
    testEnvironment: 'node',
    roots: ['<rootDir>/test'],
    testMatch: ['**/*.test.ts'],
    extensionsToTreatAsEsm: ['.ts'],
    moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
    transform: { '^.+\\.ts$': ['ts-jest', { useESM: true, tsconfig: 'tsconfig.test.json' }] },
    testTimeout: 60000,
    // Modules of a test file are never freed (Node's vm modules): a worker that has grown is replaced by a new one.
    workerIdleMemoryLimit: '1500MB',
    reporters: ['default', '<rootDir>/test/parts/skipped-reporter.js'],
  },
});
new JsonFile(project, '.prettierrc.json', {
  marker: false,
  obj: { singleQuote: true, printWidth: 120, trailingComma: 'all' },
});
new TextFile(project, '.prettierignore', {
  lines: [
    '# Written by programs, or verbatim from elsewhere.',
    'dist/',
    'coverage/',
    'package-lock.json',
    'package.json',
    '.projen/',
    '*.gen.*',
    '**/generated/',
    '/examples/',
    '/test/**/*.yaml',
    '/test/**/*.json',
    '*.md',
    'tsconfig*.json',
    'jest.config.json',
  ],
});

project.synth();
