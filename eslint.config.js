import js from '@eslint/js';
import importX, { createNodeResolver } from 'eslint-plugin-import-x';
import globals from 'globals';
import typescript from 'typescript-eslint';

// Arrows run one way: cli -> preview, controller, synth, artifacts -> rollout, hooks, kube, cluster -> api.
const layers = [
  { folder: 'src/api', mayImport: [] },
  // What the pinned Kubernetes says of its own objects: fields, and what it refuses.
  { folder: 'src/kubernetes', mayImport: ['src/api'] },
  { folder: 'src/rollout', mayImport: ['src/api'] },
  { folder: 'src/hooks', mayImport: ['src/api'] },
  { folder: 'src/kube', mayImport: ['src/api'] },
  { folder: 'src/cluster', mayImport: ['src/kube', 'src/kubernetes', 'src/api'] },
  { folder: 'constructs', mayImport: ['src/api'], doors: ['zone-file'] },
  // A door of the library that reads zone files as the command does: docs/decisions/0010-zone-file-entry.md.
  {
    folder: 'constructs/zone-file',
    mayImport: ['constructs', 'src/synth', 'src/kubernetes', 'src/rollout', 'src/hooks', 'src/api'],
  },
  { folder: 'src/synth', mayImport: ['constructs', 'src/kubernetes', 'src/rollout', 'src/hooks', 'src/api'] },
  { folder: 'src/artifacts', mayImport: ['constructs', 'src/api'] },
  { folder: 'src/controller', mayImport: ['src/rollout', 'src/hooks', 'src/kube', 'src/api'] },
  {
    folder: 'src/cli',
    mayImport: [
      'src/controller',
      'src/artifacts',
      'src/cluster',
      'src/kube',
      'src/synth',
      'constructs',
      'src/rollout',
      'src/hooks',
      'src/api',
    ],
  },
];

/** For each folder, the folders of ours that it may not import. */
const zones = layers.map(({ folder, mayImport, doors = [] }) => ({
  target: doors.length > 0 ? `./${folder}/!(${doors.join('|')}){,/**}` : `./${folder}`,
  from: [...layers.map((layer) => layer.folder), 'bin', 'test', 'scripts', 'bench']
    .filter((name) => name !== folder && !mayImport.includes(name))
    .map((name) => `./${name}`),
}));

export default typescript.config(
  {
    ignores: ['dist/', 'coverage/', '**/generated/', '**/*.gen.*', 'examples/', 'out/', 'bench/out/'],
  },
  js.configs.recommended,
  ...typescript.configs.strictTypeChecked,
  {
    languageOptions: {
      globals: globals.node,
      parserOptions: { project: './tsconfig.test.json', tsconfigRootDir: import.meta.dirname },
    },
    plugins: { 'import-x': importX },
    // Our specifiers end in `.js` and our files in `.ts`: unresolved, an import breaks no rule (test/import-rules.test.ts).
    settings: { 'import-x/resolver-next': [createNodeResolver({ extensionAlias: { '.js': ['.ts', '.js'] } })] },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones }],
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'import-x/no-extraneous-dependencies': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_', argsIgnorePattern: '^_' }],
      '@typescript-eslint/no-dynamic-delete': 'off',
      '@typescript-eslint/no-base-to-string': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/no-redundant-type-constituents': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['src/rollout/**', 'src/hooks/**', 'src/api/**', 'constructs/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^(node:)?(fs|net|http|https|child_process|dns|tls)(/|$)', message: 'This layer does no I/O.' },
          ],
        },
      ],
      'no-restricted-globals': ['error', 'process', 'setTimeout', 'setInterval', 'fetch'],
    },
  },
  // What jsii calls `any`: shapes that Kubernetes spells and that we hand on.
  { files: ['constructs/*.ts', 'constructs/plus/*.ts'], rules: { '@typescript-eslint/no-explicit-any': 'off' } },
  { files: ['**/*.js'], ...typescript.configs.disableTypeChecked },
  {
    files: ['scripts/**', 'bench/**', 'test/**'],
    rules: {
      'no-console': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
);
