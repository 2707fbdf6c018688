import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import type { Lock } from '../../constructs/model/lock.js';
import { BUILT, folderWith, gamezone, put, removeFolders } from '../cli/command-line.js';
import { Laboratory } from './laboratory.js';
import { Repository } from './repository.js';
import { S3Store } from './s3-store.js';

afterAll(removeFolders);

const EXAMPLE = resolve('examples/artifacts');
const read = (name: string): string => readFileSync(join(EXAMPLE, name), 'utf8');

test('examples/artifacts/laptop.sh does what it says', () => {
  const out = execFileSync(join(EXAMPLE, 'laptop.sh'), [folderWith()], {
    encoding: 'utf8',
    env: { ...process.env, GAMEZONE: `${process.execPath} ${BUILT}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  expect(out).toContain('sword,99\nslime,6\n');
  expect(out.match(/^[0-9a-f]{10} {2}/gm)).toHaveLength(2);
});

/** A repository with a folder of the example, whose commit is the same wherever and whenever it is made. */
function repositoryOf(folder: string): Repository {
  const repository = new Repository(join(folderWith(), folder));
  cpSync(join(EXAMPLE, 'sources', folder), repository.folder, { recursive: true });
  const [author, committer] = ['GIT_AUTHOR_DATE', 'GIT_COMMITTER_DATE'];
  Object.assign(process.env, { [author]: '2026-01-01T00:00:00Z', [committer]: '2026-01-01T00:00:00Z' });
  try {
    repository.commit({});
  } finally {
    delete process.env[author];
    delete process.env[committer];
  }
  return repository;
}

test('the lock of the example is what `gamezone artifacts lock` writes for its sources, which lie over each other as it says', async () => {
  const store = await S3Store.start('atlas-1234567890');
  try {
    const maps = join(EXAMPLE, 'sources/maps');
    const names = readdirSync(maps, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    for (const { parentPath, name } of names) {
      const path = join(parentPath, name);
      store.put({ [`maps/0.1.0/${path.slice(maps.length + 1)}`]: readFileSync(path) });
    }
    const [data, hotfixes] = [repositoryOf('data'), repositoryOf('hotfixes')];
    const zone = read('zone.yaml')
      .replace('https://cos.ap-beijing.myqcloud.com', store.url)
      .replace('https://gitlab.example.com/atlas/data.git', data.url)
      .replace('https://gitlab.example.com/atlas/hotfixes.git', hotfixes.url);
    const laboratory = new Laboratory(zone);
    put(laboratory.folder, { 'secrets/cos/accessKey': 'A', 'secrets/cos/secretKey': 'S', 'secrets/gitlab/token': 'T' });
    const credentials = ['--credentials', join(laboratory.folder, 'secrets')];
    expect((await gamezone('artifacts', 'lock', laboratory.zone, ...credentials)).code).toBe(0);
    const pins = (text: string) => (JSON.parse(text) as Lock).zones['atlas']!.map(({ pin }) => pin);
    expect(pins(readFileSync(join(laboratory.folder, 'gamezone.lock'), 'utf8'))).toEqual(pins(read('gamezone.lock')));

    const { release } = await laboratory.sync(...credentials);
    expect(laboratory.release(release)).toEqual({
      'world.map': read('sources/maps/world.map'),
      'regions/harbor.map': read('sources/maps/regions/harbor.map'),
      'regions/keep.map': read('sources/maps/regions/keep.map'),
      'tables/items.csv': read('sources/hotfixes/tables/items.csv'),
      'tables/monsters.csv': read('sources/data/tables/monsters.csv'),
    });
  } finally {
    await store.stop();
  }
});
