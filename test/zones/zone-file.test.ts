import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject, App, Chart, JsonPatch, Testing } from 'cdk8s';
import { Construct } from 'constructs';
import { dump, load, loadAll } from 'js-yaml';
import {
  ArtifactSource,
  ArtifactVolume,
  Credential,
  Exposure,
  GameService,
  GameZone,
  HookTemplate,
  ServiceIds,
} from '../../constructs/index.js';
import { ZoneFile } from '../../constructs/zone-file/index.js';
import { reportProblems } from '../../src/synth/problem-report.js';
import { synthesize } from '../../src/synth/synth.js';
import { corpusOf, zonesToKeep } from '../golden/corpus.js';

const EXAMPLES = zonesToKeep().filter(({ name }) => name.startsWith('example-'));
const objectsOf = (zone: GameZone): unknown => Testing.synth(zone);
const read = (text: string): GameZone => ZoneFile.fromYaml(new App(), text)[0]!;
const zoneWith = (spec: object, gameZone: object = {}): string => {
  const game = { zoneId: 1, defaultImage: 'a:1', serviceConfig: [{ type: 'game', id: 1 }], ...gameZone };
  return dump({ apiVersion: 'gamezone.dev/v1alpha1', kind: 'GameZone', metadata: { name: 'zone1' }, spec: { gameZone: game, ...spec } }); // prettier-ignore
};

test.each(EXAMPLES.map(({ name, text }) => [name, text]))(
  '%s is what synth writes, in the same order',
  async (name, text) => {
    const folder = `examples/${name.replace('example-', '')}`;
    const { zones } = await synthesize({ files: [`${folder}/zone.yaml`], format: 'yaml', secrets: 'inline' });
    const lock = `${folder}/gamezone.lock`;
    const options = existsSync(lock) ? { artifactsLock: readFileSync(lock, 'utf8') } : {};
    expect(objectsOf(ZoneFile.fromYaml(new App(), text, options)[0]!)).toEqual(
      zones.flatMap(({ files }) => loadAll(files[0]!.content.toString())),
    );
  },
);

test.each(corpusOf('0.1').map(({ name, text }) => [name, text]))(
  '%s, written again, means the same, and writing settles',
  (_, text) => {
    const zone = read(text);
    const once = ZoneFile.toYaml(zone);
    expect(objectsOf(read(once))).toEqual(objectsOf(zone));
    expect(ZoneFile.toYaml(read(once))).toBe(once);
  },
);

