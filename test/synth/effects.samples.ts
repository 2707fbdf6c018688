import type { ZoneDocument } from '../../constructs/model/resolve.js';

// Zones that together set every field of a GameZone, so that each one's effect can be shown.

const hook = { templateName: 'drained', args: [{ name: 'limit', value: '3' }], onDeadline: 'hold' as const };
const hooks = { preDelete: hook, preInplace: hook, postInplace: hook };
const probes = {
  readiness: { tcpSocket: { port: 1 } },
  liveness: { tcpSocket: { port: 2 } },
  startup: { tcpSocket: { port: 3 } },
};
const secretRef = { name: 'keys', key: 'value' };
const header = { key: 'X-Zone', value: 'one' };
const secretHeader = { key: 'Authorization', valueFrom: { secretKeyRef: secretRef } };

const metric = {
  name: 'players',
  interval: '10s',
  initialDelay: '5s',
  count: 5,
  successCondition: 'asInt(result) == 0',
  failureCondition: 'asInt(result) > 9',
  failureLimit: 1,
  successfulLimit: 1,
  inconclusiveLimit: 1,
  consecutiveErrorLimit: 3,
  consecutiveSuccessfulLimit: 2,
};
const hookTemplates = [
  {
    name: 'drained',
    spec: {
      args: [{ name: 'limit', value: '3' }],
      policy: 'Ordered' as const,
      deadlineSeconds: 600,
      ttlSecondsAfterFinished: 60,
      metrics: [
        {
          ...metric,
          provider: {
            web: {
              url: 'http://game:8080/players',
              method: 'POST' as const,
              headers: [header, secretHeader],
              body: '{}',
              jsonPath: '{$.online}',
              timeoutSeconds: 5,
              insecureSkipVerify: true,
            },
          },
        },
        {
          name: 'errors',
          provider: {
            prometheus: {
              address: 'http://prometheus:9090',
              query: 'up',
              headers: [header, secretHeader],
              timeoutSeconds: 5,
            },
          },
        },
        {
          name: 'mark',
          provider: {
            kubernetes: { function: 'patch' as const, fields: [{ path: 'metadata.annotations.a', value: 'b' }] },
          },
        },
        { name: 'ask', provider: { exec: { container: 'game', command: ['true'] } } },
      ],
    },
  },
  { name: 'elsewhere', external: true },
];

const base = { apiVersion: 'gamezone.dev/v1alpha1', kind: 'GameZone' as const };
const settings = {
  zoneId: 7,
  defaultImage: 'registry.example.com/service:1',
  dbMigraterImage: 'registry.example.com/migrate:1',
};

