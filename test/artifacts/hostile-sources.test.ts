import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderWith, removeFolders } from '../cli/command-line.js';
import { Laboratory, tree, zoneWith } from './laboratory.js';
import { Depot, pathWithP4 } from './p4-depot.js';
import { Repository } from './repository.js';
import { S3Store } from './s3-store.js';

let store: S3Store;
const path = process.env['PATH'];
beforeAll(() => {
  process.env['PATH'] = pathWithP4();
});
beforeEach(async () => void (store = await S3Store.start()));
afterEach(() => store.stop());
afterAll(() => {
  process.env['PATH'] = path;
  removeFolders();
});

/** A source with one harmless file, and one of a name or a target that somebody thought of. */
type Hostile = (name: string, link?: string) => Laboratory;

/** A tree as no git would write it, and every git reads it. */
const fromGit: Hostile = (name, link) => {
  const source = new Repository(join(folderWith(), 'repository'));
  const [good, bad] = [source.blob('good'), source.blob(link ?? 'bad')];
  const entry = (mode: string, file: string, id: string): Buffer =>
    Buffer.concat([Buffer.from(`${mode} ${file}\0`), Buffer.from(id, 'hex')]);
  const files = [['100644', 'good', good] as const, [link === undefined ? '100644' : '120000', name, bad] as const];
  const input = Buffer.concat(files.sort(([, a], [, b]) => (a < b ? -1 : 1)).map((file) => entry(...file)));
  const args = ['hash-object', '-t', 'tree', '-w', '--stdin', '--literally'];
  const id = execFileSync('git', args, { cwd: source.folder, input }).toString().trim();
  source.git('update-ref', 'refs/heads/main', source.git('commit-tree', id, '-m', 'odd'));
  return new Laboratory(zoneWith([{ path: '/a', git: { url: source.url } }]));
};

const fromS3: Hostile = (name) => {
  store.put({ 'p/good': 'good', [`p/${name}`]: 'bad' });
  return new Laboratory(zoneWith([{ path: '/a', s3: { url: store.url, path: 'games/p' } }]));
};

