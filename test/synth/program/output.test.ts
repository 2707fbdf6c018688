import { existsSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadAll } from 'js-yaml';
import type { Manifest } from '../../../constructs/manifests/manifest.js';
import { spellingsIn } from '../../parts/secret-spellings.js';
import { buildAll, ESM, node, objectsIn, programFolder, put, removeAll, synth, ZONE } from './programs.js';

beforeAll(buildAll);
afterAll(removeAll);

const MORE = `import { ApiObject, Chart, JsonPatch } from 'cdk8s';
import { Credential } from 'gamezone';
${ZONE}
ApiObject.of(zone.node.findChild('game')).addJsonPatch(JsonPatch.add('/spec/template/spec/hostNetwork', true));
new ApiObject(zone, 'own', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'own' } });
const eu = new GameZone(app, 'eu', { zoneId: 2, image: 'a:1', namespace: 'eu', redis: { host: 'redis', password: Credential.unsafeLiteral('hunter2') } });
eu.addService('game', { ids: ServiceIds.range(1, 3) });
const monitoring = new Chart(app, 'Monitoring', { disableResourceNameHashes: true });
new ApiObject(monitoring, 'role', { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'watcher' }, rules: [] });
new ApiObject(monitoring, 'map', { apiVersion: 'v1', kind: 'ConfigMap', data: { a: 'b' } });
new ApiObject(monitoring, 'there', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'there', namespace: 'there' } });
new ApiObject(monitoring, 'secret', { apiVersion: 'v1', kind: 'Secret', stringData: { a: 'hunter3' } });
new ApiObject(new Chart(monitoring, 'inner'), 'rule', { apiVersion: 'monitoring.coreos.com/v1', kind: 'PrometheusRule', metadata: { name: 'rule' } });
new Chart(app, 'empty');
zone.addDependency(monitoring);
app.synth();
export default app;
`;
const folderWith = (text = MORE): string => programFolder({ 'package.json': ESM, 'zone.ts': text, 'zone.mjs': text });
const names = (folder: string): string[] => readdirSync(join(folder, 'dist')).sort();

describe('every chart of the App becomes a file', () => {
  test('with the objects of app.synth(), in its order', async () => {
    const folder = folderWith();
    expect(await synth(folder, 'zone.ts')).toMatchObject({ code: 0 });
    expect(names(folder)).toEqual([
      '.gamezone-index',
      'eu.secret.yaml',
      'eu.yaml',
      'monitoring-inner.yaml',
      'monitoring.secret.yaml',
      'monitoring.yaml',
      'zone1.yaml',
    ]);
    expect(statSync(join(folder, 'dist/monitoring.secret.yaml')).mode & 0o777).toBe(0o600);
    renameSync(join(folder, 'dist'), join(folder, 'ours'));

    expect(await synth(folder, 'zone.ts', '--secrets', 'inline')).toMatchObject({ code: 0 });
    expect(await node(folder, ['zone.mjs'])).toMatchObject({ code: 0 });
    for (const [file, chart] of [
      ['zone1', /-zone1\.k8s/],
      ['eu', /-eu\.k8s/],
      ['monitoring', /^\d+-monitoring-c?\w{8}\.k8s/],
      ['monitoring-inner', /-monitoring-inner-\w+\.k8s/],
    ] as const) {
      const theirs = names(folder).find((name) => chart.test(name))!;
      expect(read(folder, `${file}.yaml`)).toEqual(read(folder, theirs));
    }
    expect(read(folder, 'zone1.yaml').find(({ kind }) => kind === 'GameStatefulSet')).toMatchObject({
      spec: { template: { spec: { hostNetwork: true } } },
    });
  });

  test('and in the order of cdk8s where they are printed', async () => {
    const { out } = await synth(folderWith(), 'zone.ts', '--stdout');
    const kinds = (loadAll(out) as Manifest[]).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(kinds[0]).toBe('PrometheusRule rule');
    expect(kinds.indexOf('ClusterRole watcher')).toBeLessThan(kinds.indexOf('GameStatefulSet zone1-game'));
    expect(kinds.indexOf('GameStatefulSet zone1-game')).toBeLessThan(kinds.indexOf('GameStatefulSet eu-game'));
    expect(kinds.indexOf('ConfigMap zone1-peers')).toBeLessThan(kinds.indexOf('Service zone1-game'));
  });
});

