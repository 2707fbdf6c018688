import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { checkObject } from '../src/synth/check/index.js';
import { run } from '../src/cli/program.js';
import type { Manifest } from '../constructs/manifests/manifest.js';

const examples = readdirSync('examples', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

describe.each(examples)('examples/%s', (name) => {
  const folder = join('examples', name);
  const zoneFile = join(folder, 'zone.yaml');
  const manifestFolder = join(folder, 'manifests');
  const objects = (): Manifest[] =>
    readdirSync(manifestFolder)
      .filter((file) => file.endsWith('.yaml') && !file.endsWith('.secret.yaml'))
      .flatMap((file) => loadAll(readFileSync(join(manifestFolder, file), 'utf8')) as Manifest[]);

  test('its manifests are what synth writes', async () => {
    expect(await run(['synth', zoneFile, '-o', manifestFolder, '--check'])).toBe(0);
  });

  test('comes out as the same bytes twice', async () => {
    const folders = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'gamezone-example-')));
    try {
      for (const out of folders) expect(await run(['synth', zoneFile, '-o', out, '--secrets', 'inline'])).toBe(0);
      const [first, second] = folders.map((out) =>
        readdirSync(out)
          .filter((file) => file.endsWith('.yaml'))
          .map((file) => readFileSync(join(out, file), 'utf8')),
      );
      expect(first).toEqual(second);
    } finally {
      for (const out of folders) rmSync(out, { recursive: true });
    }
  });

  test('holds no credential', () => {
    const literals = [...readFileSync(zoneFile, 'utf8').matchAll(/^\s*(?:pwd|accessKey|secretKey): (\S+)$/gm)].map(
      ([, value]) => value!,
    );
    const text = readdirSync(manifestFolder)
      .filter((file) => !file.includes('.secret.'))
      .map((file) => readFileSync(join(manifestFolder, file), 'utf8'))
      .join('');
    for (const literal of literals) expect(text).not.toContain(literal);
  });

  test('every object of Kubernetes own kinds would be accepted', () => {
    for (const object of objects()) expect(checkObject(object)).toEqual([]);
  });

  test('what others need comes first', () => {
    const rank = ['Secret', 'ConfigMap', 'PersistentVolumeClaim', 'Service', 'HookTemplate', 'Job'];
    const ranks = objects().map(({ kind }) => (rank.includes(kind) ? rank.indexOf(kind) : rank.length));
    expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
  });
});

test('the zone of the seed document is verbatim', () => {
  const digest = createHash('sha256').update(readFileSync('examples/seed-zone/zone.yaml')).digest('hex');
  expect(digest).toBe('4b3d1c82935d2151581f9be3383f5db4af56cde40bbefb821e89ced0a6e3b889');
});
