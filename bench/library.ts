import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { inTurn, report, wallTime } from './measure.js';
import type { Figure } from './measure.js';

// What the library adds to a program that loads cdk8s anyway, as whole processes. `npm run bench:library [RUNS]`.
const runs = Number(process.argv[2] ?? 15);
const GOAL = 1.3;
if (!existsSync('dist/lib/index.js')) throw new Error('dist/ is not there: run `npm run build` first');

const kinds = [
  { kind: 'import', load: (module: string) => ['--input-type=module', '-e', `import ${JSON.stringify(module)}`] },
  { kind: 'require', load: (module: string) => ['-e', `require(${JSON.stringify(module)})`] },
];
const figures: Figure[] = [];
for (const { kind, load } of kinds) {
  const time = (module: string) => wallTime({ command: process.execPath, args: load(module), cwd: resolve('.') });
  // By its own name: as a consumer's `exports` lead to it.
  const { ratio } = await inTurn(
    runs,
    () => time('gamezone'),
    () => time('cdk8s'),
  );
  const met = ratio.median <= GOAL;
  figures.push({ what: `${kind} of gamezone`, against: `${kind} of cdk8s`, goal: `at most ${GOAL}`, ratio, met });
}
report(figures);
