import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { load, loadAll } from 'js-yaml';
import { Folder } from '../parts/consumer.js';

// Projects of other people, built from the tarball: what they import is what the registry would give them. One installation
// serves all three, in a folder above theirs.
const world = Folder.temporary();
const template = resolve('node_modules/cdk8s-cli/templates/typescript-app');

beforeAll(() => {
  if (!existsSync('dist/lib/index.js')) throw new Error('dist/ is not there: run `npm run build` first');
  const pack = new Folder(resolve('.')).run(
    'npm',
    'pack',
    '--silent',
    '--ignore-scripts',
    '--pack-destination',
    world.path,
  );
  const { version: cdk8s } = JSON.parse(readFileSync('node_modules/cdk8s/package.json', 'utf8')) as { version: string };
  const { version: constructs } = JSON.parse(readFileSync('node_modules/constructs/package.json', 'utf8')) as {
    version: string;
  };
  // The template of cdk8s-cli has these, one version of each.
  const tools = { jest: '29.7.0', 'ts-jest': '29.4.15', '@types/jest': '29.5.14', '@types/node': '14.18.63', typescript: '5.9.3' }; // prettier-ignore
  const dependencies = { gamezone: `file:${pack.trim()}`, cdk8s, constructs, ...tools };
  world.write('package.json', JSON.stringify({ private: true, dependencies }));
  world.run('npm', 'install', '--prefer-offline', '--no-audit', '--no-fund');
}, 120_000);
afterAll(() => world.remove());

const ZONE_FILE = `apiVersion: gamezone.dev/v1alpha1
kind: GameZone
metadata: { name: zone1 }
spec:
  gameZone:
    zoneId: 1
    defaultImage: registry.example.com/game:1
    serviceConfig: [{ type: game, id: 1, endId: 3, ports: [{ port: 7001 }] }]
`;

/** The same zone, ten lines of it, in a module of either kind. */
const program = (imports: string): string => `${imports}
const app = new App();
const zone = new GameZone(app, 'zone1', {
  zoneId: 1,
  image: 'registry.example.com/game:1',
});
zone.addService('game', { ids: ServiceIds.range(1, 3), ports: [{ port: 7001 }] });
app.synth();
`;
const ESM = "import { App } from 'cdk8s';\nimport { GameZone, ServiceIds } from 'gamezone';\n";
const COMMON_JS = "const { App } = require('cdk8s');\nconst { GameZone, ServiceIds } = require('gamezone');\n";

/** What the command makes of the zone file. */
const objects = (text: string): unknown[] => loadAll(text);
const synthesized = (): unknown[] => {
  const folder = world.with('.', { 'zone.yaml': ZONE_FILE });
  return objects(folder.run('npx', '--no', 'gamezone', 'synth', 'zone.yaml', '--stdout'));
};

test('an ESM program makes what the command makes of the zone file', () => {
  const esm = world.with('esm', { 'package.json': '{"type":"module"}', 'zone.mjs': program(ESM) });
  esm.run('node', 'zone.mjs');
  const made = objects(esm.read('dist/zone1.k8s.yaml'));
  expect(made.length).toBeGreaterThan(2);
  expect(made).toEqual(synthesized());
});

test('so does a CommonJS program', () => {
  const plain = world.with('plain', { 'package.json': '{}', 'zone.js': program(COMMON_JS) });
  plain.run('node', 'zone.js');
  expect(objects(plain.read('dist/zone1.k8s.yaml'))).toEqual(synthesized());
});

test('the command runs a program in TypeScript', () => {
  const folder = world.with('.', { 'zone.ts': program(ESM) });
  const stdout = folder.run('npx', '--no', 'gamezone', 'synth', 'zone.ts', '--stdout');
  expect(objects(stdout)).toEqual(synthesized());
});

