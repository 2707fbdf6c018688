import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject, App, Duration, JsonPatch, Testing } from 'cdk8s';
import {
  ArtifactSource,
  ArtifactVolume,
  Credential,
  Exposure,
  GameZone,
  HookMetric,
  HookTemplate,
  LoadBalancerProvider,
  ServiceIds,
  UpdateStrategy,
  WebRequest,
} from '../../constructs/index.js';
import { spellingsIn } from '../parts/secret-spellings.js';
import { zoneFileWords } from '../parts/zone-file-words.js';

// What the library finds by itself, without the command: in the constructor where it can be told there, else when cdk8s
// synthesizes.

/** Props as a program in JavaScript may write them. */
const zone = (props: object = {}): GameZone => new GameZone(new App(), 'zone1', { zoneId: 1, image: 'a:1', ...props });
const service = (props: object = {}, type = 'game', of = zone()): unknown =>
  of.addService(type, { ids: ServiceIds.range(1, 3), ...props });
const volume = (props: object): unknown =>
  new ArtifactVolume(zone(), 'files', {
    mountPath: '/app/data',
    sources: [ArtifactSource.git({ url: 'https://git.example.com/a.git' })],
    ...props,
  });
const ports = [{ port: 7001 }];
const git = (options: object): unknown =>
  volume({ sources: [ArtifactSource.git({ url: 'https://git.example.com/a.git', ...options })] });

