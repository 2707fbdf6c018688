// The zone of ../seed-zone/zone.yaml in TypeScript: the same objects, in the same order.
//
//     gamezone synth zone.ts        to manifests in dist/
//     npx tsx zone.ts               works as well: then cdk8s writes dist/zone1.k8s.yaml
import { App } from 'cdk8s';
import { ArtifactSource, ArtifactVolume, Credential, GameZone, ServiceIds } from 'gamezone';

const app = new App();
const zone = new GameZone(app, 'zone1', {
  zoneId: 101,
  image: 'registry.example.com/project1/service:0.1.0',
  dbMigrater: { image: 'registry.example.com/project1/dbmigrater:0.1.0' },
  redis: { host: 'redis', port: 6379 },
  mysql: {
    host: '192.168.1.100',
    port: 3306,
    user: 'username1',
    password: Credential.unsafeLiteral('password1'), // better: Credential.fromSecret('mysql', 'password')
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
      subPath: 'config', // only what is in this folder of the repository
      into: 'config',
    }),
  ],
});

zone.addService('game', { ids: ServiceIds.of(1), image: 'registry.example.com/project1/service:0.2.0', artifacts });
zone.addService('db', { ids: ServiceIds.of(1), artifacts });
zone.addService('gateway', { ids: ServiceIds.range(1, 2), artifacts });
zone.addService('auth', { ids: ServiceIds.of(2), artifacts });

app.synth();
export default app;
