import { App, Duration, Size, Testing } from 'cdk8s';
import * as plus27 from 'cdk8s-plus-27';
import * as plus33 from 'cdk8s-plus-33';
import { ArtifactSource, ArtifactVolume, Credential, GameZone, ServiceIds } from '../../constructs/index.js';
import type { GameServiceProps } from '../../constructs/index.js';
import { Probes, Volumes } from '../../constructs/plus/index.js';
import { ZoneFile } from '../../constructs/zone-file/index.js';
import { checkObject } from '../../src/kubernetes/index.js';

const lines = [
  ['cdk8s-plus-27', plus27],
  ['cdk8s-plus-33', plus33 as unknown as typeof plus27],
] as const;

const newZone = (): GameZone => new GameZone(new App(), 'zone1', { zoneId: 1, image: 'registry.example.com/game:1' });
const withService = (zone: GameZone, props: Partial<GameServiceProps> = {}) =>
  zone.addService('game', { ids: ServiceIds.list(1, 2, 7), ports: [{ port: 7001 }], ...props });

interface Pod {
  readonly volumes: readonly { readonly name: string }[];
  readonly containers: readonly [
    { readonly livenessProbe?: object; readonly volumeMounts?: readonly object[]; readonly env: readonly object[] },
  ];
}

/** The pod templates of a zone, after it was checked as the API server would. */
function podsOf(zone: GameZone): [Pod, ...Pod[]] {
  const objects = Testing.synth(zone) as {
    readonly kind: string;
    readonly spec: { readonly template: { readonly spec: Pod } };
  }[];
  for (const object of objects) expect(checkObject(object)).toEqual([]);
  return objects.filter(({ kind }) => kind === 'GameStatefulSet').map(({ spec }) => spec.template.spec) as [
    Pod,
    ...Pod[],
  ];
}

describe.each(lines)('%s', (_, plus) => {
  test.each([
    [
      plus.Probe.fromHttpGet('/ready', { port: 8080, periodSeconds: Duration.seconds(5) }),
      { failureThreshold: 3, periodSeconds: 5, httpGet: { path: '/ready', port: 8080, scheme: 'HTTP' } },
    ],
    [plus.Probe.fromTcpSocket({ port: 7001 }), { failureThreshold: 3, tcpSocket: { port: 7001 } }],
    [
      plus.Probe.fromCommand(['/bin/alive'], { failureThreshold: 2 }),
      { failureThreshold: 2, exec: { command: ['/bin/alive'] } },
    ],
  ])('a probe is spelled as Kubernetes does: %#', (probe, spelled) => {
    expect(Probes.fromPlus(probe)).toEqual(spelled);
    const zone = newZone();
    withService(zone, { probes: { liveness: Probes.fromPlus(probe) } });
    expect(podsOf(zone)[0].containers[0].livenessProbe).toEqual(spelled);
  });

  test('the port of a probe is that of the container, and 80 is never made up', () => {
    const container = new plus.Container({ image: 'a:1', portNumber: 9000 });
    const probe = plus.Probe.fromHttpGet('/ready');
    expect(Probes.fromPlus(probe, container)).toMatchObject({ httpGet: { port: 9000 } });
    expect(() => void Probes.fromPlus(probe)).toThrow('names no port');
    expect(() => void Probes.fromPlus(probe, new plus.Container({ image: 'a:1' }))).toThrow('names no port');
  });

  test('what is no probe and no volume is refused', () => {
    for (const other of [undefined, 'probe', {}, { httpGet: {} }])
      expect(() => void Probes.fromPlus(other)).toThrow('this is no Probe of cdk8s-plus');
    for (const other of [undefined, 'volume', {}, plus.Probe.fromTcpSocket({ port: 1 })])
      expect(() => Volumes.fromPlus(other)).toThrow('this is no Volume of cdk8s-plus');
  });

  test('volumes are mounted into every workload of the service', () => {
    const zone = newZone();
    const config = plus.ConfigMap.fromConfigMapName(zone, 'rules', 'rules');
    const secret = plus.Secret.fromSecretName(zone, 'keys', 'keys');
    const game = withService(zone);
    Volumes.fromPlus(
      plus.Volume.fromConfigMap(zone, 'v1', config, { items: { 'a.json': { path: 'b.json' } } }),
    ).mountInto(game, '/app/rules', { readOnly: true });
    const keys = Volumes.fromPlus(plus.Volume.fromSecret(zone, 'v2', secret));
    keys.mountInto(game, '/app/keys');
    keys.mountInto(game, '/app/more-keys', { subPath: 'more' });
    Volumes.fromPlus(
      plus.Volume.fromEmptyDir(zone, 'v3', 'scratch', {
        sizeLimit: Size.mebibytes(10),
        medium: plus.EmptyDirMedium.MEMORY,
      }),
    ).mountInto(game, '/scratch');
    const pods = podsOf(zone);
    expect(pods).toHaveLength(2);
    for (const pod of pods) {
      expect(pod.volumes).toEqual([
        { name: 'configmap-rules', configMap: { name: 'rules', items: [{ key: 'a.json', path: 'b.json' }] } },
        { name: 'secret-keys', secret: { secretName: 'keys' } },
        { name: 'scratch', emptyDir: { medium: 'Memory', sizeLimit: '10Mi' } },
      ]);
      expect(pod.containers[0].volumeMounts).toEqual([
        { name: 'configmap-rules', mountPath: '/app/rules', readOnly: true },
        { name: 'secret-keys', mountPath: '/app/keys' },
        { name: 'secret-keys', mountPath: '/app/more-keys', subPath: 'more' },
        { name: 'scratch', mountPath: '/scratch' },
      ]);
    }
  });

  test('volumes stand behind those that the service has, and may not take their names or places', () => {
    const zone = newZone();
    const artifacts = new ArtifactVolume(zone, 'artifacts', {
      mountPath: '/app/artifacts',
      sources: [ArtifactSource.git({ url: 'https://git.example.com/a.git' })],
    });
    const game = withService(zone, { artifacts, sharedMemory: Size.gibibytes(1) });
    const claim = plus.PersistentVolumeClaim.fromClaimName(zone, 'saves', 'saves');
    const volume = plus.Volume.fromPersistentVolumeClaim(zone, 'v1', claim, { name: 'saves' });
    Volumes.fromPlus(volume).mountInto(game, '/saves');
    expect(podsOf(zone)[0].volumes.map(({ name }) => name)).toEqual(['shared-memory', 'artifacts', 'saves']);
    expect(() => Volumes.fromPlus(volume).mountInto(game, '/app/artifacts')).toThrow(
      'mounted at /app/artifacts already',
    );
    const other = plus.Volume.fromEmptyDir(zone, 'v2', 'saves');
    expect(() => Volumes.fromPlus(other).mountInto(game, '/other')).toThrow('another volume "saves"');
    expect(() => ZoneFile.toYaml(zone)).toThrow('zone1/game/mount --saves');
  });

  test('a Secret stands where a name is asked for', () => {
    const zone = newZone();
    const secret = new plus.Secret(zone, 'database', { metadata: { name: 'database' } });
    withService(zone, { secretEnv: { PASSWORD: Credential.fromSecret(secret, 'password') } });
    const { env } = podsOf(zone)[0].containers[0];
    expect(env).toContainEqual({
      name: 'PASSWORD',
      valueFrom: { secretKeyRef: { name: 'database', key: 'password' } },
    });
  });
});