test('a program of both kinds of modules has one of each class, also through the other entries', () => {
  const both = world.with('both', {
    'package.json': '{"type":"module"}',
    'main.mjs': `import { createRequire } from 'node:module';
import { App } from 'cdk8s';
import * as esm from 'gamezone';
import { ZoneFile } from 'gamezone/zone-file';
import * as plus from 'gamezone/plus';
const require = createRequire(import.meta.url);
const commonJs = require('gamezone');
const [zone] = ZoneFile.fromYaml(new App(), ${JSON.stringify(ZONE_FILE)});
console.log(JSON.stringify({
  names: Object.keys(esm).sort(),
  required: Object.keys(commonJs).sort(),
  same: esm.GameZone === commonJs.GameZone && plus.Probes === require('gamezone/plus').Probes,
  instance: zone instanceof esm.GameZone && zone instanceof commonJs.GameZone,
  again: require('gamezone/zone-file').ZoneFile.toYaml(zone),
  version: require('gamezone/package.json').version,
}));
`,
  });
  const said = JSON.parse(both.run('node', 'main.mjs')) as Record<string, unknown>;
  expect(said).toMatchObject({ same: true, instance: true });
  expect(said['names']).toEqual(said['required']);
  expect(said['names']).toContain('GameZone');
  expect(load(said['again'] as string)).toMatchObject({ kind: 'GameZone', metadata: { name: 'zone1' } });
});

test('what is not an entry cannot be imported', () => {
  for (const inside of ['gamezone/dist/lib/index.js', 'gamezone/dist/lib/game-zone'])
    expect(() => world.run('node', '-e', `require('${inside}')`)).toThrow('ERR_PACKAGE_PATH_NOT_EXPORTED');
});

describe('the project that `cdk8s init typescript-app` makes', () => {
  const files = (): Readonly<Record<string, string>> => ({
    'package.json': '{"main":"main.js"}',
    'tsconfig.json': readFileSync(join(template, 'tsconfig.json'), 'utf8'),
    'jest.config.js': readFileSync(join(template, 'jest.config.js'), 'utf8'),
    'main.ts': `import { App, Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { Credential, GameZone, HookMetric, HookTemplate, ServiceIds, WebRequest } from 'gamezone';
import { Probes } from 'gamezone/plus';
import { ZoneFile } from 'gamezone/zone-file';

export class MyZone extends GameZone {
  constructor(scope: Construct, id: string) {
    super(scope, id, { zoneId: 1, image: 'registry.example.com/game:1', mysql: { host: 'mysql', password: Credential.fromSecret('mysql', 'password') } });
    const drained = new HookTemplate(this, 'drained', {
      metrics: [HookMetric.waitUntil('players', WebRequest.get('http://{{ args.PodIP }}:8080/players'), { every: Duration.seconds(10), atMost: Duration.hours(6), successCondition: 'asInt(result) == 0' })],
    });
    this.addService('game', { ids: ServiceIds.range(1, 3), ports: [{ port: 7001 }], hooks: { preDelete: drained } });
  }
}
export function wrong(zone: GameZone): void {
  // @ts-expect-error: a text is no provider
  HookMetric.check('players', 'http://example.com');
  // @ts-expect-error: internal
  zone._document();
}
export const probe: unknown = Probes.fromPlus;
export const text: string = ZoneFile.toYaml(new MyZone(new App(), 'zone2'));
new MyZone(new App(), 'zone1');
`,
    'main.test.ts': readFileSync(join(template, 'main.test.ts'), 'utf8').replaceAll('MyChart', 'MyZone'),
  });
  let project: Folder;
  beforeAll(() => (project = world.with('template', files())));

  test('passes its snapshot test, in the CommonJS of jest', () => {
    project.run('npx', 'jest', '--ci=false');
    const snapshot = project.read('__snapshots__/main.test.ts.snap');
    expect(snapshot).toContain('"kind": "GameStatefulSet"');
    expect(snapshot).toContain('"name": "test-chart-game"');
    project.run('npx', 'jest', '--ci');
  });

  test.each([
    ['as it is, with the resolution called node', []],
    ['node16', ['--module', 'node16', '--moduleResolution', 'node16']],
  ])('compiles, the declarations of the library included: %s', (_, options) => {
    project.run('npx', 'tsc', '--project', '.', '--noEmit', ...options);
  });

  test('compiles as ESM', () => {
    const esm = world.with('esm-types', { ...files(), 'package.json': '{"type":"module"}' });
    esm.write('main.test.ts', '');
    esm.run(
      'npx',
      'tsc',
      '--project',
      '.',
      '--outDir',
      'compiled',
      '--module',
      'node16',
      '--moduleResolution',
      'node16',
    );
  });
});
