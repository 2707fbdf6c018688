import { Duration, Size } from 'cdk8s';
import type { App } from 'cdk8s';
import fc from 'fast-check';
import {
  ArtifactSource,
  ArtifactVolume,
  CanaryStep,
  Credential,
  Exposure,
  GameZone,
  HookMetric,
  HookTemplate,
  LoadBalancerProvider,
  PodAnnotation,
  PrometheusQuery,
  ServiceIds,
  UpdateStrategy,
  WebRequest,
} from '../../constructs/index.js';
import type { GameServiceProps, GameZoneProps, IHookTemplate, ServicePort } from '../../constructs/index.js';
import { definedOnly, image, perhaps, severalOf, some, text, textsBy } from './arbitrary/texts.js';

/** A statement of a program; those that it needs come before it. */
interface Statement {
  readonly what: string;
  readonly id: string;
  readonly needs: readonly string[];
  readonly run: (zone: GameZone, made: ReadonlyMap<string, unknown>) => unknown;
}

/** A program that builds a zone without a mistake, its statements in any order that TypeScript allows. */
export interface Program {
  readonly zone: GameZoneProps;
  readonly statements: readonly Statement[];
}

export function run({ zone: props, statements }: Program, app: App): GameZone {
  const zone = new GameZone(app, 'zone', props);
  const made = new Map<string, unknown>();
  const make = (statement: Statement): void => {
    if (made.has(statement.id)) return;
    statements.filter(({ id }) => statement.needs.includes(id)).forEach(make);
    made.set(statement.id, statement.run(zone, made));
  };
  statements.forEach(make);
  return zone;
}

const credential = fc.oneof(
  text().map((value) => Credential.unsafeLiteral(value)),
  fc.constant(Credential.fromSecret('keys', 'value')),
);
const seconds = (least = 1, most = 60): fc.Arbitrary<Duration> =>
  fc.integer({ min: least, max: most }).map((n) => Duration.seconds(n));
const PEERS = ['game', 'db', 'gate'];

const zone = fc
  .record({
    must: fc.record({ zoneId: fc.nat(), image: image(), artifactsImage: image() }),
    redis: some({ host: fc.constant('redis'), port: fc.constant(1), password: credential }).map((all) => ({
      host: 'redis',
      ...all,
    })),
    mysql: some({ user: text(), password: credential, database: text() }).map((all) => ({ host: 'mysql', ...all })),
    others: some({
      dbMigrater: fc.record({ image: image() }),
      namespace: fc.constant('games'),
      labels: textsBy(['team'], fc.constant('a')),
      annotations: textsBy(['note']),
      security: fc.constantFrom('baseline', 'restricted'),
      compat: fc.constant('0.1'),
      imagePullSecrets: fc.constant<string[]>(['registry']),
      serviceAccountName: fc.constant('game'),
      envNames: fc.constant({ GAMEZONE_ZONE_ID: 'ZONE' }),
    }),
    databases: fc.constantFrom<string[]>([], ['redis'], ['redis', 'mysql']),
  })
  .map(({ must, redis, mysql, others, databases }) => ({
    ...must,
    ...others,
    ...(databases.includes('redis') && { redis }),
    ...(databases.includes('mysql') && { mysql }),
  })) as fc.Arbitrary<GameZoneProps>;

const source = fc.oneof(
  some({
    prefix: fc.constantFrom('p/', '/p'),
    region: fc.constant('r'),
    keys: fc.tuple(credential, credential),
    into: fc.constant('a'),
  }).map(({ keys, ...all }) =>
    ArtifactSource.s3({
      endpoint: 'https://s3.example.com',
      bucket: 'bucket',
      ...all,
      ...(keys && { accessKey: keys[0], secretKey: keys[1] }),
    }),
  ),
  some({
    ref: fc.constantFrom('main', '1.10'),
    user: text(),
    token: credential,
    submodules: fc.boolean(),
    subPath: fc.constant('c'),
  }).map((all) => ArtifactSource.git({ url: 'https://git.example.com/a.git', ...all })),
  fc.constant(ArtifactSource.git({ url: 'https://git.example.com/a.git', commit: 'a'.repeat(40) })),
  some({ changelist: fc.nat(9).map((n) => n + 1), user: text(), password: credential }).map((all) =>
    ArtifactSource.p4({ server: 'p4:1666', path: '//depot/a', ...all }),
  ),
);

