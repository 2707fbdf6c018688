import { afterEach, describe, expect, test } from '@jest/globals';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { applyChange } from '../../src/synth/output/folder.js';
import { INDEX_FILE as INDEX } from '../../src/synth/output/index-file.js';
import { folderWith, gamezone, modeOf, namesIn, put, removeFolders, snapshot } from './command-line.js';
import { workspace } from './workspace.js';
import { zoneFile } from './zones.js';

afterEach(removeFolders);

describe('what left the model is removed, and nothing else', () => {
  test('the secret file, when no literal is left', async () => {
    const { folder, dist, synth } = workspace();
    await synth();
    put(folder, { 'zone.yaml': zoneFile({ literal: false }) });
    expect((await synth()).err).toContain('removed dist/zone1.secret.yaml');
    expect(namesIn(dist)).toEqual([INDEX, 'zone1.yaml']);
  });

  test('the other format', async () => {
    const { dist, synth } = workspace();
    await synth();
    await synth('--format', 'json');
    expect(namesIn(dist)).toEqual([INDEX, 'zone1.json', 'zone1.secret.json']);
    expect(modeOf(join(dist, 'zone1.secret.json'))).toBe(0o600);
  });

  test('the files of a zone in whose place stands another one', async () => {
    const { folder, dist, synth } = workspace();
    await synth();
    put(folder, { 'zone.yaml': zoneFile({ name: 'other', zoneId: 2 }) });
    await synth();
    expect(namesIn(dist)).toEqual([INDEX, 'other.secret.yaml', 'other.yaml']);
  });

  test('the files of a zone file that is gone', async () => {
    const { folder, dist, synth } = workspace();
    put(folder, { 'two.yaml': zoneFile({ name: 'zone2', literal: false }) });
    await gamezone('synth', join(folder, 'two.yaml'), '-o', dist);
    await synth();
    expect(existsSync(join(dist, 'zone2.yaml'))).toBe(true);
    rmSync(join(folder, 'two.yaml'));
    await synth();
    expect(existsSync(join(dist, 'zone2.yaml'))).toBe(false);
  });

  test("neither other zone files' files nor anybody else's", async () => {
    const { folder, dist, synth } = workspace();
    put(folder, {
      'two.yaml': zoneFile({ name: 'zone2' }),
      'dist/kustomization.yaml': 'a: 1\n',
      'dist/notes/a.yaml': '',
    });
    await gamezone('synth', join(folder, 'two.yaml'), '-o', dist);
    const others = Object.entries(snapshot(dist)).filter(([name]) => name !== INDEX);
    await synth();
    await synth('--format', 'json');
    put(folder, { 'zone.yaml': zoneFile({ name: 'zone9', zoneId: 9, literal: false }) });
    expect((await synth()).code).toBe(0);
    const after = snapshot(dist);
    expect(others.map(([name]) => [name, after[name]])).toEqual(others);
  });

  test('a zone file never takes the name that another one made', async () => {
    const { folder, dist, synth } = workspace();
    await synth();
    put(folder, { 'copy.yaml': zoneFile({ literal: false }) });
    const before = snapshot(dist);
    const { code, err } = await gamezone('synth', join(folder, 'copy.yaml'), '-o', dist);
    expect(err).toMatch(/dist\/zone1\.yaml: comes from another zone file, .*zone\.yaml/);
    expect(code).toBe(2);
    expect(snapshot(dist)).toEqual(before);
    rmSync(join(folder, 'zone.yaml'));
    expect((await gamezone('synth', join(folder, 'copy.yaml'), '-o', dist)).code).toBe(0);
  });

  test('a hostile index removes nothing outside of the folder, and nothing that synth never writes', async () => {
    const { folder, synth } = workspace(zoneFile({ literal: false }));
    const names = ['../precious.yaml', '../../x', '/etc/passwd', 'sub/a.yaml', 'README.md', '.git', '..', 'A.yaml'];
    put(folder, {
      'precious.yaml': 'a: 1\n',
      'dist/README.md': 'a',
      'dist/sub/a.yaml': 'a',
      'dist/A.yaml': 'a',
      'dist/folder.yaml/x': 'a',
      [`dist/${INDEX}`]: JSON.stringify({
        files: Object.fromEntries([...names, 'folder.yaml', '__proto__'].map((name) => [name, '../gone.yaml'])),
      }),
    });
    expect((await synth()).code).toBe(0);
    expect(namesIn(folder)).toEqual(
      expect.arrayContaining([
        'precious.yaml',
        'dist/README.md',
        'dist/sub/a.yaml',
        'dist/A.yaml',
        'dist/folder.yaml/x',
      ]),
    );
  });

  test.each(['', '{', '[]', '{"files": 1}', '{"files": {"a.yaml": 1}}', 'null', '"files"'])(
    'an index that is none changes nothing: %s',
    async (index) => {
      const { folder, dist, synth } = workspace();
      put(folder, { [`dist/${INDEX}`]: index });
      const before = snapshot(dist);
      const { code, err } = await synth();
      expect(err).toMatch(/^dist\/\.gamezone-index:1:1: not an index of gamezone synth\n {2}right: remove it/m);
      expect(code).toBe(2);
      expect(snapshot(dist)).toEqual(before);
    },
  );
});

