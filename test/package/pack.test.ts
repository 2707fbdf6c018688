import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { Folder } from '../parts/consumer.js';

// Of what `npm run build` made. The list is test/package/files.txt: a file that comes or goes is a line to be changed there.
const LIMITS = { packed: 1_300_000, unpacked: 7_500_000 };

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}

const world = Folder.temporary();
let packed: Packed;
let unpacked: Folder;

beforeAll(() => {
  if (!existsSync('dist/lib/index.js')) throw new Error('dist/ is not there: run `npm run build` first');
  const repository = new Folder(resolve('.'));
  const report = repository.run('npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', world.path);
  packed = (JSON.parse(report) as [Packed])[0];
  world.run('tar', 'xzf', packed.filename);
  unpacked = new Folder(join(world.path, 'package'));
});
afterAll(() => world.remove());

/** Names of chunks end with a digest of what is in them. */
const withoutDigest = (path: string): string =>
  path.replace(/(chunks\/(?:[a-z-]+-)?)[A-Z0-9]{8}(?=\.js)/, (_, kept: string) => `${kept}DIGEST`);

test('the package holds what the list says', () => {
  const listed = readFileSync('test/package/files.txt', 'utf8').trimEnd().split('\n');
  expect([...new Set(packed.files.map(({ path }) => withoutDigest(path)))].sort()).toEqual(listed);
});

test('every file that package.json names is there, and the command can be started', () => {
  const manifest = JSON.parse(unpacked.read('package.json')) as Record<string, unknown>;
  const { main, types, exports, typesVersions, bin } = manifest;
  const named = JSON.stringify([main, types, exports, typesVersions, bin]).match(/"[^"]*dist\/[^"]*"/g)!;
  expect(named.length).toBeGreaterThan(15);
  for (const file of named) expect(existsSync(join(unpacked.path, JSON.parse(file) as string)) ? '' : file).toBe('');
  expect(packed.files.find(({ path }) => path === 'dist/bin/gamezone.js')!.mode & 0o111).toBe(0o111);
});

test('a class goes by the name that it is exported under', () => {
  const program = `for (const entry of ['gamezone', 'gamezone/zone-file', 'gamezone/plus'])
    for (const [name, value] of Object.entries(require(entry)))
      if (typeof value === 'function' && value.name !== name) console.log(entry, name, value.name);`;
  expect(new Folder(resolve('.')).run('node', '-e', program)).toBe('');
});

test('no test, no source and no path of this machine is in it', () => {
  const paths = readdirSync(unpacked.path, { recursive: true, encoding: 'utf8' });
  expect(paths.filter((path) => /\.test\.|\.map$|(?<!\.d)\.m?ts$|node_modules/.test(path))).toEqual([]);
  const files = paths.filter((path) => packed.files.some((file) => file.path === path));
  const telling = files.filter((path) => {
    const text = unpacked.read(path);
    return [resolve('.'), `${homedir()}/`].some((part) => text.includes(part)) || /^\/\/# sourceMappingURL/m.test(text);
  });
  expect(telling).toEqual([]);
});

test('declarations show no internal member', () => {
  const declarations = packed.files.map(({ path }) => path).filter((path) => /\.d\.m?ts$/.test(path));
  expect(declarations.length).toBeGreaterThan(20);
  expect(declarations.filter((path) => /@internal|^ +(?:readonly )?_\w+[(:?]/m.test(unpacked.read(path)))).toEqual([]);
});

test('it stays small', () => {
  expect(packed.size).toBeLessThan(LIMITS.packed);
  expect(packed.unpackedSize).toBeLessThan(LIMITS.unpacked);
});

test('it could be published', () => {
  const report = unpacked.run('npm', 'publish', '--dry-run', '--ignore-scripts', '--json');
  const { version } = JSON.parse(unpacked.read('package.json')) as { readonly version: string };
  expect(JSON.parse(report)).toMatchObject({ gamezone: { id: `gamezone@${version}` } });
});