const read = (folder: string, file: string): Manifest[] =>
  (loadAll(readFileSync(join(folder, 'dist', file), 'utf8')) as Manifest[]).filter(Boolean);

describe('the options of synth mean what they mean for zone files', () => {
  test('--check', async () => {
    const folder = folderWith();
    expect(await synth(folder, 'zone.ts', '--check')).toMatchObject({ code: 1 });
    expect(existsSync(join(folder, 'dist'))).toBe(false);
    await synth(folder, 'zone.ts');
    const upToDate = await synth(folder, 'zone.ts', '--check');
    expect([upToDate.code, upToDate.err.split('\n').at(-2)]).toEqual([0, 'dist is up to date']);
    put(folder, { 'zone.ts': MORE.replace("a: 'b'", "a: 'c'") });
    const { code, err } = await synth(folder, 'zone.ts', '--check');
    expect(code).toBe(1);
    expect(err).toContain('dist/monitoring.yaml: differs from what synth writes\n');
  });

  test('--format json and -o', async () => {
    const folder = folderWith();
    await synth(folder, 'zone.ts', '--format', 'json', '-o', 'out');
    const { kind, items } = JSON.parse(readFileSync(join(folder, 'out/zone1.json'), 'utf8')) as {
      kind: string;
      items: Manifest[];
    };
    expect([kind, items.length]).toEqual(['List', 5]);
  });

  test('--namespace, for objects that name none of their own', async () => {
    const folder = folderWith();
    await synth(folder, 'zone.ts', '--namespace', 'games', '--secrets', 'inline');
    const spaces = (file: string): Record<string, string | undefined> =>
      Object.fromEntries(read(folder, file).map(({ metadata }) => [metadata.name, metadata.namespace]));
    expect(new Set(Object.values(spaces('zone1.yaml')))).toEqual(new Set(['games']));
    expect(new Set(Object.values(spaces('eu.yaml')))).toEqual(new Set(['games']));
    expect(spaces('monitoring.yaml')).toMatchObject({ watcher: undefined, 'monitoring-map': 'games', there: 'there' });
    expect(spaces('monitoring-inner.yaml')).toEqual({ rule: 'games' });
  });

  test.each([
    ['omit', 0],
    ['inline', 2],
    ['separate', 2],
  ])('--secrets %s', async (mode, secrets) => {
    const folder = folderWith();
    await synth(folder, 'zone.ts', '--secrets', mode);
    expect(objectsIn(join(folder, 'dist')).filter(({ kind }) => kind === 'Secret')).toHaveLength(secrets);
    const inPlain = names(folder).filter((name) => name.endsWith('.yaml') && !name.endsWith('.secret.yaml'));
    const text = inPlain.map((name) => readFileSync(join(folder, 'dist', name), 'utf8')).join('');
    expect(spellingsIn(text, 'hunter2').length > 0).toBe(mode === 'inline');
    expect(text.includes('hunter3')).toBe(mode === 'inline');
  });

  test('--allow-recreate', async () => {
    const folder = programFolder({ 'package.json': ESM, 'zone.ts': ZONE });
    await synth(folder, 'zone.ts');
    put(folder, { 'zone.ts': ZONE.replace('range(1, 3)', 'list(1, 3)') });
    const { code, err } = await synth(folder, 'zone.ts');
    expect(code).toBe(2);
    expect(err).toContain('game/3 would be deleted in zone1-game and created anew in zone1-game-from3');
    expect(await synth(folder, 'zone.ts', '--allow-recreate', 'zone1/game/3')).toMatchObject({ code: 0 });
  });

  test('a chart that left the App leaves the folder too', async () => {
    const folder = folderWith();
    await synth(folder, 'zone.ts');
    put(folder, { 'zone.ts': ZONE });
    const { err } = await synth(folder, 'zone.ts');
    expect(err).toContain('removed dist/monitoring.yaml, which left the model');
    expect(names(folder)).toEqual(['.gamezone-index', 'zone1.yaml']);
  });

  test('a zone file and a program together, unless they make the same file', async () => {
    const zone = (name: string): string =>
      JSON.stringify({
        apiVersion: 'gamezone.dev/v1alpha1',
        kind: 'GameZone',
        metadata: { name },
        spec: { gameZone: { zoneId: 1, defaultImage: 'a:1', serviceConfig: [{ type: 'game', id: 1 }] } },
      });
    const folder = programFolder({
      'package.json': ESM,
      'zone.ts': ZONE,
      'a.yaml': zone('zone9'),
      'b.yaml': zone('zone1'),
    });
    expect(await synth(folder, 'a.yaml', 'zone.ts')).toMatchObject({ code: 0 });
    expect(names(folder)).toEqual(['.gamezone-index', 'zone1.yaml', 'zone9.yaml']);
    const { code, err } = await synth(folder, 'b.yaml', 'zone.ts', '-o', 'other');
    expect([code, err.split('\n')[0]]).toEqual([2, 'zone.ts: makes zone1.yaml, which b.yaml makes too']);
  });

  test('without a file, the only zone here', async () => {
    const folder = programFolder({ 'package.json': ESM, 'zone.mts': ZONE });
    expect(await synth(folder)).toMatchObject({ code: 0 });
  });
});