/** The message in full: the construct, the prop, what is wrong; the value; what would be right. */
const REFUSED: readonly (readonly [what: string, make: () => unknown, message: string])[] = [
  ['a runtime', () => zone({ runtime: 'nativ' }), 'zone1: runtime: must be gamezone or native, but is the text "nativ"\n  value: "nativ"\n  right: did you mean `native`?'], // prettier-ignore
  ['a security level of the zone', () => zone({ security: 'strict' }), 'zone1: security: must be baseline or restricted, but is the text "strict"\n  value: "strict"'], // prettier-ignore
  ['a release', () => zone({ compat: '9.9' }), 'zone1: compat: not a release of gamezone\n  value: "9.9"\n  right: this release knows: 0.1'], // prettier-ignore
  ['a zone name', () => zone({ zoneName: 'Zone_1' }), 'zone1: zoneName: "Zone_1" has the wrong form\n  value: "Zone_1"\n  right: use lower-case letters, digits and hyphens, beginning with a letter, such as zone1'], // prettier-ignore
  ['a zoneId that is text', () => zone({ zoneId: '1' }), 'zone1: zoneId: must be a whole number, but is the text "1"\n  value: "1"\n  right: leave the quotes out: 1'], // prettier-ignore
  ['no zoneId', () => zone({ zoneId: undefined }), 'zone1: `zoneId` is missing\n  right: add it: the number of the zone, handed to every process'], // prettier-ignore
  ['a namespace', () => zone({ namespace: 'games/eu' }), 'zone1: namespace: "games/eu" has the wrong form\n  value: "games/eu"\n  right: use lower-case letters, digits and hyphens, such as games'], // prettier-ignore
  ['Redis without a host', () => zone({ redis: {} }), 'zone1: redis: `host` is missing\n  right: add it: address or host name'], // prettier-ignore
  ['Redis with a port in its host', () => zone({ redis: { host: 'redis:6379' } }), 'zone1: redis.host: not a host name or an address\n  value: "redis:6379"\n  right: write the name alone, and the port as `port: 6379`'], // prettier-ignore
  ['an image of the zone', () => zone({ image: 'a b' }), 'zone1: image: not an image reference: `a b` has characters that a path cannot have'], // prettier-ignore
  ['an image of the migration', () => zone({ dbMigrater: { image: '' } }), 'zone1: dbMigrater.image: must not be empty'], // prettier-ignore
  ['a type', () => service({}, 'Login'), 'zone1/Login: type: "Login" has the wrong form\n  value: "Login"\n  right: use lower-case letters, digits and hyphens, such as game or login-2'], // prettier-ignore
  ['a security level of a service', () => service({ security: 'none' }), 'zone1/game: security: must be baseline or restricted'], // prettier-ignore
  ['a pull policy', () => service({ imagePullPolicy: 'always' }), 'zone1/game: imagePullPolicy: must be Always, IfNotPresent or Never, but is the text "always"\n  value: "always"\n  right: did you mean `Always`?'], // prettier-ignore
  ['a protocol', () => service({ ports: [{ port: 1, protocol: 'udp' }] }), 'zone1/game: ports[0].protocol: must be TCP, UDP or SCTP, but is the text "udp"\n  value: "udp"\n  right: did you mean `UDP`?'], // prettier-ignore
  ['a name of a port', () => service({ ports: [{ port: 1, name: 'the-port-of-the-client' }] }), 'zone1/game: ports[0].name: "the-port-of-the-client" has the wrong form'], // prettier-ignore
  ['a number of a port', () => service({ ports: [{ port: 70000 }] }), 'zone1/game: ports[0].port: 70000 is out of range\n  value: 70000\n  right: use a whole number from 1 to 65535'], // prettier-ignore
  ['a misspelt field of a port', () => service({ ports: [{ port: 1, protocl: 'UDP' }] }), 'zone1/game: ports[0].protocl: unknown field `protocl`\n  right: did you mean `protocol`?'], // prettier-ignore
  ['a traffic policy', () => service({ expose: Exposure.loadBalancer({ ports, externalTrafficPolicy: 'local' }) }), 'zone1/game: expose.externalTrafficPolicy: must be Cluster or Local'], // prettier-ignore
  ['a budget', () => service({ maxDisrupted: '25 %' }), 'zone1/game: maxDisrupted: must be a number or a percentage such as 25%'], // prettier-ignore
  ['a file mode', () => service({ configFiles: [{ path: '/a', content: '', mode: '999' }] }), 'zone1/game: configFiles[0].mode: "999" has the wrong form'], // prettier-ignore
  ['an image for one id of a native zone', () => service({ imageOfId: { '2': 'b:1' } }, 'game', zone({ runtime: 'native' })), 'zone1/game: imageOfId["2"]: all ids of a type run one image with runtime: native\n  right: remove it, or `runtime: native`'], // prettier-ignore
  ['an update in place of a native zone', () => service({ update: UpdateStrategy.inPlace() }, 'game', zone({ runtime: 'native' })), 'zone1/game: update: InplaceUpdate does not exist with runtime: native\n  value: "InplaceUpdate"\n  right: use UpdateStrategy.rolling() or UpdateStrategy.onDelete(), or remove runtime: native'], // prettier-ignore
  ['a hook template in a native zone', () => new HookTemplate(zone({ runtime: 'native' }), 'drained', { metrics: [HookMetric.check('a', WebRequest.get('http://a'))] }), 'zone1/drained: nothing runs hooks with runtime: native'], // prettier-ignore
  ['a service without an image', () => service({}, 'game', zone({ image: undefined })), 'zone1/game: game has no image\n  right: set `image` here, or `image` for the zone'], // prettier-ignore
  ['an autoscaler of ids', () => service({ autoscale: { maxReplicas: 3 } }), "zone1/game: autoscale: `autoscale` needs `replicas`\n  right: ids are players' addresses"], // prettier-ignore
  ['an exposure without ports', () => service({ expose: Exposure.nodePort() }), 'zone1/game: expose: game is exposed but has no ports\n  right: list its ports'], // prettier-ignore
  ['metrics on a port that is not there', () => service({ ports, metrics: { port: 'metrics' } }), 'zone1/game: metrics.port: the service has no port metrics\n  value: "metrics"\n  right: its ports are: tcp-7001 (7001)'], // prettier-ignore
  ['an interval that nothing reads', () => service({ ports, metrics: { port: 7001, interval: Duration.seconds(30) } }), 'zone1/game: metrics.interval: `interval` does nothing with annotations: Prometheus decides how often it scrapes\n  value: "30s"\n  right: set `podMonitor: true`, or remove it'], // prettier-ignore
  ['an address of a load balancer', () => service({ expose: Exposure.loadBalancer({ ports, provider: LoadBalancerProvider.metalLb({ addresses: ['10.0.0.256'] }) }) }), 'zone1/game: expose.provider.addresses[0]: not an IP address\n  value: "10.0.0.256"'], // prettier-ignore
  ['a name that is too long', () => service({}, 'z'.repeat(40), new GameZone(new App(), 'y'.repeat(20), { zoneId: 1, image: 'a:1' })), `${'y'.repeat(20)}/${'z'.repeat(40)}: type: the GameStatefulSet's name would be`], // prettier-ignore
  ['an access mode', () => volume({ accessMode: 'rwx' }), 'zone1/files: accessMode: must be ReadWriteMany or ReadWriteOnce, but is the text "rwx"'], // prettier-ignore
  ['no mount path', () => volume({ mountPath: undefined }), 'zone1/files: `mountPath` is missing'],
  ['a relative mount path', () => volume({ mountPath: 'app' }), 'zone1/files: mountPath: the path is not absolute\n  value: "app"'], // prettier-ignore
  ['an address of git', () => git({ url: '../config' }), 'zone1/files: sources[0].url: not an address that the cluster can fetch from\n  value: "../config"'], // prettier-ignore
  ['two references of git', () => git({ ref: 'main', tag: 'v1' }), 'zone1/files: sources[0].tag: `ref` and `tag` name different things to fetch'], // prettier-ignore
  ['a credential in an address', () => git({ url: 'https://token@git.example.com/a.git' }), 'zone1/files: sources[0].url: the address holds a credential, which would end up in logs\n  right: use `user` and `token` instead'], // prettier-ignore
  ['half a key of S3', () => volume({ sources: [ArtifactSource.s3({ endpoint: 'https://s3', bucket: 'bucket', accessKey: Credential.fromSecret('a', 'b') })] }), 'zone1/files: sources[0]: `accessKey` without `secretKey`\n  right: set `secretKey`; for a public bucket remove `accessKey`'], // prettier-ignore
  ['a bucket', () => volume({ sources: [ArtifactSource.s3({ endpoint: 'https://s3', bucket: 'My_Bucket' })] }), 'zone1/files: sources[0].bucket: `My_Bucket` is no bucket name\n  value: "My_Bucket/"\n  right: use 3 to 63 lower-case letters, digits, dots and hyphens'], // prettier-ignore
  ['an address that a hook asks', () => new HookTemplate(zone(), 'drained', { metrics: [HookMetric.check('a', WebRequest.get('nowhere'))] }), 'zone1/drained: metrics[0].provider.url: "nowhere" has the wrong form'], // prettier-ignore
  ['a name of a hook template', () => HookTemplate.fromName(zone(), 'healthy', 'Error_Rate'), 'zone1/healthy: "Error_Rate" has the wrong form'], // prettier-ignore
];

