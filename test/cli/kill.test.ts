import { afterAll, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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
  // From the first temporary file on, ever later; on a busy machine some are done before they are killed.
  for (let attempt = 0; attempt < 6 || (killed === 0 && attempt < 30); attempt++) {
    await killedWhileWriting(source, dist, [0, 0, 1, 2, 4, 8][attempt] ?? 0);
    left = Math.max(left, leftovers().length);
    const found = contents();
    expect(Object.keys(found).sort()).toEqual(Object.keys(before).sort());
    for (const [name, text] of Object.entries(found)) expect(text === before[name] || text === after[name]).toBe(true);
    if (found['zone1.yaml'] === before['zone1.yaml']) killed++;
    put(folder, { 'dist/zone1.yaml': before['zone1.yaml']! });
  }
  expect(killed).toBeGreaterThan(0);
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

function killedWhileWriting(source: string, dist: string, delay: number): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [BUILT, 'synth', source, '-o', dist], { stdio: 'ignore' });
    const leftBehind = new Set(readdirSync(dist));
    const watch = setInterval(() => {
      if (!readdirSync(dist).some((name) => name.endsWith('.tmp') && !leftBehind.has(name))) return;
      clearInterval(watch);
      setTimeout(() => child.kill('SIGKILL'), delay);
    }, 1);
    child.on('exit', () => {
      clearInterval(watch);
      resolve();
    });
  });
}