/** Services with every setting, credentials as literals. */
const services: ZoneDocument = {
  ...base,
  metadata: { name: 'zone', namespace: 'games', labels: { team: 'a' }, annotations: { note: 'b' } },
  spec: {
    runtime: 'gamezone',
    security: 'restricted',
    gameZone: {
      ...settings,
      redisConfig: { ip: 'redis', port: 6380, pwd: 'r' },
      mysqlConfig: { ip: 'mysql', port: 3307, user: 'u', pwd: 'm', database: 'd' },
      serviceConfig: [
        {
          type: 'game',
          id: 1,
          endId: 4,
          image: 'registry.example.com/service:2',
          overrides: { '3': { image: 'registry.example.com/service:3' } },
          artifacts: ['artifacts'],
          ports: [
            { port: 7001, name: 'client', protocol: 'UDP' },
            { port: 8080, name: 'web' },
          ],
          expose: {
            type: 'LoadBalancer',
            perId: true,
            ports: ['client'],
            provider: { metalLb: { addressPool: 'pool', addresses: ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'] } },
            externalTrafficPolicy: 'Cluster',
            annotations: { a: 'b' },
          },
          args: ['--fast'],
          configFiles: [{ path: '/app/game.ini', content: 'zone=${GAMEZONE_ZONE_ID}', mode: '0600' }],
          metrics: { port: 'web', path: '/stats', scrape: 'PodMonitor', interval: '15s' },
          sharedMemory: '2Gi',
          resources: { requests: { cpu: '1' } },
          probes,
          terminationGracePeriodSeconds: 60,
          minReadySeconds: 9,
          progressDeadlineSeconds: 900,
          podManagementPolicy: 'OrderedReady',
          disruptionBudget: { maxUnavailable: 2 },
          security: 'baseline',
          update: { type: 'RollingUpdate' },
          hooks,
          env: { MODE: 'fast' },
          nodeSelector: { disk: 'ssd' },
          tolerations: [{ key: 'game', operator: 'Exists' }],
          imagePullPolicy: 'Always',
        },
        { type: 'db', id: 1, disruptionBudget: 'none' },
        {
          type: 'gate',
          replicas: 3,
          ports: [{ port: 443 }],
          expose: {
            type: 'LoadBalancer',
            provider: { tencentClb: { internalSubnetId: 'subnet', existingLbId: 'lb', directAccess: false } },
          },
          metrics: { port: 443, path: '/stats' },
          autoscale: { minReplicas: 2, maxReplicas: 9, cpuPercent: 70, memoryPercent: 75 },
        },
      ],
    },
    hookTemplates,
    volumes: [
      {
        path: '/app/data',
        name: 'maps',
        size: '50Gi',
        storageClassName: 'nfs',
        accessMode: 'ReadWriteOnce',
        retain: false,
      },
    ],
    artifacts: [
      {
        path: '/app/artifacts',
        git: { url: 'https://git.example.com/a.git', branch: 'main', user: 'bot', token: 't', submodules: true },
      },
      {
        path: '/app/data',
        subPath: 'a',
        into: 'b',
        s3: { url: 'https://s3.example.com', path: 'bucket/p/', region: 'r', accessKey: 'k', secretKey: 's' },
      },
      {
        path: '/app/data',
        p4: { server: 'p4:1666', path: '//depot/a', label: 'l', charset: 'utf8', user: 'p', pwd: 'w' },
      },
    ],
  },
};

/** Defaults, references to Secrets, pinned sources and claims of others. */
const defaults: ZoneDocument = {
  ...base,
  metadata: { name: 'zone' },
  spec: {
    gameZone: {
      ...settings,
      redisConfig: { ip: 'redis', pwdSecretRef: secretRef },
      mysqlConfig: { ip: 'mysql', pwdSecretRef: secretRef },
      serviceConfig: [{ type: 'game', id: 1, configFiles: [{ path: '/app/a', content: '${MYSQL_PASSWORD}' }] }],
    },
    hookTemplates,
    volumes: [{ path: '/pinned', claim: 'theirs' }],
    artifacts: [
      {
        path: '/moving',
        git: {
          url: 'https://git.example.com/a.git',
          tag: 'v1',
          tokenSecretRef: secretRef,
          sshKeySecretRef: secretRef,
          knownHostsSecretRef: secretRef,
        },
      },
      {
        path: '/moving',
        s3: {
          url: 'https://s3.example.com',
          path: 'bucket/',
          accessKeySecretRef: secretRef,
          secretKeySecretRef: secretRef,
        },
      },
      { path: '/pinned', git: { url: 'https://git.example.com/a.git', commit: '0'.repeat(40) } },
      { path: '/pinned', p4: { server: 'p4:1666', path: '//depot/a', changelist: 5, pwdSecretRef: secretRef } },
      { path: '/pinned', p4: { server: 'p4:1666', path: '//depot/b', label: 'v1', revisions: 'a'.repeat(64) } },
      { path: '/pinned', s3: { url: 'https://s3.example.com', path: 'b/', style: 'path', objects: 'b'.repeat(64) } },
    ],
    defaults: {
      resources: { requests: { cpu: '1' } },
      probes,
      terminationGracePeriodSeconds: 60,
      minReadySeconds: 9,
      progressDeadlineSeconds: 900,
      podManagementPolicy: 'OrderedReady',
      disruptionBudget: { maxUnavailable: 2 },
      hooks,
      env: { MODE: 'fast' },
      nodeSelector: { disk: 'ssd' },
      tolerations: [{ key: 'game', operator: 'Exists' }],
      imagePullPolicy: 'Always',
      update: { type: 'RollingUpdate' },
      imagePullSecrets: ['registry'],
      serviceAccountName: 'game',
      publishNotReadyAddresses: false,
      envNames: { REDIS_HOST: 'CACHE' },
      artifacts: { image: 'registry.example.com/sync:1', size: '5Gi', storageClassName: 'nfs' },
    },
  },
};

const noBudget: ZoneDocument = {
  ...base,
  metadata: { name: 'zone' },
  spec: { gameZone: { ...settings, serviceConfig: [{ type: 'game', id: 1 }] }, defaults: { disruptionBudget: 'none' } },
};

export const SAMPLES: readonly ZoneDocument[] = [services, defaults, noBudget];
