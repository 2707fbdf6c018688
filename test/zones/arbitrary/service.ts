import fc from 'fast-check';
import type { ServiceEntry } from '../../../constructs/model/resolve.js';
import type { UsableTemplate } from './hooks.js';
import { hooks } from './hooks.js';
import { ids } from './ids.js';
import { definedOnly, image, perhaps, secretRef, severalOf, some, text, textsBy } from './texts.js';
import { nativeUpdate, update } from './updates.js';

/** What a service of a zone depends on. */
export interface Surroundings {
  readonly native: boolean;
  readonly hasDefaultImage: boolean;
  readonly ownImage: boolean;
  readonly templates: readonly UsableTemplate[];
  readonly volumes: readonly string[];
  /** Variables whose values are known when the zone is synthesized, and those that only a pod knows. */
  readonly known: readonly string[];
  readonly inPod: readonly string[];
}

type Ports = NonNullable<ServiceEntry['ports']>;

const quantity = fc.constantFrom<string | number>('100m', '1', 2);
export const resources = (): fc.Arbitrary<object> =>
  fc
    .record({
      requests: perhaps(fc.record({ cpu: quantity, memory: fc.constant('1Gi') })),
      limits: perhaps(fc.constant({ cpu: '4', memory: '4Gi' })),
    })
    .map((fields) => definedOnly(fields));

const probe = fc.oneof(
  fc.constant('none'),
  fc.record({
    tcpSocket: fc.record({ port: fc.integer({ min: 1, max: 65535 }) }),
    periodSeconds: fc.integer({ min: 1, max: 60 }),
  }),
  fc.record({ exec: fc.record({ command: fc.array(text(), { minLength: 1, maxLength: 2 }) }) }),
  fc.constant({ httpGet: { path: '/healthz', port: 8080 }, failureThreshold: 3 }),
);
export const probes = (): fc.Arbitrary<object> => some({ readiness: probe, liveness: probe, startup: probe });

/** Settings that a service has for itself or takes from the zone's defaults. */
export const sharedSettings = () => ({
  resources: resources(),
  probes: probes(),
  terminationGracePeriodSeconds: fc.nat(600),
  minReadySeconds: fc.nat(30),
  progressDeadlineSeconds: fc.integer({ min: 600, max: 7200 }),
  podManagementPolicy: fc.constantFrom('Parallel', 'OrderedReady'),
  disruptionBudget: fc.oneof(
    fc.constant('none'),
    fc.record({ maxUnavailable: fc.oneof(fc.nat(3), fc.constantFrom('10%', '100%')) }),
  ),
  nodeSelector: textsBy(['disk', 'example.com/pool'], fc.constantFrom('ssd', '', '1')),
  tolerations: fc.array(
    fc.constantFrom({ key: 'game', operator: 'Exists' }, { key: 'a', value: 'b', effect: 'NoSchedule' }),
    { maxLength: 2 },
  ),
  imagePullPolicy: fc.constantFrom('Always', 'IfNotPresent', 'Never'),
  env: env(),
});

const ENV_NAMES = ['MODE', 'MOTD', '_x', 'constructor', 'toString', 'REGION'];

function env(): fc.Arbitrary<object> {
  const value = fc.oneof(
    text(),
    fc.integer(),
    fc.boolean(),
    secretRef().map((secretKeyRef) => ({ secretKeyRef })),
    fc.constant({ fieldRef: { fieldPath: 'status.podIP' } }),
  );
  return severalOf(ENV_NAMES).chain((names) =>
    fc
      .tuple(...names.map(() => value))
      .map((values) => Object.fromEntries(names.map((name, index) => [name, values[index]]))),
  );
}

const ports: fc.Arbitrary<Ports> = fc
  .uniqueArray(fc.constantFrom(80, 7001, 7002, 8080, 65535), { maxLength: 3 })
  .chain((numbers) =>
    fc.tuple(
      ...numbers.map((port, index) =>
        some({
          name: fc.constantFrom(`client${index}`, `a-${index}`),
          protocol: fc.constantFrom('TCP' as const, 'UDP' as const),
        }).map((fields) => ({ port, ...fields })),
      ),
    ),
  )
  .map((all) => all);

const nameOf = ({ name, port, protocol = 'TCP' }: Ports[number]): string => name ?? `${protocol.toLowerCase()}-${port}`;

function exposure(open: Ports, count: number | undefined): fc.Arbitrary<object> {
  const references = some({
    ports: fc
      .shuffledSubarray([...open], { minLength: 1 })
      .chain((chosen) => fc.tuple(...chosen.map((port) => fc.constantFrom<string | number>(nameOf(port), port.port)))),
  });
  const service = (perId: boolean) =>
    some({
      externalTrafficPolicy: fc.constantFrom('Local', 'Cluster'),
      annotations: textsBy(['example.com/a', 'b']),
      ...(perId ? {} : count === undefined ? {} : { perId: fc.constant(false) }),
    }).map((fields) => ({ ...(perId && { perId }), ...fields }));
  const address = (last: number): string => `10.0.0.${last + 1}`;
  const provider = (perId: boolean) =>
    some({
      provider: fc.oneof(
        some({
          addressPool: text(),
          addresses: fc.constant(Array.from({ length: perId ? count! : 1 }, (_, index) => address(index))),
        }).map((metalLb) => ({ metalLb })),
        some({ internalSubnetId: text(), ...(!perId && { existingLbId: text() }), directAccess: fc.boolean() }).map(
          (tencentClb) => ({ tencentClb }),
        ),
      ),
    });
  return (count === undefined ? fc.constant(false) : fc.boolean()).chain((perId) =>
    fc.oneof(
      fc
        .record({ a: references, b: service(perId), c: provider(perId) })
        .map(({ a, b, c }) => ({ type: 'LoadBalancer', ...a, ...b, ...c })),
      fc.record({ a: references, b: service(perId) }).map(({ a, b }) => ({ type: 'NodePort', ...a, ...b })),
      references.map((fields) => ({ type: 'HostPort', ...fields })),
    ),
  );
}