describe('fromYaml', () => {
  test('refuses a lock that is none', () => {
    expect(() => ZoneFile.fromYaml(new App(), zoneWith({}), { artifactsLock: '{' })).toThrow(
      'artifactsLock: it is not JSON',
    );
  });

  test('gives a chart for each zone of the file', () => {
    const app = new App();
    const text = `${zoneWith({})}---\n${zoneWith({}).replace('zone1', 'zone2')}`;
    expect(ZoneFile.fromYaml(app, text).map(({ zoneName }) => zoneName)).toEqual(['zone1', 'zone2']);
    expect(app.charts).toHaveLength(2);
  });

  test('gives constructs that a program can hold on to', () => {
    const zone = read(zoneWith({ hookTemplates: [{ name: 'drained', external: true }], artifacts: [{ path: '/app/data', git: { url: 'https://git.example.com/a.git' } }] })); // prettier-ignore
    expect(zone).toBeInstanceOf(GameZone);
    expect(zone.node.findChild('game')).toBeInstanceOf(GameService);
    expect(zone.node.findChild('artifacts')).toBeInstanceOf(ArtifactVolume);
    ApiObject.of(zone.node.findChild('game')).addJsonPatch(JsonPatch.add('/spec/template/spec/hostNetwork', true));
    zone.addService('db', { ids: ServiceIds.of(1) });
    const workloads = (objectsOf(zone) as { kind: string; spec: { template: object } }[]).filter(({ kind }) => kind === 'GameStatefulSet'); // prettier-ignore
    expect(workloads.map(({ spec }) => spec.template)).toMatchObject([{ spec: { hostNetwork: true } }, {}]);
  });

  test('takes names that a service, a volume and a hook template share', () => {
    const git = { url: 'https://git.example.com/a.git' };
    const zone = read(zoneWith({ volumes: [{ path: '/a', name: 'game' }], artifacts: [{ path: '/a', git }], hookTemplates: [{ name: 'game', external: true }] })); // prettier-ignore
    const ids = zone.node.children.filter((child) => !ApiObject.isApiObject(child)).map(({ node }) => node.id);
    expect(ids).toEqual(['game-volume', 'game-hook', 'game']);
  });

  test.each<[string, string]>([
    ['no YAML', 'a: [\n'],
    ['nothing', ''],
    ['another kind', 'kind: Pod\n'],
    ['many mistakes', zoneWith({ runtim: 'native', security: 'none' }, { zoneId: -1, serviceConfig: [{ type: 'game' }, { type: 'db', id: 3, endId: 1 }] })], // prettier-ignore
    ['hooks and steps that do nothing', zoneWith({}, { serviceConfig: [{ type: 'game', id: 1, hooks: { preDelete: { templateName: 'x' } }, update: { canary: { steps: [{ partition: 9 }] } } }] })], // prettier-ignore
    ['an object that would be refused', zoneWith({}, { serviceConfig: [{ type: 'game', id: 1, ports: [{ port: 80 }], expose: { type: 'NodePort', ports: [80, 80] } }] })], // prettier-ignore
    ['the same zone twice', `${zoneWith({})}---\n${zoneWith({})}`],
  ])('says of %s what synth says', async (_, text) => {
    const folder = mkdtempSync(join(tmpdir(), 'zone-file-'));
    const file = join(folder, 'zone.yaml');
    writeFileSync(file, text);
    const refusal = await synthesize({ files: [file], format: 'yaml', secrets: 'inline' }).catch((error: unknown) => error as Error); // prettier-ignore
    rmSync(folder, { recursive: true });
    expect(refusal).toBeInstanceOf(Error);
    expect(() => ZoneFile.fromYaml(new App(), text, { fileName: file })).toThrow((refusal as Error).message);
  });

  test('takes the one name that constructs cannot carry, for a zone and for what is in it', () => {
    const git = { url: 'https://git.example.com/a.git' };
    const text = zoneWith(
      {
        volumes: [{ path: '/a', name: 'constructor' }],
        artifacts: [{ path: '/a', git }],
        hookTemplates: [{ name: 'constructor', external: true }],
      },
      { serviceConfig: [{ type: 'constructor', id: 1 }] },
    ).replace('name: zone1', 'name: constructor');
    const zone = read(text);
    expect([zone.zoneName, zone.node.id]).toEqual(['constructor', 'constructor.zone']);
    const ids = zone.node.children.filter((child) => !ApiObject.isApiObject(child)).map(({ node }) => node.id);
    expect(ids).toEqual(['constructor-volume', 'constructor-hook', 'constructor.service']);
    const names = (objectsOf(zone) as { kind: string; metadata: { name: string } }[]).map(({ kind, metadata }) => `${kind} ${metadata.name}`); // prettier-ignore
    expect(names).toContain('GameStatefulSet constructor-constructor');
    expect(load(ZoneFile.toYaml(zone))).toEqual(load(text));
    const own = new GameZone(new App(), 'zone1', { zoneId: 1, image: 'a:1' });
    own.addService('constructor', { ids: ServiceIds.of(1) });
    expect(objectsOf(own)).toHaveLength(4);
  });

  test('refuses it as a key, which cdk8s cannot carry', () => {
    const labelled = zoneWith({}).replace('name: zone1', 'name: zone1\n  labels: {constructor: a}');
    expect(() => read(labelled)).toThrow('zone.yaml:5:12: metadata.labels.constructor: cdk8s cannot carry the name');
    const overrides = { '2': { image: 'b:1' } };
    const typed = zoneWith({}, { serviceConfig: [{ type: 'constructor', id: 1, endId: 2, overrides }] });
    expect(() => read(typed)).toThrow(/serviceConfig\[0\]: cdk8s cannot carry the name constructor/);
  });
});

