import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spellingsIn } from '../../parts/secret-spellings.js';
import { buildAll, CLI, COMMONJS, ESM, node, programFolder, removeAll, synth, ZONE } from './programs.js';

beforeAll(buildAll);
afterAll(removeAll);

/** What `gamezone synth` prints for a program that is wrong; it exits with 2 and writes nothing. */
async function refusal(file: string, files: Readonly<Record<string, string>>, ...options: string[]): Promise<string> {
  const folder = programFolder({ 'package.json': ESM, ...files });
  const { code, out, err } = await node(folder, [CLI, ...options, 'synth', file]);
  expect([code, out]).toEqual([2, '']);
  expect(existsSync(join(folder, 'dist'))).toBe(false);
  return err;
}

const THROWING = `import { addGame } from './lib/game.js';
${ZONE}
addGame(zone);
`;
const GAME = `import type { GameZone } from 'gamezone';

interface Options { readonly of: string }

export function addGame(zone: GameZone, _: Options = { of: 'eu' }) {
  zone.addService('battle', {});
}
`;
const AT = ['    at addGame (lib/game.ts:6:8)', '    at zone.ts:8:1'];

describe('a program that throws shows its message and the frames in its own files', () => {
  test.each([
    ['an ES package', ESM],
    ['a CommonJS package', COMMONJS],
  ])('in %s', async (_, manifest) => {
    const err = await refusal('zone.ts', { 'package.json': manifest, 'zone.ts': THROWING, 'lib/game.ts': GAME });
    const [first, ...frames] = err.trimEnd().split('\n');
    expect(first).toBe('lib/game.ts:6:8: zone1/battle: give either `ids` or `replicas`');
    expect(frames.map((line) => line.replace(/ \(?(\S+:\d+:\d+)\)?$/, ' $1'))).toEqual(
      AT.map((line) => line.replace(/ \(?(\S+:\d+:\d+)\)?$/, ' $1')),
    );
  });

  test('in JavaScript', async () => {
    const err = await refusal('zone.js', { 'zone.js': `${ZONE}\nzone.addService('battle', {});\n` });
    expect(err).toBe('zone.js:7:6: zone1/battle: give either `ids` or `replicas`\n    at zone.js:7:6\n');
  });

  test('and all of the stack with --verbose', async () => {
    const err = await refusal('zone.ts', { 'zone.ts': THROWING, 'lib/game.ts': GAME }, '--verbose');
    expect(err).toMatch(/^ {4}at .*node_modules.*gamezone/m);
  });

  test.each<[string, string, RegExp]>([
    ['an error of another kind', 'null.x;', /^zone\.js:1:6: TypeError: Cannot read properties of null/],
    ['something else than an error', "throw 'no';", /^zone\.js: threw "no"\n$/],
    [
      'a rejected promise that nobody waits for',
      "Promise.reject(new Error('late'));",
      /^zone\.js:1:16: late\n {4}at zone\.js:1:16\n$/,
    ],
    ['an error in a callback', "setTimeout(() => { throw new Error('later'); });", /^zone\.js:1:26: later\n/],
    ['a rejected default export', "export default Promise.reject(new Error('never'));", /^zone\.js:1:31: never\n/],
    [
      'an error in a validation',
      `${ZONE}zone.node.addValidation({ validate() { throw new Error('broken'); } });`,
      /^zone\.js:6:46: broken\n/,
    ],
  ])('%s', async (_, text, message) => {
    expect(await refusal('zone.js', { 'zone.js': text })).toMatch(message);
  });
});