function metrics(open: Ports): fc.Arbitrary<object> {
  const where = fc.record({
    port: fc.constantFrom(...open).chain((port) => fc.constantFrom<string | number>(nameOf(port), port.port)),
    path: some({ path: fc.constantFrom('/metrics', '/stats?a=b') }),
    scrape: fc.constantFrom(
      {},
      { scrape: 'annotations' },
      { scrape: 'PodMonitor' },
      { scrape: 'PodMonitor', interval: '15s' },
    ),
  });
  return where.map(({ port, path, scrape }) => ({ port, ...path, ...scrape }));
}

function configFiles({ known, inPod, ownImage }: Surroundings): fc.Arbitrary<object[]> {
  const names = [...known, ...(ownImage ? inPod : [])];
  const content = fc
    .array(
      fc.oneof(
        text().map((line) => line.replaceAll('${', '$')),
        fc.constantFrom(...names.map((name) => `\${${name}}`)),
        fc.constant('$${LITERAL}'),
      ),
      { maxLength: 4 },
    )
    .map((parts) => parts.join(''));
  return severalOf(['/app/game.ini', '/app/a/b.json', '/etc/secret.conf'], 1).chain((paths) =>
    fc.tuple(
      ...paths.map((path) =>
        fc
          .record({ content, mode: some({ mode: fc.constantFrom('0600', '644') }) })
          .map((fields) => ({ path, content: fields.content, ...fields.mode })),
      ),
    ),
  );
}

/** The entries of one type. */
export function service(type: string, around: Surroundings): fc.Arbitrary<ServiceEntry[]> {
  const { native, hasDefaultImage, templates, volumes } = around;
  const settings = (replicated: boolean, count: number | undefined) =>
    ports.chain((open) =>
      fc
        .record({
          shared: some(sharedSettings()),
          own: some({
            ports: fc.constant(open),
            args: fc.array(text(), { maxLength: 3 }),
            sharedMemory: fc.constantFrom('64Mi', '2Gi'),
            security: fc.constantFrom('baseline', 'restricted'),
            configFiles: configFiles(around),
            artifacts: severalOf(volumes),
            update: native ? nativeUpdate(replicated) : update(replicated, templates),
          }),
          hooks: native ? fc.constant(undefined) : hooks(templates),
          expose: open.length > 0 ? perhaps(exposure(open, count)) : fc.constant(undefined),
          metrics: open.length > 0 ? perhaps(metrics(open)) : fc.constant(undefined),
        })
        .map(({ shared, own, hooks, expose, metrics }) => ({
          ...shared,
          ...own,
          ...definedOnly({ hooks, expose, metrics }),
          ...(expose !== undefined || metrics !== undefined ? { ports: open } : {}),
        })),
    );
  const withIds = ids(!hasDefaultImage, native).chain(({ entries, counts }) =>
    fc
      .record({
        all: settings(
          false,
          counts.reduce((sum, count) => sum + count, 0),
        ),
        holder: fc.nat(entries.length - 1),
        twice: fc.boolean(),
      })
      .map(({ all, holder, twice }) =>
        entries.map((entry, index) => ({ type, ...entry, ...(index === holder || (twice && index === 0) ? all : {}) })),
      ),
  );
  const replicated = fc
    .record({
      replicas: fc.nat(5),
      image: hasDefaultImage ? perhaps(image()) : image(),
      all: settings(true, undefined),
      autoscale: perhaps(
        fc.record({
          minReplicas: fc.integer({ min: 1, max: 5 }),
          maxReplicas: fc.integer({ min: 5, max: 9 }),
          use: some({ cpuPercent: fc.integer({ min: 1, max: 100 }), memoryPercent: fc.integer({ min: 1, max: 100 }) }),
        }),
      ),
    })
    .map(({ replicas, image, all, autoscale }) => ({
      type,
      replicas,
      ...definedOnly({ image }),
      ...all,
      ...(autoscale && {
        autoscale: { minReplicas: autoscale.minReplicas, maxReplicas: autoscale.maxReplicas, ...autoscale.use },
        resources: { requests: { cpu: '1', memory: '1Gi' } },
      }),
    }));
  return fc.oneof(
    { weight: 3, arbitrary: withIds },
    { weight: 1, arbitrary: replicated.map((entry) => [entry]) },
  ) as fc.Arbitrary<ServiceEntry[]>;
}