const fromP4: Hostile = (name, link) => {
  const written = name.replaceAll(/[%@#*]/g, (character) => `%${character.charCodeAt(0).toString(16)}`);
  const type = link === undefined ? 'text' : 'symlink';
  return new Depot({
    '//depot/data/good': [{ rev: 1, change: 1, content: 'good' }],
    [`//depot/data/${written}`]: [{ rev: 1, change: 1, type, content: link ?? 'bad' }],
  }).source();
};

const SOURCES: readonly [string, Hostile][] = [['git', fromGit], ['S3', fromS3], ['p4', fromP4]]; // prettier-ignore
const LINKING = SOURCES.filter(([kind]) => kind !== 'S3');

const each = (sources: readonly [string, Hostile][], names: readonly (readonly [string, string])[]) =>
  sources.flatMap(([kind, hostile]) => names.map(([name, why]) => ({ kind, hostile, name, why })));

test.each(
  each(SOURCES, [
    ['../outside', 'could leave the release'],
    ['a/../../outside', 'could leave the release'],
    ['/etc/passwd', 'the path is absolute'],
    ['a//b', 'an empty part'],
    ['x'.repeat(4096), 'longer than 3500 bytes'],
    [Array.from({ length: 1500 }, () => 'ab').join('/'), 'longer than 3500 bytes'],
    ['.gamezone-release', 'the marker of a release'],
  ]),
)('$kind: the name $name is refused with its source, and nothing appears', async ({ kind, hostile, name, why }) => {
  const laboratory = hostile(name);
  const { code, err } = await laboratory.run();
  expect([code, err]).toEqual([2, expect.stringContaining(why)]);
  expect(err).toContain(`gamezone: ${kind.toLowerCase()} `);
  expect(err.split('\n')[0]!.length).toBeLessThan(600);
  expect(laboratory.release('.')).toEqual({});
  for (const outside of ['outside', 'volume/outside', 'volume/releases/outside']) expect(existsSync(join(laboratory.folder, outside))).toBe(false); // prettier-ignore
});

test.each(SOURCES.filter(([kind]) => kind !== 'git'))('%s: a name with NUL, which git cannot write, is refused', async (_, hostile) => {
  expect(await hostile('nul\0l').run()).toMatchObject({ code: 2, err: expect.stringMatching(/nul\\u0000l: the name has a NUL/) });
}); // prettier-ignore

test.each(
  each(SOURCES, [
    ['-rf', ''],
    ['--upload-pack=touch hacked', ''],
    ['--', ''],
    ['$(touch hacked)', ''],
    ['\u001b[2Jclears the screen', ''],
    ['a\\b', ''],
    ['\'quoted\' "twice"', ''],
    ['%40 @ # * 100%', ''],
  ]),
)('$kind: $name is a name like any other, and nothing that is run', async ({ hostile, name }) => {
  const laboratory = hostile(name);
  const { code, out, err } = await laboratory.run();
  expect([code, err.includes('"event":"done"')]).toEqual([0, true]);
  expect(laboratory.live()).toEqual({ good: 'good', [name]: 'bad' });
  expect(out + err).not.toContain('\u001b');
  expect(existsSync(join(laboratory.folder, 'hacked'))).toBe(false);
});

test.each(
  each(LINKING, [
    ['/etc/passwd', 'is absolute'],
    ['../outside', 'leaves the release'],
    ['good/../../../outside', 'leaves the release'],
  ]),
)('$kind: a link to $name is refused', async ({ hostile, name, why }) => {
  const laboratory = hostile('link', name);
  expect(await laboratory.run()).toMatchObject({ code: 2, err: expect.stringContaining(why) });
  expect(laboratory.release('.')).toEqual({});
});

test.each(SOURCES)('%s: more bytes than allowed are refused', async (_, hostile) => {
  const laboratory = hostile('bad');
  expect(await laboratory.run('--max-bytes', '6')).toMatchObject({ code: 2, err: expect.stringContaining('more than 6 bytes') }); // prettier-ignore
  expect(laboratory.release('.')).toEqual({});
  expect(await laboratory.run('--max-bytes', '7')).toMatchObject({ code: 0 });
});

test('p4: a keyword file that is larger than anybody said stops while it arrives', async () => {
  const files = { '//depot/data/bomb': [{ rev: 1, change: 1, type: 'text+k', content: Buffer.alloc(4 << 20, 'x') }] };
  const depot = new Depot(files);
  const laboratory = depot.source();
  expect(await laboratory.run('--max-bytes', '1Mi')).toMatchObject({ code: 2, err: expect.stringContaining('more than 1048576 bytes') }); // prettier-ignore
  expect(tree(join(laboratory.volume, 'store'))).toEqual({});
  // It waits for nobody to read the rest.
  const pids = readFileSync(depot.log, 'utf8').trim().split('\n').map((line) => (JSON.parse(line) as { pid: number }).pid); // prettier-ignore
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});

test.each([
  ['git', { git: { url: 'https://me:SECRET@git.example.com/a.git' } }, 'tokenSecretRef'],
  ['git over ssh', { git: { url: 'ssh://me:SECRET@git.example.com/a.git' } }, 'sshKeySecretRef'],
  ['S3', { s3: { url: 'https://me:SECRET@s3.example.com', path: 'b/p' } }, 'secretKey'],
])('%s: a credential in the address is refused with the way out, and not repeated', async (_, source, hint) => {
  const { code, out, err } = await new Laboratory(zoneWith([{ path: '/a', ...source }])).run();
  expect([code, err]).toEqual([2, expect.stringContaining(hint)]);
  expect(out + err).not.toContain('SECRET');
});

test('S3: a store that repeats the keys in its errors does not get them into ours', async () => {
  const keys = { accessKey: 'AKID-OF-US', secretKey: 'SECRET/of+us' };
  store.put({ 'p/a': 'a' });
  const said = `${keys.secretKey} ${encodeURIComponent(keys.secretKey)}`;
  store.fault = (_, answer) => {
    answer.writeHead(403, { 'content-type': 'application/xml' }).end(`<Error><Code>Odd</Code><Message>no ${said}</Message></Error>`); // prettier-ignore
    return true;
  };
  const laboratory = new Laboratory(zoneWith([{ path: '/a', s3: { url: store.url, path: 'games/p', ...keys } }]));
  const { code, out, err } = await laboratory.run();
  expect([code, err]).toEqual([1, expect.stringContaining('no *** ***')]);
  for (const secret of [keys.secretKey, encodeURIComponent(keys.secretKey)]) expect(out + err).not.toContain(secret);
});
