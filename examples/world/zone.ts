// A world: many zones from one loop, each a file of its own. What differs between them stands in one table.
//
//     gamezone synth zone.ts -o manifests
import { App, Duration, Size } from 'cdk8s';
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
} from 'gamezone';
import regions from './regions.json' with { type: 'json' };

const VERSION = '1.4.2';
/** The release of the game's data: a commit and a changelist never move, so that a synth of next week is the same. */
const DATA = { commit: '4f2a9c1d7be03586a1f09e2d5c83b7460e9d1a2c', changelist: 184207 };

const app = new App();
for (const { region, firstZone, zones } of regions) {
  for (let zoneId = firstZone; zoneId < firstZone + zones; zoneId++) addZone(region, zoneId);
}
export default app;

function addZone(region: string, zoneId: number): void {
  const zone = new GameZone(app, `${region}-${zoneId}`, {
    zoneId,
    namespace: `game-${region}`,
    image: `registry.example.com/world/server:${VERSION}`,
    dbMigrater: { image: `registry.example.com/world/migrate:${VERSION}` },
    artifactsImage: 'registry.example.com/world/sync-p4:2024.1', // p4 is not in the default image
    labels: { 'example.com/region': region },
    redis: { host: `redis.game-${region}.svc` },
    mysql: {
      host: `mysql.game-${region}.svc`,
      user: 'game',
      password: Credential.fromSecret('mysql', 'password'),
      database: `zone${zoneId}`,
    },
  });

  const data = new ArtifactVolume(zone, 'data', {
    mountPath: '/srv/data',
    size: Size.gibibytes(40),
    sources: [
      ArtifactSource.p4({
        server: 'ssl:perforce.example.com:1666',
        user: 'build',
        password: Credential.fromSecret('p4', 'password'),
        path: '//world/main/data',
        changelist: DATA.changelist,
      }),
      ArtifactSource.git({
        url: 'https://git.example.com/world/balance.git',
        commit: DATA.commit,
        subPath: region,
        into: 'balance',
      }),
    ],
  });

  const drained = new HookTemplate(zone, 'drained', {
    metrics: [
      HookMetric.waitUntil('players', WebRequest.get('http://{{ args.PodIP }}:8080/players', { jsonPath: '{$.online}' }), {
        successCondition: 'asInt(result) == 0',
        every: Duration.seconds(10),
        atMost: Duration.hours(2),
      }),
    ],
  });

  zone.addService('map', {
    ids: ServiceIds.range(1, 6),
    artifacts: data,
    expose: Exposure.loadBalancer({ ports: [{ port: 7001, protocol: 'UDP' }] }),
    ports: [{ port: 8080 }],
    sharedMemory: Size.gibibytes(1),
    resources: { requests: { cpu: '2', memory: '8Gi' } },
    hooks: { preDelete: drained },
    update: UpdateStrategy.inPlace({
      maxUnavailable: 1,
      canary: [CanaryStep.partition(5), CanaryStep.pause(), CanaryStep.partition(0)],
    }),
  });
  zone.addService('chat', {
    replicas: 2,
    ports: [{ port: 9000 }],
    resources: { requests: { cpu: '500m', memory: '512Mi' } },
  });
}
