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
  // From the first temporary file on, ever later; on a busy machine some are done before they are killed.
  for (let attempt = 0; attempt < 6 || (killed === 0 && attempt < 30); attempt++) {
    await killedWhileWriting(source, dist, [0, 0, 1, 2, 4, 8][attempt] ?? 0);
    const found = contents();
    expect(Object.keys(found).sort()).toEqual(Object.keys(before).sort());
    for (const [name, text] of Object.entries(found)) expect(text === before[name] || text === after[name]).toBe(true);
    if (found['zone1.yaml'] === before['zone1.yaml']) killed++;
    put(folder, { 'dist/zone1.yaml': before['zone1.yaml']! });
  }
  expect(killed).toBeGreaterThan(0);
  expect((await gamezone('synth', source, '-o', dist)).code).toBe(0);
  expect(contents()).toEqual(after);
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
