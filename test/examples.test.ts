import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadAll } from 'js-yaml';
import { checkObject } from '../src/kubernetes/index.js';
import { run } from '../src/cli/program.js';
import type { Manifest } from '../constructs/manifests/manifest.js';
import { spellingsIn } from './parts/secret-spellings.js';
import { buildAll, node, programFolder, removeAll, synth } from './synth/program/programs.js';

beforeAll(buildAll);
afterAll(removeAll);

const examples = readdirSync('examples', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const isProgram = (name: string): boolean => existsSync(join('examples', name, 'zone.ts'));

/** Runs synth over the zone of an example; programs run in a folder of their own, where the library is installed. */
async function synthExample(name: string, ...options: readonly string[]): Promise<number | null> {
  const folder = join('examples', name);
  if (!isProgram(name)) return run(['synth', join(folder, 'zone.yaml'), ...options]);
  const copy = join(programFolder({ 'package.json': '{"type":"module"}' }), name);
  cpSync(folder, copy, { recursive: true });
  const inCopy = options.map((option) => (option === join(folder, 'manifests') ? 'manifests' : option));
  return (await synth(copy, 'zone.ts', ...inCopy)).code;
}

describe.each(examples)('examples/%s', (name) => {
  const folder = join('examples', name);
  const manifestFolder = join(folder, 'manifests');
  const objects = (): Manifest[] =>
    readdirSync(manifestFolder)
      .filter((file) => file.endsWith('.yaml') && !file.endsWith('.secret.yaml'))
      .flatMap((file) => loadAll(readFileSync(join(manifestFolder, file), 'utf8')) as Manifest[]);

  test('its manifests are what synth writes', async () => {
    expect(await synthExample(name, '-o', manifestFolder, '--check')).toBe(0);
  });

  test('comes out as the same bytes twice', async () => {
    const folders = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'gamezone-example-')));
    try {
      for (const out of folders) expect(await synthExample(name, '-o', out, '--secrets', 'inline')).toBe(0);
      const [first, second] = folders.map((out) =>
        readdirSync(out)
          .filter((file) => file.endsWith('.yaml'))
          .map((file) => readFileSync(join(out, file), 'utf8')),
      );
      expect(first!.length).toBeGreaterThan(0);
      expect(first).toEqual(second);
    } finally {
      for (const out of folders) rmSync(out, { recursive: true });
    }
  });

  test('holds no credential', () => {
    const zone = readFileSync(join(folder, isProgram(name) ? 'zone.ts' : 'zone.yaml'), 'utf8');
    const written = isProgram(name) ? /unsafeLiteral\('(.+?)'\)/g : /^\s*(?:pwd|accessKey|secretKey): (\S+)$/gm;
    const literals = [...zone.matchAll(written)].map(([, value]) => value!);
    if (basename(folder) === 'zone-ts') expect(literals).toHaveLength(3);
    const text = readdirSync(manifestFolder)
      .filter((file) => !file.includes('.secret.'))
      .map((file) => readFileSync(join(manifestFolder, file), 'utf8'))
      .join('');
    for (const literal of literals) expect(spellingsIn(text, literal)).toEqual([]);
  });

  test('every object of Kubernetes own kinds would be accepted', () => {
    for (const object of objects()) expect(checkObject(object)).toEqual([]);
  });

  test('what others need comes first', () => {
    const rank = ['Secret', 'ConfigMap', 'PersistentVolumeClaim', 'Service', 'HookTemplate', 'Job'];
    for (const file of readdirSync(manifestFolder).filter((one) => one.endsWith('.yaml'))) {
      const kinds = (loadAll(readFileSync(join(manifestFolder, file), 'utf8')) as Manifest[]).map(({ kind }) => kind);
      const ranks = kinds.map((kind) => (rank.includes(kind) ? rank.indexOf(kind) : rank.length));
      expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
    }
  });
});

describe.each(examples.filter(isProgram))('the program of examples/%s', (name) => {
  test('writes by itself what the command writes: the same objects in the same order', async () => {
    const parent = programFolder({ 'package.json': '{"type":"module"}' });
    const folder = join(parent, name);
    cpSync(join('examples', name), folder, { recursive: true });
    expect(await synth(folder, 'zone.ts', '--secrets', 'inline', '-o', 'ours')).toMatchObject({ code: 0 });
    // As cdk8s would run it, through a loader of TypeScript; one without app.synth() is asked for it from outside.
    const all = `import app from ${JSON.stringify(join(folder, 'zone.ts'))}; app.synth();`;
    const tsx = `file://${resolve('node_modules/tsx/dist/loader.mjs')}`;
    expect(await node(folder, ['--import', tsx, '--input-type=module', '-e', all])).toMatchObject({ code: 0 });
    const written = (from: string): [string, unknown[]][] =>
      readdirSync(join(folder, from))
        .filter((file) => file.endsWith('.yaml'))
        .map((file) => [file.split('.')[0]!, loadAll(readFileSync(join(folder, from, file), 'utf8'))]);
    expect(written('ours').length).toBeGreaterThan(0);
    expect(written('ours')).toEqual(written('dist'));
  });
});

test('the zone in TypeScript is the zone of the seed document', () => {
  const objectsOf = (name: string): unknown[] =>
    ['zone1.yaml', 'zone1.secret.yaml']
      .filter((file) => existsSync(join('examples', name, 'manifests', file)))
      .flatMap((file) => loadAll(readFileSync(join('examples', name, 'manifests', file), 'utf8')));
  const withoutSecret = (objects: unknown[]): unknown[] =>
    objects.filter((object) => (object as Manifest).kind !== 'Secret');
  expect(withoutSecret(objectsOf('zone-ts'))).toEqual(withoutSecret(objectsOf('seed-zone')));
});

test('the zone of the seed document is verbatim', () => {
  const digest = createHash('sha256').update(readFileSync('examples/seed-zone/zone.yaml')).digest('hex');
  expect(digest).toBe('4b3d1c82935d2151581f9be3383f5db4af56cde40bbefb821e89ced0a6e3b889');
});
