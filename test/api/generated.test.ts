import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BANNER, stale, write } from '../../scripts/generate/outputs.js';
import { KINDS } from '../../src/api/check.js';
import { crds } from '../../src/api/crds.js';
import { root } from './repository.js';

test('generated files are fresh', () => {
  const run = () =>
    execFileSync(process.execPath, ['--import', 'tsx', 'scripts/generate.ts', '--check'], {
      cwd: root,
      encoding: 'utf8',
      stdio: 'pipe',
    });
  expect(run).not.toThrow();
});

test('a check names files that differ, are missing, or should no longer exist, and leaves those of people alone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'generated-'));
  mkdirSync(join(folder, 'out'));
  writeFileSync(join(folder, 'out/same'), 'same');
  writeFileSync(join(folder, 'out/different'), 'before');
  writeFileSync(join(folder, 'out/obsolete'), `// ${BANNER}\n`);
  writeFileSync(join(folder, 'out/by-hand'), 'hello');
  const outputs = new Map([
    ['out/same', 'same'],
    ['out/different', 'after'],
    ['out/missing', 'new'],
  ]);
  expect(stale(folder, outputs, ['out', 'nowhere'])).toEqual(['out/different', 'out/missing', 'out/obsolete']);
  write(folder, outputs, ['out']);
  expect(stale(folder, outputs, ['out'])).toEqual([]);
  expect(readdirSync(join(folder, 'out')).sort()).toEqual(['by-hand', 'different', 'missing', 'same']);
});

test('all CRDs together are less than 200 kB', () => {
  const folder = join(root, 'src/api/generated/crds');
  const sizes = readdirSync(folder).map((file) => statSync(join(folder, file)).size);
  expect(sizes).toHaveLength(KINDS.length);
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(200_000);
});

test('the CRDs in the program are those on disk, and GameZone is not reconciled', async () => {
  const all = await crds();
  for (const { kind, yaml } of all) {
    const file = kind.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
    const onDisk = readFileSync(join(root, `src/api/generated/crds/${file}.yaml`), 'utf8');
    expect(onDisk.replace(`# ${BANNER}\n`, '')).toBe(yaml);
  }
  expect(all.filter((crd) => !crd.reconciled).map((crd) => crd.kind)).toEqual(['GameZone']);
  expect(all.map((crd) => crd.kind).sort()).toEqual([...KINDS].sort());
});

test('validators load nothing at run time', () => {
  const folder = join(root, 'src/api/generated/validators');
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.js'))) {
    expect(readFileSync(join(folder, file), 'utf8')).not.toMatch(/\brequire\(|^import |\bimport\(/m);
  }
});

test('the editor schema says of every field what it is for, and contains none of our own keywords', () => {
  const text = readFileSync(join(root, 'src/api/generated/zone-file.schema.json'), 'utf8');
  const schema = JSON.parse(text) as { $schema: string; properties: Record<string, unknown> };
  expect(schema.$schema).toBe('http://json-schema.org/draft-07/schema#');
  expect(Object.keys(schema.properties)).toEqual(['apiVersion', 'kind', 'metadata', 'spec']);
  expect(text).not.toMatch(/"x-|"tsType"|"hint"/);
});
