import { ApiObject, App, Duration, JsonPatch, Size, Testing } from 'cdk8s';
import { loadAll } from 'js-yaml';
import {
  ArtifactSource,
  ArtifactVolume,
  CanaryStep,
  Credential,
  Exposure,
  GameZone,
  HookMetric,
  HookTemplate,
  ServiceIds,
  UpdateStrategy,
  WebRequest,
} from '../../constructs/index.js';
import type { Manifest } from '../../constructs/manifests/manifest.js';
import { checkObject } from '../../src/kubernetes/index.js';
import { synthesize } from '../../src/synth/synth.js';

const find = (objects: unknown, kind: string, name: string): Manifest =>
  (objects as Manifest[]).find((object) => object.kind === kind && object.metadata.name === name)!;

/** The zone of the first seed document, in TypeScript. */
function seedZone(): GameZone {
  const zone = new GameZone(new App(), 'zone1', {
    zoneId: 101,
    image: 'registry.example.com/project1/service:0.1.0',
    dbMigrater: { image: 'registry.example.com/project1/dbmigrater:0.1.0' },
    redis: { host: 'redis', port: 6379 },
    mysql: {
      host: '192.168.1.100',
      port: 3306,
      user: 'username1',
      password: Credential.unsafeLiteral('password1'),
      database: 'project1',
    },
  });
  const artifacts = new ArtifactVolume(zone, 'artifacts', {
    mountPath: '/app/artifacts',
    sources: [
      ArtifactSource.s3({
        endpoint: 'https://cos.ap-beijing.myqcloud.com',
        bucket: 'example-1234567890',
        prefix: 'project1/0.1.0/resources/',
        accessKey: Credential.unsafeLiteral('AKIDajocbuwoqooojfqoqujjofquorqou'),
        secretKey: Credential.unsafeLiteral('123456789012345678901234567890'),
      }),
      ArtifactSource.git({
        url: 'https://gitlab.example.com/prject1/config.git',
        ref: 'main',
        subPath: 'config',
        into: 'config',
      }),
    ],
  });
  zone.addService('game', { ids: ServiceIds.of(1), image: 'registry.example.com/project1/service:0.2.0', artifacts });
  zone.addService('db', { ids: ServiceIds.of(1), artifacts });
  zone.addService('gateway', { ids: ServiceIds.range(1, 2), artifacts });
  zone.addService('auth', { ids: ServiceIds.of(2), artifacts });
  return zone;
}

test("the seed's zone in TypeScript is the seed's zone file, object for object and in the same order", async () => {
  const { zones } = await synthesize({ files: ['examples/seed-zone/zone.yaml'], format: 'yaml', secrets: 'inline' });
  expect(Testing.synth(seedZone())).toEqual(loadAll(zones[0]!.files[0]!.content.toString()));
});

/** The example of the design, word for word. */
function designExample(): GameZone {
  const app = new App();
  const zone = new GameZone(app, 'zone1', {
    zoneId: 101,
    image: 'registry.example.com/project1/service:0.1.0',
    dbMigrater: { image: 'registry.example.com/project1/dbmigrater:0.1.0' },
    redis: { host: 'redis' },
    mysql: {
      host: '192.168.1.100',
      user: 'username1',
      password: Credential.fromSecret('mysql', 'password'),
      database: 'project1',
    },
  });
  const files = new ArtifactVolume(zone, 'artifacts', {
    mountPath: '/app/artifacts',
    sources: [
      ArtifactSource.s3({
        endpoint: 'https://cos.ap-beijing.myqcloud.com',
        bucket: 'example-1234567890',
        prefix: 'project1/0.1.0/resources/',
        accessKey: Credential.fromSecret('cos', 'accessKey'),
        secretKey: Credential.fromSecret('cos', 'secretKey'),
      }),
      ArtifactSource.git({
        url: 'https://gitlab.example.com/project1/config.git',
        ref: 'main',
        subPath: 'config',
        into: 'config',
      }),
    ],
  });
  const drained = new HookTemplate(zone, 'drained', {
    metrics: [
      HookMetric.waitUntil(
        'players',
        WebRequest.get('http://{{ args.PodIP }}:8080/players', { jsonPath: '{$.online}' }),
        { successCondition: 'asInt(result) == 0', every: Duration.seconds(10), atMost: Duration.hours(6) },
      ),
    ],
  });
  const healthy = HookTemplate.fromName(zone, 'healthy', 'error-rate'); // declared elsewhere, same namespace
  zone.addService('game', {
    ids: ServiceIds.range(1, 5),
    sharedMemory: Size.gibibytes(2),
    artifacts: files,
    expose: Exposure.loadBalancer({ ports: [{ port: 7001 }] }),
    hooks: { preDelete: drained },
    update: UpdateStrategy.inPlace({
      gracePeriod: Duration.seconds(30),
      maxUnavailable: 1,
      canary: [
        CanaryStep.partition(4),
        CanaryStep.pause(),
        CanaryStep.partition('50%'),
        CanaryStep.pauseFor(Duration.minutes(1)),
        CanaryStep.hook(healthy),
      ],
    }),
  });
  return zone;
}