function refusalOf(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was refused');
}

describe('what a constructor refuses, with the construct, the prop, the value and what would be right', () => {
  test.each(REFUSED)('%s', (_, make, message) => {
    expect(make).toThrow(message);
  });

  test('in the words of the constructs', () => {
    const said = REFUSED.map(([, make]) => refusalOf(make));
    expect(said.flatMap((text) => zoneFileWords(`file: ${text}`).map((word) => ({ word, text })))).toEqual([]);
  });

  test('all of it in one go', () => {
    expect(() => zone({ runtime: 'nativ', security: 'none', image: '' })).toThrow(
      /^zone1: (\w+): [^]*^zone1: (\w+): [^]*^zone1: (\w+): /m,
    );
  });

  test('a credential that is none is not said', () => {
    const password = Credential.unsafeLiteral(['hunter2'] as never);
    const refusal = (): unknown => zone({ redis: { host: 'redis', password } });
    expect(refusal).toThrow('zone1: redis.password: must be text, but is a list');
    expect(refusal).not.toThrow(/hunter2/);
    const typo = { host: 'game:hunter2@redis' };
    expect(() => zone({ redis: typo })).toThrow('zone1: redis.host: not a host name or an address');
    for (const make of [refusal, () => zone({ redis: typo })])
      expect(spellingsIn(refusalOf(make), 'hunter2')).toEqual([]);
  });
});

