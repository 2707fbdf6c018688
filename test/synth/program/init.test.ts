import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { buildAll, buildTypes, CLI, node, objectsIn, programFolder, removeAll, synth } from './programs.js';

beforeAll(async () => {
  await buildAll();
  buildTypes();
});
afterAll(removeAll);

const init = (cwd: string, ...args: readonly string[]) => node(cwd, [CLI, 'init', ...args]);
const tsc = (cwd: string) => node(cwd, [resolve('node_modules/typescript/bin/tsc'), '-p', '.']);

test('a new repository in TypeScript type-checks, synthesizes without a warning of its own, and is up to date then', async () => {
  const folder = programFolder({});
  expect(await init(folder, '--name', 'eu-west', '--ci', 'github')).toMatchObject({
    code: 0,
    err: expect.stringMatching(/^wrote zone\.ts$[^]*^next: npm install && npm run synth$/m) as unknown,
  });
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => !name.startsWith('node_modules'),
  );
  expect(names.sort()).toEqual([
    '.github',
    '.github/workflows',
    '.github/workflows/zone.yaml',
    '.gitignore',
    'README.md',
    'gitops',
    'gitops/application.yaml',
    'package.json',
    'tsconfig.json',
    'zone.ts',
  ]);
  expect(await tsc(folder)).toEqual({ code: 0, out: '', err: '' });
  const { code, err } = await synth(folder);
  expect(code).toBe(0);
  expect(
    err.split('\n').filter((line) => line.includes(': warning: ') && !line.includes('`prepull` has no effect')),
  ).toEqual([]);
  expect(await synth(folder, '--check')).toMatchObject({ code: 0 });
  expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toMatch(/^node_modules\/\n[^]*^dist\/\*\.secret\.yaml$/m);
}, 120_000);

test('a mistake in it is found by the type check', async () => {
  const folder = programFolder({
    'extra.ts': "import { GameZone } from 'gamezone';\nnew GameZone(null as never, 'a', { zoneId: '1' });\n",
  });
  await init(folder);
  const { code, out } = await tsc(folder);
  expect(code).not.toBe(0);
  expect(out).toContain('extra.ts(2,');
}, 120_000);

test('it is the zone that init --yaml writes', async () => {
  const folders = [programFolder({}), programFolder({})] as const;
  const objects = await Promise.all(
    [[], ['--yaml']].map(async (options, index) => {
      await init(folders[index]!, ...options);
      await synth(folders[index]!);
      return objectsIn(join(folders[index]!, 'dist'));
    }),
  );
  expect(objects[0]!.length).toBeGreaterThan(5);
  expect(objects[0]).toEqual(objects[1]);
});

test.each([
  ['gitlab', '.gitlab-ci.yml'],
  ['github', '.github/workflows/zone.yaml'],
])('CI of %s runs the script that checks', async (ci, name) => {
  const folder = programFolder({});
  await init(folder, '--ci', ci);
  const text = readFileSync(join(folder, name), 'utf8');
  expect(typeof load(text)).toBe('object');
  expect(text).toContain('npm run check');
  const { scripts } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  expect(scripts['check']).toBe('tsc && gamezone synth --check');
});

test('nothing is written over', async () => {
  const folder = programFolder({ 'package.json': '{}' });
  expect(await init(folder)).toMatchObject({
    code: 2,
    err: expect.stringContaining('already there: package.json') as unknown,
  });
  expect(readdirSync(folder).sort()).toEqual(['node_modules', 'package.json']);
});