describe('warningsOf', () => {
  test('says what synth warns of, each by itself', async () => {
    const text = zoneWith({}, { serviceConfig: [{ type: 'game', id: 1 }, { type: 'game', id: 3 }], redisConfig: { ip: 'redis', pwd: 'p' } }); // prettier-ignore
    const folder = mkdtempSync(join(tmpdir(), 'zone-file-'));
    const file = join(folder, 'zone.yaml');
    writeFileSync(file, text);
    const { warnings } = await synthesize({ files: [file], format: 'yaml', secrets: 'inline' });
    rmSync(folder, { recursive: true });
    expect(ZoneFile.warningsOf(text, { fileName: file }).sort()).toEqual(warnings.map((one) => reportProblems([one])).sort()); // prettier-ignore
    expect(ZoneFile.warningsOf(text)).toEqual([
      expect.stringMatching(/^zone\.yaml:13:9: warning: .*have a gap before 3/),
      expect.stringMatching(/^zone\.yaml:16:7: warning: .*1 credential is written here in the clear/),
      expect.stringMatching(/^zone\.yaml:10:9: warning: .*no resource requests: game/),
      expect.stringMatching(/^zone\.yaml:4:3: warning: metadata\.name: `prepull` has no effect/),
    ]);
  });

  test('is empty where there is none, and refuses what fromYaml refuses', () => {
    const requests = { requests: { cpu: '1', memory: '1Gi' } };
    expect(ZoneFile.warningsOf(zoneWith({ runtime: 'native', defaults: { resources: requests } }))).toEqual([]);
    expect(() => ZoneFile.warningsOf('kind: Pod\n')).toThrow('a zone file cannot hold a Pod');
  });
});

describe('toYaml', () => {
  const zone = (): GameZone => {
    const zone = new GameZone(new App(), 'zone1', {
      zoneId: 1,
      image: 'a:1',
      redis: { host: 'redis', password: Credential.unsafeLiteral('0123') },
    });
    const files = new ArtifactVolume(zone, 'artifacts', {
      mountPath: '/app/data',
      sources: [ArtifactSource.git({ url: 'https://git.example.com/a.git', ref: '1.10' })],
    });
    HookTemplate.fromName(zone, 'there', 'elsewhere');
    zone.addService('game', { ids: ServiceIds.range(1, 5), artifacts: files });
    return zone;
  };

  test('writes no more than it takes, literals as literals', () => {
    expect(ZoneFile.toYaml(zone())).toBe(`apiVersion: gamezone.dev/v1alpha1
kind: GameZone
metadata:
  name: zone1
spec:
  gameZone:
    zoneId: 1
    defaultImage: a:1
    serviceConfig:
      - type: game
        id: 1
        endId: 5
    redisConfig:
      ip: redis
      pwd: '0123'
  artifacts:
    - path: /app/data
      git:
        url: https://git.example.com/a.git
        branch: '1.10'
  hookTemplates:
    - name: elsewhere
      external: true
`);
  });

  test('keeps what the props of a construct cannot say', () => {
    const defaults = { minReadySeconds: 9, publishNotReadyAddresses: false, artifacts: { size: '5Gi' } };
    const written = load(ZoneFile.toYaml(read(zoneWith({ compat: '0.1', defaults })))) as { spec: object };
    expect(written.spec).toMatchObject({ compat: '0.1', defaults });
  });

  test('names everything that a zone file cannot say', () => {
    const own = zone();
    const game = own.node.findChild('game');
    ApiObject.of(game).addJsonPatch(JsonPatch.add('/spec/paused', true));
    ApiObject.of(own.node.findChild('ConfigMap-zone1-peers')).metadata.addLabel('team', 'a');
    new ApiObject(own, 'quota', { apiVersion: 'v1', kind: 'ResourceQuota' });
    new ApiObject(own.addService('db', { ids: ServiceIds.of(1) }), 'extra', { apiVersion: 'v1', kind: 'ConfigMap' });
    new ApiObject(new Construct(own, 'mine'), 'inside', { apiVersion: 'v1', kind: 'Secret' });
    new Chart(own, 'nested');
    expect(() => ZoneFile.toYaml(own)).toThrow(
      [
        'zone1: a zone file cannot say everything that this zone holds',
        '  zone1/ConfigMap-zone1-peers: changed by addJsonPatch, or through its metadata',
        '  zone1/game/GameStatefulSet-zone1-game: changed by addJsonPatch, or through its metadata',
        '  zone1/quota: a ResourceQuota that was added to the zone',
        '  zone1/db/extra: a ConfigMap that was added to the zone',
        '  zone1/mine: a construct (Construct) that was added to the zone',
        '  zone1/nested: a construct (Chart) that was added to the zone',
      ].join('\n'),
    );
  });
});

