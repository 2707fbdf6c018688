/**
 * Writes the corpus of a release: what this code makes of every example and of the zones in test/golden/zones. Run it once,
 * when the release is made; from then on test/golden.test.ts holds every later release to it.
 * Usage: `tsx scripts/golden.ts 0.2`.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NEWEST } from '../constructs/model/compat.js';
import { emit } from '../src/synth/emit.js';
import { CORPUS, objectsOf, zonesToKeep } from '../test/golden/corpus.js';

const [release] = process.argv.slice(2);
const refusal = refusalOf(release);
if (refusal !== undefined) {
  console.error(refusal);
  process.exitCode = 1;
} else {
  const made = await Promise.all(
    zonesToKeep().map(async (zone) => ({ ...zone, objects: emit(await objectsOf(zone, NEWEST), 'yaml') })),
  );
  for (const { name, text, objects } of made) {
    const folder = join(CORPUS, NEWEST, name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'zone.yaml'), text);
    writeFileSync(join(folder, 'objects.yaml'), objects);
    console.log(folder);
  }
}

function refusalOf(wanted: string | undefined): string | undefined {
  if (wanted === undefined) return 'name the release, such as `tsx scripts/golden.ts 0.2`';
  if (wanted !== NEWEST)
    return `${wanted} is not the newest of RELEASES in constructs/model/compat.ts, which is ${NEWEST}`;
  if (existsSync(join(CORPUS, wanted))) return `${join(CORPUS, wanted)} exists: what a release wrote stays as it is`;
  return undefined;
}
