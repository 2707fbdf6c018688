import type { Manifest } from '../../../constructs/manifests/manifest.js';
import { NotActedOn } from '../not-acted-on.js';
import { ZoneFiles } from '../output/files.js';
import type { LocatedProblem } from '../problem-report.js';
import { ZonePods } from '../recreate.js';
import { refuse } from '../refuse.js';
import type { SynthesizedZone, Synthesis, SynthSettings } from '../synth.js';
import { checkZones, manifestCheck, validate } from './check.js';
import { FileNames } from './file-names.js';
import { withProgram } from './load.js';
import type { LoadedProgram } from './load.js';
import { intoNamespace } from './namespace.js';
import { serialize } from './serialize.js';
import type { SerializedChart } from './serialize.js';
import { isZone, walk } from './tree.js';
import type { BuiltZone } from './tree.js';

/**
 * Zone programs to manifests: for each chart of their Apps the objects that `app.synth()` writes, in the same order.
 *
 * @throws UserError with every mistake of a program
 */
export async function synthesizePrograms(settings: SynthSettings): Promise<Synthesis> {
  const zones: SynthesizedZone[] = [];
  const warnings: LocatedProblem[] = [];
  for (const file of new Set(settings.files)) {
    const done = await withProgram(file, (built) => synthesizeProgram(file, built, settings));
    zones.push(...done.zones);
    warnings.push(...done.warnings);
  }
  return { zones, warnings };
}

async function synthesizeProgram(file: string, built: LoadedProgram, settings: SynthSettings): Promise<Synthesis> {
  const problems = built.roots.flatMap((root) => validate(file, root));
  const trees = built.roots.map(walk);
  problems.push(
    ...(await checkZones(
      file,
      trees.flatMap(({ constructs }) => constructs.filter(isZone)),
    )),
  );
  refuse(problems); // a zone that contradicts itself has no objects that anybody could judge
  const names = new FileNames(file);
  const check = manifestCheck(file);
  const notActedOn = new NotActedOn();
  const charts: SynthesizedZone[] = [];
  for (const tree of trees) {
    for (const serialized of serialize(tree)) {
      if (serialized.manifests.length === 0) continue;
      const zone = isZone(serialized.chart) ? serialized.chart : undefined;
      problems.push(...(await check(serialized.manifests)), ...names.take(serialized.chart, zone));
      const files = new ZoneFiles(names.of(serialized.chart), file, settings);
      charts.push(synthesizedChart(names.of(serialized.chart), manifestsOf(serialized, zone, settings), files));
      for (const { object } of serialized.manifests) notActedOn.add(object as Manifest);
    }
  }
  problems.push(...notActedOn.problems().map((problem) => ({ ...problem, file, construct: '', path: [] })));
  refuse(problems);
  return { zones: charts, warnings: problems };
}

function manifestsOf(
  { manifests }: SerializedChart,
  zone: BuiltZone | undefined,
  { namespace }: SynthSettings,
): Manifest[] {
  const objects = manifests.map(({ object }) => object as Manifest);
  return namespace === undefined ? objects : objects.map((object) => intoNamespace(object, namespace, zone?.namespace));
}

function synthesizedChart(name: string, manifests: readonly Manifest[], files: ZoneFiles): SynthesizedZone {
  const pods = new ZonePods();
  for (const manifest of manifests) {
    pods.add(manifest);
    files.add(manifest);
  }
  return { name, objects: manifests.length, files: files.files(), pods };
}
