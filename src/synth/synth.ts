import { frozen } from '../../constructs/manifests/once.js';
import { zoneManifests } from '../../constructs/manifests/zone.js';
import { resolveZone } from '../../constructs/model/resolve.js';
import type { Problem } from '../api/problem.js';
import { objectCheck } from './check-objects.js';
import type { Format } from './emit.js';
import { NotActedOn } from './not-acted-on.js';
import { ZoneFiles } from './output/files.js';
import type { OutputFile, SecretsMode } from './output/files.js';
import type { LocatedProblem } from './problem-report.js';
import { ZonePods } from './recreate.js';
import { refuse } from './refuse.js';
import { readTexts } from './zone-file/files.js';
import { withLocks } from './zone-file/locks.js';
import { readZoneFiles } from './zone-file/read.js';
import type { ReadZone } from './zone-file/read.js';

export interface SynthSettings {
  /** Paths of zone files. */
  readonly files: readonly string[];
  readonly format: Format;
  readonly secrets: SecretsMode;
  /** Takes the place of the zones' own. */
  readonly namespace?: string;
}

/** One zone, synthesized. */
export interface SynthesizedZone {
  readonly name: string;
  /** How many objects it became. */
  readonly objects: number;
  readonly files: readonly OutputFile[];
  readonly pods: ZonePods;
}

export interface Synthesis {
  readonly zones: readonly SynthesizedZone[];
  readonly warnings: readonly LocatedProblem[];
}

/**
 * Zone files to manifests. Touches neither the network nor the output folder.
 *
 * @throws UserError with every mistake of every file
 */
export async function synthesize(settings: SynthSettings): Promise<Synthesis> {
  const { zones, problems } = await readZoneFiles(await withLocks(await readTexts(settings.files)));
  refuse(problems);
  const located = [...problems];
  const synthesized: SynthesizedZone[] = [];
  for (const read of zones) {
    const { zone, found } = await synthesizeZone(read, settings);
    located.push(...found.map((problem) => ({ ...problem, file: read.file, position: read.locate(problem.path) })));
    synthesized.push(zone);
  }
  refuse(located);
  return { zones: synthesized, warnings: located };
}

async function synthesizeZone(
  read: ReadZone,
  settings: SynthSettings,
): Promise<{ readonly zone: SynthesizedZone; readonly found: readonly Problem[] }> {
  frozen(read.document.spec.defaults); // what services share is looked at once
  const resolved = resolveZone(read.document);
  const zone = settings.namespace === undefined ? resolved : { ...resolved, namespace: settings.namespace };
  const check = await objectCheck(read, zone);
  const files = new ZoneFiles(zone.name, read.file, settings);
  const notActedOn = new NotActedOn();
  const found: Problem[] = [];
  const pods = new ZonePods();
  let objects = 0;
  for (const manifest of zoneManifests(zone)) {
    found.push(...check(manifest));
    notActedOn.add(manifest);
    pods.add(manifest);
    files.add(manifest);
    objects++;
  }
  return {
    zone: { name: zone.name, objects, files: files.files(), pods },
    found: [...found, ...notActedOn.problems()],
  };
}
