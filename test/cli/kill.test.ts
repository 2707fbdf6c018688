import { afterAll, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BUILT, folderWith, gamezone, put, removeFolders } from './command-line.js';
import { zoneFile } from './zones.js';

afterAll(removeFolders);

const zoneOf = (image: string): string =>
  zoneFile({ image, services: Array.from({ length: 400 }, (_, index) => `- {type: t${index}, id: 1}`).join('\n') });

test('a synth that is killed leaves each file old or new, and the next one puts everything right', async () => {
  const folder = folderWith({ 'zone.yaml': zoneOf('registry.example.com/p/service:2') });
  const [source, dist] = [join(folder, 'zone.yaml'), join(folder, 'dist')];
  const contents = (): Record<string, string> =>
    Object.fromEntries(
      readdirSync(dist)
        .filter((name) => !name.startsWith('.'))
        .map((name) => [name, readFileSync(join(dist, name), 'utf8')]),
    );
  await gamezone('synth', source, '-o', dist);
  const after = contents();
  put(folder, { 'zone.yaml': zoneOf('registry.example.com/p/service:1') });
  await gamezone('synth', source, '-o', dist);
  const before = contents();
  put(folder, { 'zone.yaml': zoneOf('registry.example.com/p/service:2') });

  let killed = 0;
  const leftovers = (): string[] => readdirSync(dist).filter((name) => /\.(tmp|old)$/.test(name));
  let left = 0;
  for (const isHalfway of [false, true]) {
    for (let at = 0; await isKilled(source, dist, at, isHalfway); at++) {
      killed++;
      left = Math.max(left, leftovers().length);
      const found = contents();
      expect(Object.keys(found).sort()).toEqual(Object.keys(before).sort());
      for (const [name, text] of Object.entries(found))
        expect(text === before[name] || text === after[name]).toBe(true);
      put(folder, { 'dist/zone1.yaml': before['zone1.yaml']! });
    }
    put(folder, { 'dist/zone1.yaml': before['zone1.yaml']! });
  }
  // A folder, a file aside, a copy of the old one, a rename, and what is cleared away.
  expect(killed).toBeGreaterThanOrEqual(10);
  expect((await gamezone('synth', source, '-o', dist)).code).toBe(0);
  expect(contents()).toEqual(after);
  expect(left).toBeGreaterThan(0);
  expect(leftovers()).toEqual([]);
});

test('what a living process works on stays, and so does what is nobody of ours', async () => {
  const folder = folderWith({ 'zone.yaml': zoneOf('registry.example.com/p/service:1') });
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const ended = new Promise((resolve) => other.on('exit', resolve));
  const gone = await new Promise<number>((resolve) => {
    const short = spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' });
    short.on('exit', () => resolve(short.pid!));
  });
  const theirs = ['.notes.txt.1.tmp', `.Zone.yaml.${gone}.tmp`, '.zone1.yaml.tmp', `zone1.yaml.${gone}.tmp`];
  const alive = ['.zone1.yaml', '.zone9.secret.json', '..gamezone-index'].map((name) => `${name}.${other.pid!}.tmp`);
  const dead = [`.zone1.yaml.${gone}.tmp`, `.zone1.secret.yaml.${gone}.old`, `..gamezone-index.${gone}.old`];
  const synth = async (): Promise<string[]> => {
    const { code, err } = await gamezone('synth', join(folder, 'zone.yaml'), '-o', join(folder, 'dist'));
    expect([code, /\.(tmp|old)\b/.test(err)]).toEqual([0, false]);
    return readdirSync(join(folder, 'dist')).filter((name) => /\.(tmp|old)$/.test(name));
  };
  put(folder, Object.fromEntries([...theirs, ...alive, ...dead].map((name) => [`dist/${name}`, 'a'])));
  expect((await synth()).sort()).toEqual([...theirs, ...alive].sort());
  other.kill('SIGKILL');
  await ended;
  expect((await synth()).sort()).toEqual([...theirs].sort());
});

/** Whether a synth came as far as its n-th change of the file system, where it is killed. */
async function isKilled(source: string, dist: string, at: number, isHalfway: boolean): Promise<boolean> {
  const env = { ...process.env, KILLED_AT: String(at), ...(isHalfway && { KILLED_HALFWAY: '1' }) };
  const killer = fileURLToPath(new URL('killed-at.js', import.meta.url));
  const child = spawn(process.execPath, ['--import', killer, BUILT, 'synth', source, '-o', dist], {
    stdio: 'ignore',
    env,
  });
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  expect(signal ?? code).toBe(signal === null ? 0 : 'SIGKILL');
  return signal !== null;
}
