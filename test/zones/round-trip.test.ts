import { isDeepStrictEqual } from 'node:util';
import { App, Testing } from 'cdk8s';
import fc from 'fast-check';
import { dump } from 'js-yaml';
import type { GameZone } from '../../constructs/index.js';
import { ZoneFile } from '../../constructs/zone-file/index.js';
import { zoneManifests } from '../../constructs/manifests/zone.js';
import { resolveZone } from '../../constructs/model/resolve.js';
import { reportProblems } from '../../src/synth/problem-report.js';
import { readZoneFiles } from '../../src/synth/zone-file/read.js';
import { zones } from './arbitrary.js';
import { programs, run } from './programs.js';

const RUNS = 300;
/** Seconds where it passes; a failure is made smaller, which takes longer. */
const LONGEST = 180_000;
const SEED = Number(process.env['GAMEZONE_TEST_SEED'] ?? Date.now() % 2 ** 31);

/** What synth makes of a zone file, as text, in which the order of keys counts too; fails on a file that it refuses. */
async function synthOf(text: string): Promise<string> {
  const { zones, problems } = await readZoneFiles([{ name: 'zone.yaml', text }]);
  expect(reportProblems(problems.filter(({ severity }) => severity !== 'warning'))).toBe('');
  return JSON.stringify(zones.flatMap(({ document }) => [...zoneManifests(resolveZone(document))]));
}

/** `toEqual` tells more where there is a difference, and takes its time where there is none. */
function expectSame(objects: unknown, others: unknown): void {
  if (!isDeepStrictEqual(objects, others)) expect(objects).toEqual(others);
}

const objectsOf = (zone: GameZone): unknown => Testing.synth(zone);
const read = (text: string): GameZone => ZoneFile.fromYaml(new App(), text)[0]!;

test(
  `a zone file, its constructs and their zone file say the same (GAMEZONE_TEST_SEED=${SEED})`,
  async () => {
    await fc.assert(
      fc.asyncProperty(zones(), async (document) => {
        const text = dump(document);
        const synth = await synthOf(text);
        const zone = read(text);
        expectSame(objectsOf(zone), JSON.parse(synth));
        const again = ZoneFile.toYaml(zone);
        expect(await synthOf(again)).toBe(synth);
      }),
      { seed: SEED, numRuns: RUNS },
    );
  },
  LONGEST,
);

test(
  `a program and its zone file say the same (GAMEZONE_TEST_SEED=${SEED})`,
  async () => {
    await fc.assert(
      fc.asyncProperty(programs(), async (program) => {
        const zone = run(program, new App());
        const text = ZoneFile.toYaml(zone);
        const objects = objectsOf(zone);
        expectSame(JSON.parse(await synthOf(text)), objects);
        const again = read(text);
        expectSame(objectsOf(again), objects);
        expect(ZoneFile.toYaml(again)).toBe(text);
      }),
      { seed: SEED, numRuns: RUNS },
    );
  },
  LONGEST,
);