const volumes = severalOf(['artifacts', 'maps', 'v2']).chain((ids) =>
  fc.tuple(
    ...ids.map((id) =>
      fc
        .record({
          sources: fc.array(source, { minLength: 1, maxLength: 3 }),
          others: some({
            size: fc.constant(Size.gibibytes(3)),
            accessMode: fc.constant('ReadWriteOnce'),
            claimName: fc.constant('theirs'),
            retain: fc.boolean(),
          }),
        })
        .map(({ sources, others }): Statement => ({
          what: `ArtifactVolume ${id}`,
          id,
          needs: [],
          run: (zone) => new ArtifactVolume(zone, id, { mountPath: `/mnt/${id}`, sources, ...others }),
        })),
    ),
  ),
);

const metric = fc.oneof(
  fc.constant(
    HookMetric.waitUntil('a', WebRequest.get('http://{{ args.PodIP }}/a', { jsonPath: '{$.a}' }), {
      every: Duration.seconds(10),
      atMost: Duration.hours(1),
      successCondition: 'asInt(result) == 0',
    }),
  ),
  fc.constant(
    HookMetric.check(
      'b',
      WebRequest.post('http://a/b', {
        body: '{}',
        headers: { A: 'b' },
        secretHeaders: [{ header: 'C', secret: { name: 's' }, key: 'k' }],
      }),
    ),
  ),
  fc.constant(
    HookMetric.check('c', PodAnnotation.equals('drained', 'yes'), {
      count: 3,
      every: Duration.seconds(5),
      failureLimit: 1,
    }),
  ),
  fc.constant(
    HookMetric.check('d', PrometheusQuery.instant('http://prometheus:9090', 'up'), {
      successCondition: 'asFloat(result) > 0.5',
    }),
  ),
);

const templates = severalOf(['drained', 'healthy', 'elsewhere']).chain((ids) =>
  fc.tuple(
    ...ids.map((id) =>
      fc
        .record({
          metrics: fc.uniqueArray(metric, { minLength: 1, maxLength: 2 }),
          others: some({
            ordered: fc.boolean(),
            args: fc.constant({ limit: '3' }),
            deadline: seconds(4000, 5000),
            keepRunsFor: seconds(),
          }),
        })
        .map(({ metrics, others }): Statement => ({
          what: `HookTemplate ${id}`,
          id,
          needs: [],
          run: (zone) =>
            id === 'elsewhere'
              ? HookTemplate.fromName(zone, id, 'there')
              : new HookTemplate(zone, id, { metrics, ...others }),
        })),
    ),
  ),
);

const ports: fc.Arbitrary<ServicePort[]> = severalOf<ServicePort>([
  { port: 7001 },
  { port: 7001, protocol: 'UDP' },
  { port: 8080, name: 'web' },
  { port: 9000, protocol: 'UDP', name: 'voice' },
]);

const exposure = (byId: boolean): fc.Arbitrary<Exposure> =>
  fc
    .record({
      open: perhaps(ports.filter((all) => all.length > 0)),
      others: some({ annotations: textsBy(['a']), externalTrafficPolicy: fc.constant('Cluster') }),
      provider: perhaps(
        fc.constantFrom(
          LoadBalancerProvider.metalLb({ addressPool: 'p' }),
          LoadBalancerProvider.tencentClb({ directAccess: false }),
        ),
      ),
      kind: fc.constantFrom('loadBalancer', 'nodePort', 'hostPort', 'perId'),
    })
    .map(({ open, others, provider, kind }) => {
      const chosen = definedOnly({ ports: open });
      if (kind === 'hostPort') return Exposure.hostPort(chosen);
      if (kind === 'nodePort') return Exposure.nodePort({ ...chosen, ...others });
      const balanced = Exposure.loadBalancer({ ...chosen, ...others, ...definedOnly({ provider }) });
      return kind === 'perId' && byId ? balanced.perId() : balanced;
    });

function strategy(templates: ReadonlyMap<string, IHookTemplate>): fc.Arbitrary<UpdateStrategy> {
  const hook = templates.get('elsewhere');
  const canary = fc.constantFrom<CanaryStep[]>(
    [CanaryStep.pause(), CanaryStep.partition(0)],
    [CanaryStep.pauseFor(Duration.seconds(9)), ...(hook ? [CanaryStep.hook(hook, { a: 'b' })] : [])],
  );
  const options = some({
    maxUnavailable: fc.constantFrom<number | string>(2, '50%'),
    canary,
    abortOnFailure: fc.boolean(),
  });
  return fc.oneof(
    fc
      .tuple(options, some({ gracePeriod: seconds(), fallbackToRecreate: fc.boolean(), prepullTimeout: seconds() }))
      .map(([all, more]) => UpdateStrategy.inPlace({ ...all, ...more })),
    options.map((all) => UpdateStrategy.rolling(all)),
    options.map((all) => UpdateStrategy.hotPatch(all)),
    fc.constant(UpdateStrategy.onDelete()),
  );
}

