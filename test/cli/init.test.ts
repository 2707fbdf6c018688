import { afterEach, describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderWith, gamezone, namesIn, removeFolders, snapshot, spawned } from './command-line.js';

afterEach(removeFolders);

const FILES = ['.gitignore', '.gamezone/zone-file.schema.json', 'README.md', 'gitops/application.yaml', 'zone.yaml'];

describe('a new repository', () => {
  test('synthesizes at once, without a warning about what it wrote itself, and is up to date then', async () => {
    const cwd = folderWith();
    expect((await spawned(['init', '--yaml'], { cwd })).code).toBe(0);
    for (const name of FILES) expect(existsSync(join(cwd, name))).toBe(true);
    const synth = await spawned(['synth'], { cwd });
    expect(synth.code).toBe(0);
    const warnings = synth.err.split('\n').filter((line) => line.includes(': warning: '));
    expect(warnings.filter((line) => !line.includes('`prepull` has no effect'))).toEqual([]);
    const check = await spawned(['synth', '--check'], { cwd });
    expect([check.code, check.err.split('\n').at(-2)]).toEqual([0, 'dist is up to date']);
  });

  test('may be a folder that is not there yet, of a zone with another name', async () => {
    const folder = join(folderWith(), 'games', 'eu');
    const { code, err } = await gamezone('init', '--yaml', folder, '--name', 'eu-west');
    expect(code).toBe(0);
    expect(err).toContain(`next: cd ${folder} && gamezone synth`);
    const dist = join(folder, 'dist');
    expect((await gamezone('synth', join(folder, 'zone.yaml'), '-o', dist)).code).toBe(0);
    expect(namesIn(dist).filter((name) => !name.startsWith('.'))).toEqual(['eu-west.yaml']);
  });

  test('keeps secret files out of git, and gives the editor the schema of its zone file', async () => {
    const folder = folderWith();
    await gamezone('init', '--yaml', folder);
    expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toMatch(/^dist\/\*\.secret\.yaml$/m);
    expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toMatch(/^dist\/\.\*\.tmp$/m);
    const [, schema] = /\$schema=(\S+)/.exec(readFileSync(join(folder, 'zone.yaml'), 'utf8'))!;
    expect(JSON.parse(readFileSync(join(folder, schema!), 'utf8'))).toHaveProperty('properties');
  });

  test('has no file of temporary name in it', async () => {
    const folder = folderWith();
    await gamezone('init', '--yaml', folder, '--ci', 'github');
    expect(namesIn(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

describe('CI', () => {
  test.each([
    ['gitlab', '.gitlab-ci.yml'],
    ['github', '.github/workflows/zone.yaml'],
  ])('of %s checks the manifests', async (ci, name) => {
    const folder = folderWith();
    expect((await gamezone('init', '--yaml', folder, '--ci', ci)).code).toBe(0);
    const text = readFileSync(join(folder, name), 'utf8');
    expect(typeof load(text)).toBe('object');
    expect(text).toMatch(/npx --yes gamezone@\d\S* synth --check/);
  });

  test('is absent unless asked for', async () => {
    const folder = folderWith();
    await gamezone('init', '--yaml', folder);
    expect(namesIn(folder).filter((name) => /gitlab|github/.test(name))).toEqual([]);
  });

  test('and the example of GitOps is YAML', async () => {
    const folder = folderWith();
    await gamezone('init', '--yaml', folder, '--name', 'eu');
    const application = load(readFileSync(join(folder, 'gitops/application.yaml'), 'utf8'));
    expect(application).toMatchObject({
      kind: 'Application',
      metadata: { name: 'eu' },
      spec: { source: { path: 'dist' } },
    });
  });
});

describe('nothing is written', () => {
  test.each(FILES)('when there is already: %s', async (name) => {
    const folder = folderWith({ [name]: 'mine' });
    const before = snapshot(folder);
    const { code, err } = await gamezone('init', '--yaml', folder);
    expect(err).toContain(`already there: ${name}\n`);
    expect(code).toBe(2);
    expect(snapshot(folder)).toEqual(before);
  });

  test('when all of them are there, each is named', async () => {
    const folder = folderWith(Object.fromEntries(FILES.map((name) => [name, 'mine'])));
    const { err } = await gamezone('init', '--yaml', folder);
    for (const name of FILES) expect(err).toContain(name);
  });

  test.each(['gitops', '.gamezone'])('when a file stands in the place of a folder: %s', async (name) => {
    const folder = folderWith({ [name]: 'mine' });
    const before = namesIn(folder);
    const { code, err } = await gamezone('init', '--yaml', folder);
    expect(err).toContain('a file is in the way');
    expect(code).toBe(2);
    expect(namesIn(folder)).toEqual(before);
  });

  test('when the folder is a file', async () => {
    const folder = folderWith({ a: '' });
    const { code, err } = await gamezone('init', '--yaml', join(folder, 'a'));
    expect(err).toContain('a file is in the way');
    expect(code).toBe(2);
    expect(namesIn(folder)).toEqual(['a']);
  });

  test.each(['Zone1', '1zone', 'my zone', '-a', 'a-', 'z'.repeat(31), '', '../x'])(
    'under a name that is none: %j',
    async (name) => {
      const folder = folderWith();
      const { code, err } = await gamezone('init', '--yaml', folder, `--name=${name}`);
      expect(err).toMatch(/not a name for a zone\n {2}right: use at most 30/);
      expect(code).toBe(2);
      expect(namesIn(folder)).toEqual([]);
    },
  );
});
