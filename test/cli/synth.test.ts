import { afterEach, describe, expect, test } from '@jest/globals';
import { load, loadAll } from 'js-yaml';
import { chmodSync, existsSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { INDEX_FILE as INDEX } from '../../src/synth/output/index-file.js';
import { spellingsIn } from '../parts/secret-spellings.js';
import { folderWith, gamezone, modeOf, namesIn, put, removeFolders, snapshot, spawned } from './command-line.js';
import { workspace } from './workspace.js';
import { SECRET, zoneFile } from './zones.js';

afterEach(removeFolders);

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

const read = (folder: string, name: string): string => readFileSync(join(folder, name), 'utf8');
const objectsOf = (text: string): Manifest[] => loadAll(text) as Manifest[];

describe('what synth writes', () => {
  test('a file for the zone, one for its secrets that only its owner reads, and an index', async () => {
    const { dist, synth } = workspace();
    const { code, out, err } = await synth();
    expect([code, out]).toEqual([0, '']);
    expect(err).toMatch(/^zone1: \d+ objects in dist\/zone1\.yaml and dist\/zone1\.secret\.yaml$/m);
    expect(namesIn(dist)).toEqual([INDEX, 'zone1.secret.yaml', 'zone1.yaml']);
    expect(modeOf(join(dist, 'zone1.secret.yaml'))).toBe(0o600);
    expect(modeOf(join(dist, 'zone1.yaml')) & 0o077).not.toBe(0);
    expect(JSON.parse(read(dist, INDEX))).toEqual({
      files: { 'zone1.secret.yaml': '../zone.yaml', 'zone1.yaml': '../zone.yaml' },
    });
    expect(spellingsIn(read(dist, 'zone1.yaml'), SECRET)).toEqual([]);
    // As the API server keeps it: with `stringData` a second apply would change it again.
    const data = { 'mysql-password': Buffer.from(SECRET).toString('base64') };
    const [secret, ...others] = objectsOf(read(dist, 'zone1.secret.yaml'));
    expect(secret).toMatchObject({ kind: 'Secret', data });
    expect([Object.keys(secret!), others]).toEqual([['apiVersion', 'kind', 'metadata', 'type', 'data'], []]);
  });

  test('a second time nothing changes, not even a time', async () => {
    const { dist, synth } = workspace();
    await synth();
    for (const name of namesIn(dist)) utimesSync(join(dist, name), 1, 1);
    const before = snapshot(dist);
    const { code, err } = await synth();
    expect(code).toBe(0);
    expect(err).toContain('dist/zone1.yaml (unchanged) and dist/zone1.secret.yaml (unchanged)');
    expect(snapshot(dist)).toEqual(before);
  });

  test('the same bytes in every folder', async () => {
    const [one, two] = [workspace(), workspace()];
    await one.synth();
    await two.synth();
    for (const name of namesIn(one.dist)) expect(read(two.dist, name)).toBe(read(one.dist, name));
  });

  test('a secret that was opened to others is closed again', async () => {
    const { dist, synth } = workspace();
    await synth();
    chmodSync(join(dist, 'zone1.secret.yaml'), 0o644);
    await synth();
    expect(modeOf(join(dist, 'zone1.secret.yaml'))).toBe(0o600);
  });

  test('several zone files at once', async () => {
    const { folder, dist } = workspace();
    put(folder, { 'two.yaml': `${zoneFile({ name: 'zone2' })}---\n${zoneFile({ name: 'zone3', literal: false })}` });
    const { code } = await gamezone('synth', join(folder, 'zone.yaml'), join(folder, 'two.yaml'), '-o', dist);
    expect(code).toBe(0);
    expect(namesIn(dist)).toEqual([
      INDEX,
      'zone1.secret.yaml',
      'zone1.yaml',
      'zone2.secret.yaml',
      'zone2.yaml',
      'zone3.yaml',
    ]);
  });

  test('a zone file named twice is read once', async () => {
    const { dist, source } = workspace();
    expect((await gamezone('synth', source, source, '-o', dist)).code).toBe(0);
  });
});

describe('--check', () => {
  test('agrees with what synth wrote, and writes nothing', async () => {
    const { dist, synth } = workspace();
    await synth();
    const before = snapshot(dist);
    const { code, err } = await synth('--check');
    expect([code, err.split('\n').at(-2)]).toEqual([0, 'dist is up to date']);
    expect(snapshot(dist)).toEqual(before);
  });

  test('names what is missing, different and stale', async () => {
    const { folder, dist } = workspace();
    put(folder, { 'two.yaml': zoneFile({ name: 'zone2', literal: false }) });
    const both = (...options: readonly string[]) =>
      gamezone('synth', join(folder, 'zone.yaml'), join(folder, 'two.yaml'), '-o', dist, ...options);
    await both();
    put(folder, { 'zone.yaml': zoneFile({ image: 'registry.example.com/p/service:0.2.0', literal: false }) });
    rmSync(join(dist, 'zone2.yaml'));
    const before = snapshot(dist);
    const { code, err } = await both('--check');
    const lines = err
      .replaceAll(`${folder}/`, '')
      .split('\n')
      .filter((line) => line.startsWith('dist/'));
    expect(lines.sort()).toEqual([
      `dist/${INDEX}: missing, or not that of these zones`,
      'dist/zone1.secret.yaml: stale, no zone makes it any more',
      'dist/zone1.yaml: differs from what synth writes',
      'dist/zone2.yaml: missing',
    ]);
    expect(code).toBe(1);
    expect(snapshot(dist)).toEqual(before);
  });

  test('fails without a folder, and makes none', async () => {
    const { dist, synth } = workspace();
    expect((await synth('--check')).code).toBe(1);
    expect(existsSync(dist)).toBe(false);
  });

  test('asks for the index, without which nobody could tell what is stale', async () => {
    const { dist, synth } = workspace();
    await synth();
    rmSync(join(dist, INDEX));
    const { code, err } = await synth('--check');
    expect(err).toContain(`dist/${INDEX}: missing`);
    expect(code).toBe(1);
  });

  test('does not ask for the secret file of a fresh checkout', async () => {
    const { dist, synth } = workspace();
    await synth();
    rmSync(join(dist, 'zone1.secret.yaml'));
    expect((await synth('--check')).code).toBe(0);
  });

  test('tells when a secret file that is there is not the right one', async () => {
    const { folder, synth } = workspace();
    await synth();
    put(folder, { 'dist/zone1.secret.yaml': 'a: 1\n' });
    const { code, err } = await synth('--check');
    expect(err).toContain('dist/zone1.secret.yaml: differs');
    expect(code).toBe(1);
  });
});

describe('where the objects and their secrets go', () => {
  test('--stdout prints everything, secrets included, and writes nothing', async () => {
    const { folder, dist, synth } = workspace();
    await synth();
    const written = [...objectsOf(read(dist, 'zone1.yaml')), ...objectsOf(read(dist, 'zone1.secret.yaml'))];
    const before = snapshot(folder);
    const { code, out } = await synth('--stdout');
    expect(code).toBe(0);
    expect(new Set(objectsOf(out).map((object) => JSON.stringify(object)))).toEqual(
      new Set(written.map((object) => JSON.stringify(object))),
    );
    expect(snapshot(folder)).toEqual(before);
  });

  test('--stdout without a folder makes none', async () => {
    const { dist, synth } = workspace();
    await synth('--stdout');
    expect(existsSync(dist)).toBe(false);
  });

  test('--stdout prints several zones as one stream', async () => {
    const { folder } = workspace(`${zoneFile()}---\n${zoneFile({ name: 'zone2' })}`);
    const { out } = await gamezone('synth', join(folder, 'zone.yaml'), '--stdout');
    expect(
      objectsOf(out)
        .filter(({ kind }) => kind === 'Secret')
        .map(({ metadata }) => metadata.name),
    ).toEqual(['zone1-credentials', 'zone2-credentials']);
  });

  test('--stdout prints several zones as one List of JSON, the same objects in the same order', async () => {
    const { folder } = workspace(`${zoneFile()}---\n${zoneFile({ name: 'zone2' })}`);
    put(folder, { 'three.yaml': zoneFile({ name: 'zone3', literal: false }) });
    const print = async (...options: readonly string[]) =>
      (await gamezone('synth', join(folder, 'zone.yaml'), join(folder, 'three.yaml'), '--stdout', ...options)).out;
    const { kind, items } = JSON.parse(await print('--format', 'json')) as { kind: string; items: Manifest[] };
    expect(kind).toBe('List');
    expect(items).toEqual(objectsOf(await print()));
    expect(new Set(items.map(({ metadata }) => metadata.name.split('-')[0]))).toEqual(
      new Set(['zone1', 'zone2', 'zone3']),
    );
  });

  test('--format json is a List of the same objects', async () => {
    const { synth } = workspace();
    const yaml = objectsOf((await synth('--stdout')).out);
    const list = JSON.parse((await synth('--stdout', '--format', 'json')).out) as { kind: string; items: Manifest[] };
    expect(list.kind).toBe('List');
    expect(list.items).toEqual(yaml);
  });

  test('--secrets inline keeps them in the one file, which only its owner reads', async () => {
    const { dist, synth } = workspace();
    await synth('--secrets', 'inline');
    expect(namesIn(dist)).toEqual([INDEX, 'zone1.yaml']);
    expect(spellingsIn(read(dist, 'zone1.yaml'), SECRET)).not.toEqual([]);
    expect(modeOf(join(dist, 'zone1.yaml'))).toBe(0o600);
    await synth();
    expect(modeOf(join(dist, 'zone1.yaml')) & 0o077).not.toBe(0);
    rmSync(join(dist, 'zone1.yaml'));
    expect((await synth('--secrets', 'inline', '--check')).code).toBe(1);
  });

  test.each([['to files'], ['to stdout', '--stdout']])('--secrets omit leaves them out, %s', async (_, ...options) => {
    const { dist, synth } = workspace();
    const { out } = await synth('--secrets', 'omit', ...options);
    const text = options.length > 0 ? out : read(dist, 'zone1.yaml');
    expect(objectsOf(text).length).toBeGreaterThan(3);
    expect(objectsOf(text).filter(({ kind }) => kind === 'Secret')).toEqual([]);
    expect(spellingsIn(text, SECRET)).toEqual([]);
    if (options.length === 0) expect(namesIn(dist)).toEqual([INDEX, 'zone1.yaml']);
  });

  test('--namespace is that of every object', async () => {
    const { synth } = workspace(zoneFile({ rich: true }));
    const { out } = await synth('--stdout', '--namespace', 'games-eu');
    const objects = objectsOf(out);
    expect(new Set(objects.map(({ kind }) => kind)).size).toBeGreaterThan(7);
    expect(objects.filter(({ metadata }) => metadata.namespace !== 'games-eu')).toEqual([]);
  });
});

describe('no file named', () => {
  test('the only zone here is meant', async () => {
    const { folder, dist } = workspace();
    expect((await spawned(['synth'], { cwd: folder })).code).toBe(0);
    expect(namesIn(dist)).toContain('zone1.yaml');
  });

  test('none here', async () => {
    const { code, err } = await spawned(['synth'], { cwd: folderWith() });
    expect(err).toBe(
      'no zone.yaml, zone.ts or zone.js here\n  right: name one, or start with `gamezone init` (TypeScript) or `gamezone init --yaml`\n',
    );
    expect(code).toBe(2);
  });

  test('several here', async () => {
    const { code, err } = await spawned(['synth'], { cwd: folderWith({ 'zone.yaml': zoneFile(), 'zone.ts': '' }) });
    expect(err).toContain('several zones here: zone.ts, zone.yaml\n');
    expect(code).toBe(2);
  });

  test.each(['zone.ts', 'zone.js'])('a program that builds nothing: %s', async (name) => {
    const { code, err } = await spawned(['synth'], { cwd: folderWith({ [name]: '' }) });
    expect(err).toContain(`${name}: no App, and no GameZone in one`);
    expect(code).toBe(2);
  });
});

test('a reader that leaves early is no failure', async () => {
  const services = Array.from({ length: 300 }, (_, index) => `- {type: t${index}, id: 1}`).join('\n');
  const { folder } = workspace(zoneFile({ services }));
  const { code, err } = await spawned(['synth', '--stdout'], { cwd: folder, closeOutput: true });
  expect(err).not.toMatch(/EPIPE|^\s*at /m);
  expect(code).toBe(0);
});

test('what a user reads of YAML and JSON is the same zone', async () => {
  const { folder, source, synth } = workspace();
  const fromYaml = (await synth('--stdout')).out;
  put(folder, { 'zone.yaml': JSON.stringify(load(readFileSync(source, 'utf8'))) });
  expect((await synth('--stdout')).out).toBe(fromYaml);
});