describe('what is no program that could run', () => {
  test.each<[string, string, Readonly<Record<string, string>>, string]>([
    ['no such file', 'zone.ts', {}, 'zone.ts:1:1: no such file\n  right: give the path of a zone program\n'],
    [
      'a folder',
      'zones.ts',
      { 'zones.ts/a': '' },
      'zones.ts:1:1: this is no file\n  right: give the path of a zone program\n',
    ],
    [
      'a syntax error in TypeScript',
      'zone.ts',
      { 'zone.ts': 'const a = 1;\nconst = 2;\n' },
      'zone.ts:2:7: Expected identifier but found "="\n',
    ],
    [
      'a relative import of nothing',
      'zone.ts',
      { 'zone.ts': "import './nothing.js';\n" },
      'zone.ts:1:8: Could not resolve "./nothing.js"\n',
    ],
    [
      'a package that is not installed',
      'zone.ts',
      { 'zone.ts': "import { a } from 'not-there';\na();" },
      "zone.ts: Cannot find package 'not-there' imported from zone.ts\n  right: npm install not-there\n",
    ],
    [
      'the same in JavaScript',
      'zone.js',
      { 'zone.js': "import { a } from 'not-there';\na();" },
      "zone.js: Cannot find package 'not-there' imported from zone.js\n  right: npm install not-there\n",
    ],
    [
      'no default export and no zone',
      'zone.ts',
      { 'zone.ts': 'export const a = 1;' },
      "zone.ts: no App, and no GameZone in one\n  right: build one and export it:\n    const app = new App();\n    new GameZone(app, 'zone1', { zoneId: 1, image: 'game:1' }).addService('game', { replicas: 1 });\n    export default app;\n",
    ],
  ])('%s', async (_, file, files, message) => {
    expect(await refusal(file, files)).toBe(message);
  });

  test('a syntax error in JavaScript', async () => {
    expect(await refusal('zone.js', { 'zone.js': 'const a = 1;\nconst = 2;\n' })).toMatch(
      /^zone\.js:2:7: Expected identifier but found "="\n/,
    );
  });

  test('await at the top level in a CommonJS package', async () => {
    const err = await refusal('zone.ts', { 'package.json': COMMONJS, 'zone.ts': `${ZONE}await 0;` });
    expect(err).toBe(
      'zone.ts:6:1: `await` at the top level needs an ES module\n  right: write "type": "module" into the nearest package.json, or rename the file to zone.mts\n',
    );
  });

  test('an import of a name that is not there', async () => {
    expect(await refusal('zone.ts', { 'zone.ts': "import { Gamezone } from 'gamezone';\nnew Gamezone();" })).toMatch(
      /'gamezone'.*(Gamezone|export)/,
    );
  });
});

describe('a program is to come to its end, and no further', () => {
  test.each<[string, string, RegExp]>([
    [
      'process.exit',
      `${ZONE}process.exit(0);`,
      /^zone\.ts:6:9: the program calls process\.exit\(0\)\n {4}at zone\.ts:6:9\n {2}right: leave it out/,
    ],
    [
      'process.exit that it catches',
      `${ZONE}try { process.exit(1) } catch {}\nexport default app;`,
      /^zone\.ts:6:15: the program calls process\.exit\(1\)\n/,
    ],
    ['an exit code', `${ZONE}process.exitCode = 3;`, /^zone\.ts: the program sets process\.exitCode to 3\n/],
    [
      'a promise that never settles',
      `${ZONE}await new Promise(() => {});`,
      /^zone\.ts: the program waits for something that never happens\n/,
    ],
    [
      'an export that never settles',
      `${ZONE}export default new Promise(() => {});`,
      /^zone\.ts: the program waits for something that never happens\n/,
    ],
  ])('%s', async (_, text, message) => {
    expect(await refusal('zone.ts', { 'zone.ts': text })).toMatch(message);
  });

  test('what it prints does not stand among the manifests', async () => {
    const folder = programFolder({
      'package.json': ESM,
      'zone.ts': `${ZONE}console.log('built', process.argv.length, process.argv[1].endsWith('zone.ts'));`,
    });
    const { code, out, err } = await synth(folder, 'zone.ts', '--stdout');
    expect(code).toBe(0);
    expect(out).not.toContain('built');
    expect(err).toContain('built 2 true\n');
  });
});

