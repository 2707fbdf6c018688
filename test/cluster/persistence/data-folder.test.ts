import fs, { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataFolder } from '../../../src/cluster/persistence/data-folder.js';
import { folderWith, modeOf, namesIn, removeFolders, snapshot } from '../../cli/command-line.js';

afterAll(removeFolders);

const kubernetes = '1.34';
const open = (folder: string): Promise<DataFolder> => DataFolder.open(folder, { kubernetes });

test('only its user may look into it, whatever it was before', async () => {
  const [parent, existing] = [folderWith(), folderWith()];
  fs.chmodSync(existing, 0o755);
  for (const folder of [join(parent, 'new', 'one'), existing]) {
    const data = await open(folder);
    data.put('identity.json', { token: 'secret' });
    expect(modeOf(folder)).toBe(0o700);
    for (const name of ['gamezone-cluster.json', 'identity.json', 'log-0'])
      expect([name, modeOf(join(folder, name))]).toEqual([name, 0o600]);
    await data.close();
    const again = await open(folder);
    expect([again.get('identity.json'), again.get('other.json')]).toEqual([{ token: 'secret' }, undefined]);
    await again.close();
    expect(namesIn(folder)).toEqual(['gamezone-cluster.json', 'identity.json', 'log-0']);
  }
});

test('a link leads to the folder, and both ways are one', async () => {
  const folder = folderWith();
  symlinkSync(folder, `${folder}-link`);
  const data = await open(folder);
  await expect(open(`${folder}-link`)).rejects.toThrow(/process \d+ works in this folder/);
  await data.close();
  fs.rmSync(`${folder}-link`);
});

const marker = (content: object): Record<string, string> => ({ 'gamezone-cluster.json': JSON.stringify(content) });

test.each<[string, Record<string, string>, RegExp]>([
  ['something else', { 'notes.txt': 'mine' }, /not empty, and no cluster is kept in it/],
  [
    'a later format',
    marker({ format: 'gamezone dev', version: 2, kubernetes }),
    /format "gamezone dev", version 2: .* version 1/,
  ],
  ['another format', marker({ format: 'notes', version: 1, kubernetes }), /format "notes"/],
  ['nothing that is said', marker({}), /format none, version none/],
  [
    'another Kubernetes',
    marker({ format: 'gamezone dev', version: 1, kubernetes: '1.30' }),
    /Kubernetes "1\.30", not 1\.34/,
  ],
  ['half a file', { 'gamezone-cluster.json': '{"format": "gam' }, /gamezone-cluster\.json: this is not JSON$/],
  ['null', { 'gamezone-cluster.json': 'null' }, /format none/],
  [
    'a damaged log',
    { ...marker({ format: 'gamezone dev', version: 1, kubernetes }), 'log-0': 'damaged\n' },
    /log-0: byte 0: this record is damaged: no record begins here/,
  ],
])('a folder with %s in it is refused, and stays as it is', async (_, files, says) => {
  const folder = folderWith(files);
  const before = snapshot(folder);
  await expect(open(folder)).rejects.toThrow(says);
  await expect(open(folder)).rejects.toMatchObject({ name: 'DataError', hint: expect.stringMatching(/\w/) });
  expect(snapshot(folder)).toEqual(before);
});

test('what a first run left that was killed before it had begun is no hindrance', async () => {
  const folder = folderWith({ 'gamezone-cluster.json.tmp': '{"form', 'lock-1-00000000': '' });
  await (await open(folder)).close();
  expect(readdirSync(folder)).toContain('gamezone-cluster.json');
});

test('what is no folder is told with its name', async () => {
  const folder = folderWith({ file: '' });
  await expect(open(join(folder, 'file'))).rejects.toThrow(/file: ENOTDIR/);
  await expect(open(join(folder, 'file', 'below'))).rejects.toThrow(/below: ENOTDIR/);
});

test('a file that is no JSON is told, and nothing of it is shown', async () => {
  const folder = folderWith();
  const data = await open(folder);
  writeFileSync(join(folder, 'identity.json'), 'secret');
  expect(() => data.get('identity.json')).toThrow(/identity\.json: this is not JSON$/);
  mkdirSync(join(folder, 'other.json.tmp'));
  expect(() => data.put('other.json', {})).toThrow(/other\.json: EISDIR/);
  await data.close();
});