const identity = fc.oneof(
  fc.tuple(fc.nat(5), fc.nat(4)).map(([first, more]): Partial<GameServiceProps> => ({
    ids: ServiceIds.range(first, first + more),
    imageOfId: { [first]: 'own:1' },
  })),
  fc.constant<Partial<GameServiceProps>>({
    ids: ServiceIds.list(1, 2, 7),
    image: 'other:1',
    imageOfId: { '7': 'own:1' },
  }),
  fc.nat(3).map((replicas): Partial<GameServiceProps> => ({
    replicas,
    resources: { requests: { cpu: '1' } },
    autoscale: { maxReplicas: 9 },
  })),
);

function service(
  type: string,
  { redis, mysql, envNames }: GameZoneProps,
  peers: readonly string[],
  volumes: readonly string[],
  templates: readonly string[],
): fc.Arbitrary<Statement> {
  const names = [
    envNames?.['GAMEZONE_ZONE_ID'] ?? 'GAMEZONE_ZONE_ID',
    ...peers.map((peer) => `GAMEZONE_SERVICE_HOST_${peer.toUpperCase()}`),
    ...(redis?.password ? ['REDIS_PASSWORD'] : []),
    ...(mysql?.password ? ['MYSQL_PASSWORD'] : []),
  ];
  const content = fc
    .array(fc.constantFrom(...names.map((name) => `\${${name}} `), 'plain\n'), { maxLength: 3 })
    .map((parts) => parts.join(''));
  return identity.chain((who) =>
    fc
      .record({
        mounted: severalOf(volumes),
        hooked: severalOf(templates),
        open: ports,
        exposed: perhaps(exposure(who.ids !== undefined)),
        others: some({
          args: fc.array(text(), { maxLength: 2 }),
          env: textsBy(['MODE', 'MOTD']),
          secretEnv: fc.constant({ TOKEN: Credential.fromSecret('t', 'k') }),
          configFiles: fc.tuple(content, content).map(([a, b]) => [
            { path: '/app/a.ini', content: a },
            { path: '/app/b.ini', content: b, mode: '0600' },
          ]),
          sharedMemory: fc.constant(Size.gibibytes(2)),
          probes: fc.constantFrom({ readiness: 'none' }, { liveness: { exec: { command: ['true'] } } }),
          terminationGracePeriod: seconds(),
          minReady: seconds(),
          progressDeadline: seconds(600, 900),
          ordered: fc.boolean(),
          maxDisrupted: fc.constantFrom<number | string>('none', 2, '10%'),
          security: fc.constant('restricted'),
          nodeSelector: fc.constant({ disk: 'ssd' }),
          tolerations: fc.constant<object[]>([{ key: 'a', operator: 'Exists' }]),
          imagePullPolicy: fc.constant('Always'),
        }),
        metrics: some({ path: fc.constant('/m'), podMonitor: fc.boolean() }),
        update: perhaps(fc.nat(99)),
      })
      .map(({ mounted, hooked, open, exposed, others, metrics, update }): Statement => ({
        what: `GameService ${type}`,
        id: `service ${type}`,
        needs: [...mounted, ...hooked],
        run: (zone, made) => {
          const volumesOf = mounted.map((id) => made.get(id) as ArtifactVolume);
          const known = new Map(hooked.map((id) => [id, made.get(id) as IHookTemplate]));
          const drained = known.get('drained');
          // A strategy names templates, which exist only now.
          const chosen =
            update === undefined ? undefined : fc.sample(strategy(known), { seed: update, numRuns: 1 })[0]!;
          const exposes = exposed && (open.length > 0 || exposed._ports.length > 0) ? exposed : undefined;
          const props = {
            ...who,
            ...others,
            ports: open,
            ...definedOnly({ expose: exposes, update: chosen, artifacts: volumesOf[0] }),
            moreArtifacts: volumesOf.slice(1),
            ...(open.length > 0 && { metrics: { port: open[0]!.name ?? open[0]!.port, ...metrics } }),
            ...(drained && { hooks: { preDelete: drained } }),
          } as GameServiceProps;
          return zone.addService(type, props);
        },
      })),
  );
}

export const programs = (): fc.Arbitrary<Program> =>
  fc.record({ zone, volumes, templates, types: severalOf(PEERS, 1) }).chain(({ zone, volumes, templates, types }) =>
    fc
      .tuple(
        ...types.map((type) =>
          service(
            type,
            zone,
            types,
            volumes.map(({ id }) => id),
            templates.map(({ id }) => id),
          ),
        ),
      )
      .chain((services) => {
        const all = [...volumes, ...templates, ...services];
        return fc.shuffledSubarray(all, { minLength: all.length }).map((statements) => ({ zone, statements }));
      }),
  );
