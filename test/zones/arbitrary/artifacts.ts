import fc from 'fast-check';
import type { ZoneDocument } from '../../../constructs/model/resolve.js';
import { credential, perhaps, secretRef, some } from './texts.js';

type Spec = ZoneDocument['spec'];
type Entry = NonNullable<Spec['artifacts']>[number];

/** The volumes of a zone: their entries in an order that opens each before it is filled, their settings, their names. */
export interface Volumes {
  readonly artifacts: Entry[];
  readonly volumes: NonNullable<Spec['volumes']>;
  readonly names: string[];
}

const s3 = fc
  .record({
    region: some({ region: fc.constantFrom('ap-beijing', 'us-east-1') }),
    keys: perhaps(fc.tuple(credential('accessKey'), credential('secretKey'))),
    prefix: fc.constantFrom('', 'p/', '0.1.0/resources/'),
  })
  .map(({ region, keys, prefix }) => ({
    s3: { url: 'https://s3.example.com', path: `bucket-1/${prefix}`, ...region, ...Object.assign({}, ...(keys ?? [])) },
  }));

const git = fc
  .record({
    reference: fc.oneof(
      fc.constant({}),
      fc.constantFrom('main', '1.10').map((branch) => ({ branch })),
      fc.constant({ tag: 'v1' }),
      fc.constant({ commit: 'a'.repeat(40) }),
    ),
    access: fc.oneof(
      fc.constant({}),
      credential('token').map((token) => ({ user: 'bot', ...token })),
      secretRef().map((sshKeySecretRef) => ({ sshKeySecretRef })),
      secretRef().map((ref) => ({ sshKeySecretRef: ref, knownHostsSecretRef: { ...ref, key: 'known_hosts' } })),
    ),
    submodules: some({ submodules: fc.boolean() }),
  })
  .map(({ reference, access, submodules }) => ({
    git: { url: 'https://git.example.com/a.git', ...reference, ...access, ...submodules },
  }));

const p4 = fc
  .record({
    reference: fc.oneof(fc.constant({}), fc.constant({ changelist: 5 }), fc.constant({ label: 'gold' })),
    others: some({ charset: fc.constant('utf8'), user: fc.constant('bot') }),
    password: perhaps(credential('pwd')),
  })
  .map(({ reference, others, password }) => ({
    p4: { server: 'ssl:p4.example.com:1666', path: '//depot/data', ...reference, ...others, ...password },
  }));

/** @param ownImage whether the zone brings an image with the p4 client */
const entry = (path: string, ownImage: boolean): fc.Arbitrary<Entry> =>
  fc
    .record({
      folders: some({ subPath: fc.constantFrom('config', 'a/b/'), into: fc.constantFrom('config', 'x//y') }),
      source: ownImage ? fc.oneof(s3, git, p4) : fc.oneof(s3, git),
    })
    .map(({ folders, source }) => ({ path, ...folders, ...source }));

const MOUNTS = ['/app/data', '/srv/Big Maps', '/var/lib', '/opt/artifacts2/'];

function volume(
  mount: string,
  index: number,
  ownImage: boolean,
): fc.Arbitrary<{ entries: Entry[]; settings: object | undefined; name: string }> {
  const defaultName =
    index === 0 ? 'artifacts' : (mount.split('/').filter(Boolean).at(-1) ?? '').toLowerCase().replace(' ', '-');
  return fc
    .record({
      first: entry(mount, ownImage),
      others: fc.array(
        fc.constantFrom(mount, `${mount}/deeper`).chain((path) => entry(path, ownImage)),
        { maxLength: 2 },
      ),
      settings: perhaps(
        some({
          name: fc.constantFrom(`v${index}`, ['game', 'db', 'gate', 'auth'][index]!),
          size: fc.constantFrom('50Gi', '1Ti'),
          storageClassName: fc.constant('nfs'),
          accessMode: fc.constantFrom('ReadWriteMany', 'ReadWriteOnce'),
          claim: fc.constant('theirs'),
          retain: fc.boolean(),
        }),
      ),
    })
    .map(({ first, others, settings }) => ({
      entries: [first, ...others],
      settings: settings && { path: mount, ...settings },
      name: settings?.name ?? defaultName,
    }));
}

/** Up to three volumes, their entries mixed. */
export const volumes = (ownImage: boolean): fc.Arbitrary<Volumes> =>
  fc
    .shuffledSubarray(MOUNTS, { maxLength: 3 })
    .chain((mounts) =>
      fc.tuple(
        fc.tuple(...mounts.map((mount, index) => volume(mount, index, ownImage))),
        fc.array(fc.nat(2), { maxLength: 8 }),
      ),
    )
    .map(([all, turns]) => {
      // Each volume's entries keep their order, and the volumes the order in which they are opened.
      const [opening, queues] = [all.map(({ entries }) => entries[0]!), all.map(({ entries }) => entries.slice(1))];
      const mixed = turns.flatMap((turn) => queues[turn % Math.max(1, queues.length)]?.splice(0, 1) ?? []);
      return {
        artifacts: [...opening, ...mixed, ...queues.flat()],
        volumes: all.flatMap(({ settings }) => (settings ? [settings as Volumes['volumes'][number]] : [])),
        names: all.map(({ name }) => name),
      };
    });