describe('the example of the design', () => {
  const objects = Testing.synth(designExample()) as unknown[];

  test('synthesizes to objects that Kubernetes would accept', () => {
    for (const object of objects) expect(checkObject(object)).toEqual([]);
    const kinds = (objects as Manifest[]).map(({ kind }) => kind);
    expect(kinds).toEqual([
      'ConfigMap',
      'ConfigMap',
      'PersistentVolumeClaim',
      'Service',
      'Service',
      'HookTemplate',
      'Job',
      'Job',
      'GameStatefulSet',
      'PodDisruptionBudget',
    ]);
  });

  test('says what the strategy says', () => {
    expect(find(objects, 'GameStatefulSet', 'zone1-game')['spec']).toMatchObject({
      replicas: 5,
      ordinals: { start: 1 },
      updateStrategy: {
        type: 'InplaceUpdate',
        rollingUpdate: { maxUnavailable: 1 },
        inPlaceUpdateStrategy: { gracePeriodSeconds: 30 },
        canary: {
          steps: [
            { partition: 4 },
            { pause: {} },
            { partition: '50%' },
            { pause: { duration: 60 } },
            { hook: { templateName: 'error-rate' } },
          ],
        },
      },
      preDeleteUpdateStrategy: { hook: { templateName: 'zone1-drained' } },
    });
  });
});

describe('escape hatches', () => {
  test('a service is its workload to ApiObject.of', () => {
    const zone = designExample();
    const game = zone.node.findChild('game');
    ApiObject.of(game).addJsonPatch(JsonPatch.add('/spec/template/spec/hostNetwork', true));
    expect(find(Testing.synth(zone), 'GameStatefulSet', 'zone1-game')['spec']).toMatchObject({
      template: { spec: { hostNetwork: true } },
    });
  });

  test('so are a hook template and a volume of artifacts', () => {
    const zone = designExample();
    expect(ApiObject.of(zone.node.findChild('drained')).name).toBe('zone1-drained');
    expect(ApiObject.of(zone.node.findChild('artifacts')).kind).toBe('PersistentVolumeClaim');
  });

  test('a zone is told from other charts', () => {
    expect(designExample() instanceof GameZone).toBe(true);
    expect(Testing.chart() instanceof GameZone).toBe(false);
    expect(GameZone.isGameZone(undefined)).toBe(false);
  });
});

describe('what cannot be right is refused where it is written', () => {
  const zone = () => new GameZone(new App(), 'zone1', { zoneId: 1, image: 'a:1' });
  test.each<[string, () => unknown, RegExp]>([
    ['ids backwards', () => ServiceIds.range(5, 1), /run backwards.*range\(1, 5\)/],
    ['an id twice', () => ServiceIds.list(1, 2, 1), /id 1 stands there twice/],
    ['no ids', () => ServiceIds.list(), /at least one/],
    ['a fraction', () => ServiceIds.of(1.5), /1\.5 is no service id/],
    ['neither ids nor replicas', () => zone().addService('game', {}), /zone1\/game: give either `ids` or `replicas`/],
    ['both', () => zone().addService('game', { ids: ServiceIds.of(1), replicas: 2 }), /give either/],
    [
      'an image for no id',
      () => zone().addService('game', { ids: ServiceIds.of(1), imageOfId: { '2': 'b:1' } }),
      /names 2/,
    ],
    ['a partition', () => CanaryStep.partition('150%'), /use a number of pods or a percentage/],
    ['no pause', () => CanaryStep.pauseFor(Duration.seconds(0)), /at least one second/],
    [
      'a wait that ends too early',
      () =>
        HookMetric.waitUntil('a', WebRequest.get('http://a'), {
          every: Duration.minutes(1),
          atMost: Duration.minutes(2),
          consecutiveSuccesses: 3,
        }),
      /after 120 s at the earliest/,
    ],
    ['several without a pause', () => HookMetric.check('a', WebRequest.get('http://a'), { count: 2 }), /need `every`/],
    ['a hook that asks nothing', () => new HookTemplate(zone(), 'empty', { metrics: [] }), /asks nothing/],
    [
      'artifacts from nowhere',
      () => new ArtifactVolume(zone(), 'files', { mountPath: '/a', sources: [] }),
      /no sources/,
    ],
    [
      'a literal in the environment',
      () => zone().addService('game', { ids: ServiceIds.of(1), secretEnv: { A: Credential.unsafeLiteral('x') } }),
      /secretEnv\.A is a literal/,
    ],
    ['host ports per id', () => Exposure.hostPort().perId(), /makes no Service/],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(message);
  });
});
