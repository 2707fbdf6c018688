import fc from 'fast-check';
import { peerVariable } from '../../constructs/model/names.js';
import type { ServiceEntry, ZoneDocument } from '../../constructs/model/resolve.js';
import { RELEASES } from '../../constructs/model/compat.js';
import { volumes } from './arbitrary/artifacts.js';
import { hooks, templates } from './arbitrary/hooks.js';
import { service, sharedSettings } from './arbitrary/service.js';
import type { Surroundings } from './arbitrary/service.js';
import { credential, definedOnly, image, perhaps, severalOf, some, text, textsBy } from './arbitrary/texts.js';
import { nativeUpdate, update } from './arbitrary/updates.js';

/** Some of them names of volumes and hook templates too, numbers, words of YAML. */
const TYPES = ['game', 'db', 'gate', 'auth', 'artifacts', 'drained', '7', 'null', 'login-2'];

/** A zone without a mistake, any field of the schema in use; what synth refuses for a reason of its own is not among them. */
export const zones = (): fc.Arbitrary<ZoneDocument> =>
  fc
    .record({
      native: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.constant(true)),
      types: severalOf(TYPES, 1).map((types) => types.slice(0, 3)),
      settings: gameSettings(),
      ownImage: perhaps(image()),
      usable: templates(),
    })
    .chain(({ native, types, settings, ownImage, usable }) =>
      volumes(ownImage !== undefined).chain((volumes) => {
        const ours = variablesOf(settings, types);
        return fc
          .record({ renamed: perhaps(severalOf([...ours.known, ...ours.inPod])), names: fc.constant(volumes) })
          .chain(({ renamed }) => {
            const envNames = renamed && Object.fromEntries(renamed.map((name) => [name, `OUR_${name}`]));
            const called = (name: string): string => envNames?.[name] ?? name;
            const around: Surroundings = {
              native,
              hasDefaultImage: settings.defaultImage !== undefined,
              ownImage: ownImage !== undefined,
              templates: native ? [] : usable,
              volumes: volumes.names,
              known: ours.known.map(called),
              inPod: ours.inPod.map(called),
            };
            return fc
              .record({
                services: fc.tuple(...types.map((type) => service(type, around))),
                interleave: fc.boolean(),
                metadata: metadata(),
                zone: some({
                  security: fc.constantFrom('baseline', 'restricted'),
                  compat: fc.constantFrom(...RELEASES),
                }),
                runtime: perhaps(fc.constant('gamezone')),
                defaults: perhaps(defaultsOf(around)),
              })
              .map(({ services, interleave, metadata, zone, runtime, defaults }): ZoneDocument => {
                const all = {
                  ...defaults,
                  ...definedOnly({ envNames }),
                  ...(ownImage !== undefined && { artifacts: { ...defaults?.artifacts, image: ownImage } }),
                };
                return {
                  apiVersion: 'gamezone.dev/v1alpha1',
                  kind: 'GameZone',
                  metadata,
                  spec: {
                    ...(native ? { runtime: 'native' } : definedOnly({ runtime })),
                    ...zone,
                    gameZone: { ...settings, serviceConfig: interleave ? interleaved(services) : services.flat() },
                    ...(around.templates.length > 0 && { hookTemplates: usable.map(({ template }) => template) }),
                    ...(volumes.volumes.length > 0 && { volumes: volumes.volumes }),
                    ...(volumes.artifacts.length > 0 && { artifacts: volumes.artifacts }),
                    ...(Object.keys(all).length > 0 && { defaults: all }),
                  },
                };
              });
          });
      }),
    );

type GameSettings = Omit<ZoneDocument['spec']['gameZone'], 'serviceConfig'>;

const port = fc.integer({ min: 1, max: 65535 });

function gameSettings(): fc.Arbitrary<GameSettings> {
  const password = perhaps(credential('pwd'));
  const redis = fc
    .record({ others: some({ port }), password })
    .map(({ others, password }) => ({ ip: 'redis', ...others, ...password }));
  const mysql = fc
    .record({ others: some({ port, user: text(), database: text() }), password })
    .map(({ others, password }) => ({ ip: '192.168.1.100', ...others, ...password }));
  return fc
    .record({
      zoneId: fc.nat(2_147_483_647),
      others: some({ defaultImage: image(), dbMigraterImage: image(), redisConfig: redis, mysqlConfig: mysql }),
    })
    .map(({ zoneId, others }) => ({ zoneId, ...others }));
}

/** The names of our variables in such a zone. */
function variablesOf(
  { redisConfig, mysqlConfig }: GameSettings,
  types: readonly string[],
): { readonly known: string[]; readonly inPod: string[] } {
  const password = (name: string, config: object | undefined) =>
    config === undefined
      ? [[], []]
      : 'pwd' in config
        ? [[name], []]
        : 'pwdSecretRef' in config
          ? [[], [name]]
          : [[], []];
  const [redis, mysql] = [password('REDIS_PASSWORD', redisConfig), password('MYSQL_PASSWORD', mysqlConfig)];
  return {
    known: [
      ...['GAMEZONE_ZONE_ID', 'GAMEZONE_SERVICE_TYPE'],
      ...(redisConfig ? ['REDIS_HOST', 'REDIS_PORT'] : []),
      ...(mysqlConfig ? ['MYSQL_HOST', 'MYSQL_PORT'] : []),
      ...types.map(peerVariable),
      ...redis[0]!,
      ...mysql[0]!,
    ],
    inPod: ['GAMEZONE_SERVICE_ID', ...redis[1]!, ...mysql[1]!],
  };
}

const metadata = (): fc.Arbitrary<ZoneDocument['metadata']> =>
  fc
    .record({
      name: fc.constantFrom('zone', 'z', 'on', 'zone-101'),
      others: some({
        namespace: fc.constantFrom('games', '7'),
        labels: textsBy(['team', 'example.com/cost'], fc.constantFrom('', 'a', '1', 'true')),
        annotations: textsBy(['note', 'example.com/Who']),
      }),
    })
    .map(({ name, others }) => ({ name, ...others }));

type Defaults = NonNullable<ZoneDocument['spec']['defaults']>;

const defaultsOf = ({ native, templates: usable }: Surroundings): fc.Arbitrary<Defaults> =>
  fc
    .record({
      shared: some(sharedSettings()),
      own: some({
        update: native ? nativeUpdate(false) : update(false, usable),
        imagePullSecrets: fc.constantFrom<string[]>(['registry'], ['a', 'b']),
        serviceAccountName: fc.constant('game'),
        publishNotReadyAddresses: fc.boolean(),
        artifacts: some({ size: fc.constant('5Gi'), storageClassName: fc.constant('nfs') }),
      }),
      hooks: native ? fc.constant(undefined) : hooks(usable),
    })
    .map(({ shared, own, hooks }) => ({ ...shared, ...own, ...definedOnly({ hooks }) }) as Defaults);

/** One entry of each type in turn, as people write zones that grow. */
function interleaved(services: readonly (readonly ServiceEntry[])[]): ServiceEntry[] {
  const longest = Math.max(...services.map((entries) => entries.length));
  return Array.from({ length: longest }, (_, index) =>
    services.flatMap((entries) => entries.slice(index, index + 1)),
  ).flat();
}