describe('a failure leaves the folder as it was', () => {
  test.each([
    ['the first file cannot be written', `.zone1.yaml.${process.pid}.tmp`],
    ['the last file cannot be written', `${INDEX.replace('.', '..')}.${process.pid}.tmp`],
  ])('%s', async (_, obstacle) => {
    const { folder, dist, synth } = workspace();
    await synth();
    put(folder, {
      'zone.yaml': zoneFile({ name: 'zone1', image: 'registry.example.com/p/service:9', literal: false }),
    });
    mkdirSync(join(dist, obstacle));
    const before = snapshot(dist);
    const { code, err } = await synth();
    expect(err).toContain('EISDIR');
    expect(code).toBe(1);
    expect(snapshot(dist)).toEqual(before);
  });

  test('a folder stands where a file should', async () => {
    const { folder, dist, synth } = workspace();
    put(folder, { 'dist/zone1.secret.yaml/x': '' });
    const before = snapshot(dist);
    const { code, err } = await synth();
    expect(err).toContain('dist/zone1.secret.yaml: something else than a file stands here');
    expect(code).toBe(2);
    expect(snapshot(dist)).toEqual(before);
  });

  test('a rename fails when others are done already', () => {
    const dist = folderWith({ 'a.yaml': 'old', 'b.yaml/x': '', 'c.yaml': 'old' });
    chmodSync(join(dist, 'a.yaml'), 0o640);
    const file = (name: string) => ({ name, content: Buffer.from('new'), secret: false, demanded: true, source: 'x' });
    const before = snapshot(dist);
    const change = {
      missing: [file('0.yaml')],
      different: [file('a.yaml'), file('b.yaml')],
      same: [],
      stale: [{ name: 'c.yaml', source: 'x' }],
    };
    expect(() => applyChange(dist, { ...change, index: {}, indexIsCurrent: false })).toThrow(/EISDIR/);
    const withoutTimes = (files: Record<string, string>) =>
      Object.entries(files).map(([name, state]) => [name, state.replace(/ \d+ /, ' ')]);
    expect(withoutTimes(snapshot(dist))).toEqual(withoutTimes(before));
  });

  test('a file stands where the folder should', async () => {
    const { folder, synth } = workspace();
    put(folder, { dist: 'a' });
    const { code, err } = await synth();
    expect(err).toContain('dist: is a file, and no folder to write to');
    expect(code).toBe(2);
    expect(readFileSync(join(folder, 'dist'), 'utf8')).toBe('a');
  });
});