describe('what only the whole zone tells is told when cdk8s synthesizes, with the path of the construct', () => {
  const broken = (): { app: App; zone: GameZone; out: string } => {
    const out = mkdtempSync(join(tmpdir(), 'gamezone-mistakes-'));
    const app = new App({ outdir: out });
    const zone = new GameZone(app, 'a', { zoneId: 1, image: 'a:1', envNames: { REDIS_HOTS: 'CACHE' } });
    const configFiles = [{ path: '/etc/a.ini', content: '${GAMEZONE_SERVICE_HOST_BD}' }];
    zone.addService('game', { ids: ServiceIds.of(1), ports, expose: Exposure.nodePort(), configFiles });
    zone.addService('game-public', { replicas: 1 });
    zone.addService('db', { replicas: 1 });
    return { app, zone, out };
  };
  const MESSAGE = [
    'Validation failed with the following errors:',
    '  [a] envNames.REDIS_HOTS: the zone has no variable REDIS_HOTS',
    '    value: "CACHE"',
    '    right: variables of this zone: GAMEZONE_ZONE_ID, GAMEZONE_SERVICE_TYPE, GAMEZONE_SERVICE_ID, GAMEZONE_SERVICE_HOST_GAME, GAMEZONE_SERVICE_HOST_GAME_PUBLIC, GAMEZONE_SERVICE_HOST_DB',
    '  [a/game] configFiles[0].content: the template uses ${GAMEZONE_SERVICE_HOST_BD}, which has no value',
    '    right: did you mean ${GAMEZONE_SERVICE_HOST_DB}?',
    '  [a/game-public] type: two Services would be named a-game-public',
    '    value: "a-game-public"',
    '    right: choose another type',
  ].join('\n');

  test.each<[string, (made: ReturnType<typeof broken>) => unknown]>([
    ['app.synth()', ({ app }) => app.synth()],
    ['app.synthYaml()', ({ app }) => app.synthYaml()],
    ['Testing.synth', ({ zone }) => Testing.synth(zone) as unknown],
  ])('%s', (_, synthesize) => {
    const made = broken();
    expect(() => synthesize(made)).toThrow(MESSAGE);
    expect(readdirSync(made.out)).toEqual([]);
    rmSync(made.out, { recursive: true });
  });

  test('a zone without any service', () => {
    expect(() => Testing.synth(zone()) as unknown).toThrow('[zone1] services: the list must not be empty');
  });

  test('what comes right with a later line is no mistake', () => {
    const own = zone();
    const configFiles = [{ path: '/etc/a.ini', content: '${GAMEZONE_SERVICE_HOST_DB}' }];
    service({ configFiles }, 'game', own);
    expect(own.node.findChild('game').node.validate()).toHaveLength(1);
    service({}, 'db', own);
    expect(own.node.findChild('game').node.validate()).toEqual([]);
    expect(Testing.synth(own).length).toBeGreaterThan(4);
  });

  test('a warning stops nothing, and neither does a patch', () => {
    const own = zone({ redis: { host: 'redis', password: Credential.unsafeLiteral('p') } });
    service({}, 'game', own);
    ApiObject.of(own.node.findChild('game')).addJsonPatch(JsonPatch.add('/spec/paused', true));
    expect(Testing.synth(own).length).toBeGreaterThan(3);
  });

  test('what was refused leaves nothing behind', () => {
    const own = zone();
    const sources = [ArtifactSource.git({ url: '../data' })];
    expect(() => new ArtifactVolume(own, 'files', { mountPath: '/a', sources })).toThrow();
    expect(() => HookTemplate.fromName(own, 'healthy', 'Error_Rate')).toThrow();
    expect(() => service({ security: 'none' }, 'bad', own)).toThrow();
    service({}, 'game', own);
    expect(Testing.synth(own)).toHaveLength(4);
  });

  test('under the command it is told once, by the command', () => {
    const holder = globalThis as { [key: symbol]: unknown };
    const collector = Symbol.for('gamezone.zones');
    holder[collector] = { add: () => undefined };
    try {
      expect(zone().node.validate()).toEqual([]);
    } finally {
      Reflect.deleteProperty(holder, collector);
    }
  });
});
