import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { transformSync } from 'esbuild';
import { inTurn, report, wallTime } from './measure.js';
import type { Figure, Timed } from './measure.js';

// Zone programs against the command line of cdk8s, which starts the same programs: `npx tsx bench/program.ts [RUNS]` after a
// build. Each figure is a ratio of neighbouring runs of whole processes, so that both see the same machine.
const runs = Number(process.argv[2] ?? 9);
const cli = resolve('dist/bin/gamezone.js');
const cdk8s = resolve('node_modules/cdk8s-cli/bin/cdk8s');
/** A CommonJS package, as cdk8s' own template makes it; `gamezone` is what was just built. */
const folder = resolve('bench/out/program');
rmSync(folder, { recursive: true, force: true });
mkdirSync(join(folder, 'node_modules'), { recursive: true });
writeFileSync(join(folder, 'package.json'), '{"type":"commonjs"}\n');
symlinkSync(resolve('.'), join(folder, 'node_modules/gamezone'));

const node = (cwd: string, ...args: string[]): Timed => ({ command: process.execPath, args, cwd });
const gamezone = (cwd: string, file: string): number => wallTime(node(cwd, cli, 'synth', file, '-o', `out-${file}`));

/** A folder with a program in TypeScript and the same in JavaScript, and how cdk8s starts each. */
function appIn(name: string, text: string): string {
  const app = join(folder, name);
  mkdirSync(app, { recursive: true });
  writeFileSync(join(app, 'zone.ts'), text);
  writeFileSync(join(app, 'zone.js'), transformSync(text, { loader: 'ts', format: 'cjs' }).code);
  const tsx = resolve('node_modules/tsx/dist/cli.mjs');
  writeFileSync(join(app, 'js.yaml'), `language: typescript\napp: ${process.execPath} zone.js\n`);
  writeFileSync(join(app, 'ts.yaml'), `language: typescript\napp: ${process.execPath} ${tsx} zone.ts\n`);
  return app;
}

async function against(app: string, kind: 'js' | 'ts', least: number): Promise<Figure> {
  writeFileSync(join(app, 'cdk8s.yaml'), readFileSync(join(app, `${kind}.yaml`)));
  const { ratio } = await inTurn(
    runs,
    () => wallTime(node(app, cdk8s, 'synth', '--check-upgrade=false')),
    () => gamezone(app, `zone.${kind}`),
  );
  const started = kind === 'js' ? 'node zone.js' : 'tsx zone.ts';
  return {
    what: `cdk8s synth --check-upgrade=false (app: ${started})`,
    against: `gamezone synth zone.${kind}`,
    goal: `at least ${least}`,
    ratio,
    met: ratio.median >= least,
  };
}

const worldOf = (zones: number): string => `import { App } from 'cdk8s';
import { GameZone, ServiceIds } from 'gamezone';
const app = new App();
for (let zoneId = 1; zoneId <= ${zones}; zoneId++) {
  const zone = new GameZone(app, \`zone\${zoneId}\`, { zoneId, image: 'registry.example.com/project1/service:0.1.0', redis: { host: 'redis' } });
  for (const type of ['game', 'db', 'gateway'])
    zone.addService(type, { ids: ServiceIds.range(1, 3), ports: [{ port: 7001 }], resources: { requests: { cpu: '500m' } } });
}
export default app;
`;

/** Ten times the zones in at most ten times the time, and a tenth more for noise; what every run pays is taken off. */
async function linear(): Promise<Figure> {
  const [one, hundred, thousand] = [1, 100, 1000].map((zones) => appIn(`world-${zones}`, worldOf(zones)));
  const { ratio } = await inTurn(
    Math.ceil(runs / 2),
    () => gamezone(thousand!, 'zone.js') - gamezone(one!, 'zone.js'),
    () => gamezone(hundred!, 'zone.js') - gamezone(one!, 'zone.js'),
  );
  return { what: '1,000 zones', against: '100 zones', goal: 'at most 11', ratio, met: ratio.median <= 11 };
}

try {
  const app = appIn('zone', readFileSync('examples/zone-ts/zone.ts', 'utf8'));
  report([await against(app, 'js', 5), await against(app, 'ts', 3), await linear()]);
} finally {
  rmSync(folder, { recursive: true });
}
