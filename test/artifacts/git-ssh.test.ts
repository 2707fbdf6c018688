import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folderWith, removeFolders } from '../cli/command-line.js';
import type { Outcome } from '../cli/command-line.js';
import { missingPrograms } from '../parts/debian.js';
import { describeWithPart } from '../parts/suite.js';
import { Laboratory, zoneWith } from './laboratory.js';
import { Repository } from './repository.js';
import { keyPair, SshServer } from './ssh-server.js';

afterAll(removeFolders);

describeWithPart('git over ssh', missingPrograms(['git', 'ssh', 'sshd']), () => {
  let server: SshServer;
  let source: Repository;
  beforeAll(async () => {
    server = await SshServer.start();
    source = new Repository(join(folderWith(), 'data'));
    source.commit({ 'a.txt': 'a' });
  });
  afterAll(() => server.stop());

  const laboratory = (git: object = {}): Laboratory => {
    const secret = (key: string): object => ({ name: 'git', key });
    const access = { sshKeySecretRef: secret('identity'), knownHostsSecretRef: secret('known_hosts') };
    return new Laboratory(zoneWith([{ path: '/a', git: { url: server.url(source.folder), ...access, ...git } }]));
  };

  /** The folder of Secrets as the Job mounts it, where the key has the mode that a group needs. */
  function secretsWith({ identity = server.key, known_hosts = server.knownHosts }: Record<string, string>): string {
    const folder = folderWith({ 'git/identity': identity, 'git/known_hosts': known_hosts });
    chmodSync(join(folder, 'git/identity'), 0o440);
    return folder;
  }

  const sync = (secrets: Record<string, string>, of = laboratory()): Promise<Outcome> =>
    of.run('--credentials', secretsWith(secrets));

  test('a key of a Secret opens the repository, whatever its mode there, and no copy of it stays', async () => {
    const following = laboratory();
    expect(await sync({}, following)).toMatchObject({ code: 0 });
    expect(following.live()).toEqual({ 'a.txt': 'a' });
    source.commit({ 'b.txt': 'b' });
    // Without the line break at its end ssh refuses it, and so many Secrets come.
    expect(await sync({ identity: server.key.trimEnd().replaceAll('\n', '\r\n') }, following)).toMatchObject({
      code: 0,
    });
    expect(following.live()).toEqual({ 'a.txt': 'a', 'b.txt': 'b' });
    expect(placesOf(server.key, following.volume)).toEqual([]);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('gamezone-private.'))).toEqual([]);
  });

  test.each<[string, () => Record<string, string>, number, string]>([
    [
      'a host that nobody vouches for',
      () => ({ known_hosts: 'other.example.com ssh-ed25519 AAAA\n' }),
      1,
      'ssh-keyscan',
    ],
    [
      'a host with another key',
      () => ({ known_hosts: server.otherKnownHosts }),
      1,
      'find out why before you believe it',
    ],
    ['a key that may not', () => ({ identity: newKey() }), 1, 'give a key that may read the repository'],
    ['a key with a passphrase', () => ({ identity: newKey('secret words') }), 2, 'give a key without one'],
    ['a key of the older format with a passphrase', () => ({ identity: newKey('secret words', '-m', 'PEM', '-t', 'rsa') }), 2, 'give a key without one'], // prettier-ignore
    ['no key at all', () => ({ identity: 'not a key' }), 1, 'no private key that ssh can read'],
  ])('%s is refused with the way out, and the key is in no message', async (_, secrets, exit, hint) => {
    const given = secrets();
    const { code, out, err } = await sync(given);
    expect([code, err]).toEqual([exit, expect.stringContaining(hint)]);
    expect(out + err).not.toContain((given['identity'] ?? server.key).split('\n')[1] ?? 'not a key');
  });

  test('without `knownHostsSecretRef` a host that this machine does not know is refused', async () => {
    const { code, err } = await sync({}, laboratory({ knownHostsSecretRef: undefined }));
    expect([code, err]).toEqual([1, expect.stringContaining('knownHostsSecretRef')]);
  });
});

function newKey(passphrase?: string, ...options: readonly string[]): string {
  const path = join(folderWith(), 'key');
  keyPair(path, passphrase, options.length > 0 ? options : undefined);
  return readFileSync(path, 'utf8');
}

/** The files below a folder that a text stands in. */
function placesOf(text: string, folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => readFileSync(path).includes(text));
}