test("the user's own cdk8s decides what an object looks like", async () => {
  const folder = programFolder({
    'package.json': ESM,
    'zone.ts': `import { ApiObject } from 'cdk8s';\n${ZONE}
const { toJson } = ApiObject.prototype;
ApiObject.prototype.toJson = function () { const made = toJson.call(this); made.metadata.annotations = { mine: 'yes' }; return made; };`,
  });
  await synth(folder, 'zone.ts');
  for (const { metadata } of objectsIn(join(folder, 'dist'))) expect(metadata.annotations).toEqual({ mine: 'yes' });
});

test('an App has its own synth back when the command is done with it', async () => {
  const folder = programFolder({
    'package.json': ESM,
    'zone.ts': `${ZONE}
const during = app.synth !== App.prototype.synth;
process.on('exit', () => console.error('silenced', during, 'restored', app.synth === App.prototype.synth && !Object.hasOwn(app, 'synth')));
app.synth();`,
  });
  expect(await synth(folder, 'zone.ts')).toMatchObject({
    code: 0,
    err: expect.stringContaining('silenced true restored true\n') as unknown,
  });
  put(folder, { 'zone.ts': readFileSync(join(folder, 'zone.ts'), 'utf8') + "throw new Error('no');" });
  expect((await synth(folder, 'zone.ts')).err).toContain('silenced true restored true\n');
});

test('two Apps of one program are both written, and neither writes anything itself', async () => {
  const folder = programFolder({
    'package.json': ESM,
    'zone.ts': `${ZONE}
const other = new App({ outdir: 'elsewhere' });
new GameZone(other, 'zone2', { zoneId: 2, image: 'a:1' }).addService('game', { replicas: 1 });
app.synth(); other.synth();`,
  });
  expect(await synth(folder, 'zone.ts')).toMatchObject({ code: 0 });
  expect(names(folder)).toEqual(['.gamezone-index', 'zone1.yaml', 'zone2.yaml']);
  expect(existsSync(join(folder, 'elsewhere'))).toBe(false);
});