describe('what round trips have found', () => {
  test('a config file of a service may name a service of a later line', () => {
    const zone = new GameZone(new App(), 'zone1', { zoneId: 1, image: 'a:1', redis: { host: 'redis', password: Credential.unsafeLiteral('p') } }); // prettier-ignore
    const content = '${REDIS_PASSWORD} ${GAMEZONE_SERVICE_HOST_DB}';
    zone.addService('game', { ids: ServiceIds.of(1), configFiles: [{ path: '/app/a.ini', content }] });
    zone.addService('db', { ids: ServiceIds.of(1) });
    const objects = objectsOf(zone) as { kind: string; metadata: { name: string } }[];
    const named = objects.filter(({ metadata }) => metadata.name === 'zone1-game-config');
    expect(named).toMatchObject([
      { kind: 'Secret', data: { '0-a.ini': Buffer.from('p zone1-db').toString('base64') } },
    ]);
  });

  test('two protocols may share a number', () => {
    const zone = new GameZone(new App(), 'zone1', { zoneId: 1, image: 'a:1' });
    const ports = [{ port: 7001 }, { port: 7001, protocol: 'UDP' }];
    zone.addService('both', { ids: ServiceIds.of(1), expose: Exposure.nodePort({ ports }) });
    zone.addService('one', { ids: ServiceIds.of(1), ports, expose: Exposure.nodePort({ ports: ports.slice(1) }) });
    const services = (objectsOf(zone) as { metadata: { name: string }; spec: { ports: { name: string }[] } }[]).filter(({ metadata }) => metadata.name.endsWith('-public')); // prettier-ignore
    expect(services.map(({ spec }) => spec.ports.map(({ name }) => name))).toEqual([['tcp-7001', 'udp-7001'], ['udp-7001']]); // prettier-ignore
  });

  test('a volume within a volume is refused where it is written', () => {
    const zone = new GameZone(new App(), 'zone1', { zoneId: 1, image: 'a:1' });
    const sources = [ArtifactSource.git({ url: 'https://git.example.com/a.git' })];
    new ArtifactVolume(zone, 'outer', { mountPath: '/app', sources });
    expect(() => new ArtifactVolume(zone, 'inner', { mountPath: '/app/data', sources })).toThrow(
      'zone1/inner: its mountPath lies in that of an earlier volume',
    );
  });

  test('objects come in the order of the zone file, whatever the order of the lines', () => {
    const zone = new GameZone(new App(), 'zone1', { zoneId: 1, image: 'a:1' });
    zone.addService('game', { ids: ServiceIds.of(1), configFiles: [{ path: '/app/a.ini', content: 'a' }] });
    new ArtifactVolume(zone, 'artifacts', { mountPath: '/app/data', sources: [ArtifactSource.git({ url: 'https://git.example.com/a.git' })] }); // prettier-ignore
    expect(objectsOf(zone)).toEqual(objectsOf(read(ZoneFile.toYaml(zone))));
  });
});