describe('what is wrong with what it built is told with the path of the construct', () => {
  const wrong = (lines: string): Promise<string> =>
    refusal('zone.ts', {
      'zone.ts': `import { ApiObject, Chart, JsonPatch } from 'cdk8s';\nimport { ArtifactSource, ArtifactVolume, Credential, HookMetric, HookTemplate, WebRequest } from 'gamezone';\n${ZONE}${lines}`,
    });
  test.each<[string, string, RegExp]>([
    [
      'a setting of a service',
      "zone.addService('db', { ids: ServiceIds.of(1), ports: [{ port: 70000 }] });",
      /^zone\.ts:8:6: zone1\/db: ports\[0\]\.port: .*\n {2}value: 70000\n {2}right: .*\n {4}at zone\.ts:8:6\n$/,
    ],
    [
      'a setting of the zone',
      "new GameZone(app, 'zone2', { zoneId: 1.5, image: 'a:1' });",
      /^zone\.ts:8:1: zone2: zoneId: /,
    ],
    [
      'a setting that has another name in a zone file',
      "new GameZone(app, 'zone2', { zoneId: 1, image: 'a b' }).addService('a', { replicas: 1 });",
      /^zone\.ts:8:1: zone2: image: /,
    ],
    [
      'a source of artifacts',
      "new ArtifactVolume(zone, 'files', { mountPath: '/a', sources: [ArtifactSource.git({ url: 'nowhere' })] });",
      /^zone\.ts:8:1: zone1\/files: sources\[0\]\.url: /,
    ],
    [
      'what only the whole zone tells, and once',
      "zone.addService('db', { ids: ServiceIds.of(1), configFiles: [{ path: '/a', content: '${NOTHING}' }] });",
      /^zone\.ts: zone1\/db: configFiles\[0\]\.content: the template uses \$\{NOTHING\}, which has no value\n {2}right: .*\n$/,
    ],
    [
      'what the library by itself does not look at',
      "zone.addService('db', { ids: ServiceIds.of(1), env: { '9=LIVES': 'a' } });",
      /^zone\.ts: zone1\/db: env\["9=LIVES"\]: /,
    ],
    [
      'a hook template of another zone',
      "const other = new GameZone(app, 'zone2', { zoneId: 2, image: 'a:1' });\nother.addService('a', { replicas: 1, resources: { requests: { cpu: '1' } } });\nzone.addService('db', { ids: ServiceIds.of(1), hooks: { preDelete: new HookTemplate(other, 'drained', { metrics: [HookMetric.check('a', WebRequest.get('http://a'))] }) } });",
      /^zone\.ts: zone1\/db: hooks\.preDelete: hook template drained is not declared\n {2}value: "drained"\n {2}right: use a HookTemplate of this very zone, or HookTemplate\.fromName\(zone, \.\.\.\)\n$/,
    ],
    [
      'a validation',
      "zone.node.addValidation({ validate: () => ['zones must be odd'] });",
      /^zone\.ts: zone1: zones must be odd\n$/,
    ],
    [
      'a patch',
      "ApiObject.of(zone.node.findChild('game')).addJsonPatch(JsonPatch.add('/spec/replica', 3));",
      /^zone\.ts: zone1\/game\/GameStatefulSet-zone1-game: GameStatefulSet zone1-game would be refused: spec\.replica: /,
    ],
    [
      'an object of another chart',
      "new ApiObject(new Chart(app, 'extra'), 'map', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'A_B' } });",
      /^zone\.ts: extra\/map: ConfigMap A_B would be refused: metadata\.name: /,
    ],
    [
      'two zones of one name',
      "new GameZone(app, 'zone2', { zoneId: 2, zoneName: 'zone1', image: 'a:1' }).addService('a', { replicas: 1 });",
      /^zone\.ts: zone2: its file would be zone1\.yaml, which is that of zone1\n/,
    ],
    [
      'a chart with the name of a zone',
      "new ApiObject(new Chart(app, 'Zone1'), 'map', { apiVersion: 'v1', kind: 'ConfigMap' });",
      /^zone\.ts: Zone1: its file would be zone1\.yaml, which is that of zone1\n/,
    ],
    [
      'dependencies in a circle',
      "const zone2 = new GameZone(app, 'zone2', { zoneId: 2, image: 'a:1' });\nzone2.addService('a', { replicas: 1 });\nzone.addDependency(zone2);\nzone2.addDependency(zone);",
      /^zone\.ts: zone1: dependencies run in a circle: zone1 => zone2 => zone1\n/,
    ],
  ])('%s', async (_, lines, message) => {
    expect(await wrong(lines)).toMatch(message);
  });

  test.each([
    ['as text', "stringData: { 'a b': 'hunter2' }"],
    ['as base64', "data: { 'a b': Buffer.from('hunter2').toString('base64') }"],
    ['as what should be base64', "data: { a: 'hunter2' }"],
    ['in a place that does not exist', "data: { a: { value: 'hunter2' } }, password: btoa('hunter2')"],
  ])('no value of a Secret, %s', async (_, fields) => {
    const err = await wrong(
      `new ApiObject(new Chart(app, 'extra'), 's', { apiVersion: 'v1', kind: 'Secret', ${fields} });`,
    );
    expect(err).toContain('Secret');
    expect(spellingsIn(err, 'hunter2')).toEqual([]);
  });

  test('no credential in an object of ours that was patched', async () => {
    const err = await wrong(
      `const own = new GameZone(app, 'own', { zoneId: 2, image: 'a:1', redis: { host: 'redis', password: Credential.unsafeLiteral('hunter2') } });
own.addService('game', { replicas: 1 });
const secret = own.node.findAll().filter(ApiObject.isApiObject).find(({ kind }) => kind === 'Secret');
secret.addJsonPatch(JsonPatch.move('/data/redis-password', '/data/redis~1password'), JsonPatch.copy('/data/redis~1password', '/password'));`,
    );
    expect(err).toContain('Secret own-credentials would be refused: data[redis/password]');
    expect(spellingsIn(err, 'hunter2')).toEqual([]);
  });
});
