import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { NODE_MAJORS, nodeProgram } from './parts/node-versions.js';

const cli = resolve('dist/bin/gamezone.js');
const zones = readdirSync('examples').map((name) =>
  ['yaml', 'ts'].map((kind) => `examples/${name}/zone.${kind}`).find((zone) => existsSync(zone))!,
);

/** What the built command writes under one version of Node, with warnings, for every example and the definitions. */
function outputUnder(program: string): string {
  const run = (...args: string[]) =>
    execFileSync(program, [cli, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const formats = ['yaml', 'json'].flatMap((format) =>
    zones.map((zone) => run('synth', zone, '--stdout', '--format', format)),
  );
  return [...formats, run('crds')].join('');
}

const programs = NODE_MAJORS.map((major) => ({ major, program: nodeProgram(major) }));
const here = outputUnder(process.execPath);

for (const { major, program } of programs) {
  const compare = program === undefined ? test.skip : test;
  compare(
    `Node ${major} writes the same bytes`,
    () => {
      expect(outputUnder(program!) === here).toBe(true);
    },
    120_000,
  );
}

test('there is something to compare', () => {
  expect(here.length).toBeGreaterThan(100_000);
});
