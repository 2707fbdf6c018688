import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadAll } from 'js-yaml';
import { bundled, inTurn, report, resultOf, spreadOf, wallTime } from '../measure.js';
import type { Figure } from '../measure.js';
import { synthesize } from '../../src/synth/synth.js';
import { worldZone } from './world.js';

// The figures of the README: each a ratio against something named, measured in turn with it. `npm run bench:synth [RUNS]`.
const runs = Number(process.argv[2] ?? 9);
const cli = resolve('dist/bin/gamezone.js');
const oneSynth = await bundled('bench/synth/one-synth.ts');
const folder = mkdtempSync(join(tmpdir(), 'gamezone-bench-'));
const node = (...args: string[]) => ({ command: process.execPath, args });

async function help(): Promise<Figure> {
  const { ratio } = await inTurn(
    runs,
    () => wallTime(node(cli, '--help')),
    () => wallTime(node('-e', '0')),
  );
  return { what: 'gamezone --help', against: 'node -e 0', goal: 'at most 1.6', ratio, met: ratio.median <= 1.6 };
}

/** The same objects from a compiled cdk8s app, through its own command line. */
async function seedZone(): Promise<Figure> {
  const zoneFile = resolve('examples/seed-zone/zone.yaml');
  const { zones } = await synthesize({ files: [zoneFile], format: 'yaml', secrets: 'inline' });
  const app = resolve('bench/out/cdk8s-app');
  mkdirSync(app, { recursive: true });
  writeFileSync(join(app, 'package.json'), '{"type":"commonjs"}\n');
  writeFileSync(join(app, 'cdk8s.yaml'), 'language: typescript\napp: node main.js\n');
  writeFileSync(
    join(app, 'main.js'),
    `const { App, Chart, ApiObject } = require('cdk8s');
const app = new App();
const chart = new Chart(app, 'zone1', { disableResourceNameHashes: true });
const objects = ${JSON.stringify(loadAll(zones[0]!.files[0]!.content.toString()))};
objects.forEach((object, index) => new ApiObject(chart, String(index), object));
app.synth();
`,
  );
  const { ratio } = await inTurn(
    runs,
    () =>
      wallTime({ ...node(resolve('node_modules/cdk8s-cli/bin/cdk8s'), 'synth', '--check-upgrade=false'), cwd: app }),
    () => wallTime(node(cli, 'synth', zoneFile, '-o', join(folder, 'seed'))),
  );
  const written = readFileSync(join(app, 'dist', 'zone1.k8s.yaml'), 'utf8').split('\n---\n').length;
  if (written !== zones[0]!.objects) throw new Error(`the cdk8s app wrote ${written} objects`);
  return {
    what: "cdk8s synth --check-upgrade=false of the seed's zone",
    against: 'gamezone synth',
    goal: 'at least 5',
    ratio,
    met: ratio.median >= 5,
  };
}

interface OneSynth {
  readonly ms: number;
  readonly maxRssMb: number;
}
const zoneOf = (services: number): string => {
  const file = join(folder, `world-${services}.yaml`);
  writeFileSync(file, worldZone(services));
  return file;
};
const objectsOf = (services: number): string => join(folder, `objects-${services}.json`);
let outputs = 0;
const measured: number[] = [];
function synthOnce(services: number): number {
  const { ms, maxRssMb } = resultOf<OneSynth>(oneSynth, ['synth', zoneOf(services), objectsOf(services)]);
  if (services === 5000) measured.push(maxRssMb);
  return ms;
}

/** Ten times the services in at most ten times the time, and a tenth more for noise. */
async function linear(): Promise<Figure> {
  const { ratio } = await inTurn(
    Math.ceil(runs / 2),
    () => synthOnce(5000),
    () => synthOnce(500),
  );
  return { what: '5,000 services', against: '500 services', goal: 'at most 11', ratio, met: ratio.median <= 11 };
}

/** Whole processes: the command, and one that reads the same objects as JSON and dumps them with the same emitter. */
async function dumping(): Promise<Figure> {
  const zoneFile = zoneOf(5000);
  const { ratio } = await inTurn(
    Math.ceil(runs / 2),
    () => wallTime(node(cli, 'synth', zoneFile, '-o', join(folder, `out-${outputs++}`))),
    () => wallTime(node(oneSynth, 'dump', objectsOf(5000))),
  );
  const against = 'reading the same objects as JSON and dumping them with the same emitter';
  return { what: 'synth of 5,000 services', against, goal: 'at most 1.5', ratio, met: ratio.median <= 1.5 };
}

function memory(): Figure {
  const ratio = spreadOf(measured.map((megabytes) => megabytes / 400));
  return { what: 'memory for 5,000 services', against: '400 MB', goal: 'at most 1', ratio, met: ratio.max <= 1 };
}

try {
  report([await help(), await seedZone(), await linear(), await dumping(), memory()]);
} finally {
  rmSync(folder, { recursive: true });
}
