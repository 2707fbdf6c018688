import { join } from 'node:path';
import { zoneManifests } from '../../constructs/manifests/zone.js';
import { resolveZone } from '../../constructs/model/resolve.js';
import type { Problem } from '../api/problem.js';
import { objectCheck } from './check-objects.js';
import type { Format } from './emit.js';
import { NotActedOn } from './not-acted-on.js';
import { ZoneFiles } from './output/files.js';
import type { OutputFile, SecretsMode } from './output/files.js';
import { contentOf } from './output/folder.js';
import type { LocatedProblem } from './problem-report.js';
import { addWorkload, movedIds, objectsIn } from './recreate.js';
import type { MovedId, WorkloadsOfIds } from './recreate.js';
import { refuse } from './refuse.js';
import { UserError } from './user-error.js';
import { readTexts } from './zone-file/files.js';
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
  readonly workloads: WorkloadsOfIds;
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
  const { zones, problems } = await readZoneFiles(await readTexts(settings.files));
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
  const resolved = resolveZone(read.document);
  const zone = settings.namespace === undefined ? resolved : { ...resolved, namespace: settings.namespace };
  const check = await objectCheck(read, zone);
  const files = new ZoneFiles(zone.name, read.file, settings);
  const notActedOn = new NotActedOn();
  const found: Problem[] = [];
  const workloads: WorkloadsOfIds = new Map();
  let objects = 0;
  for (const manifest of zoneManifests(zone)) {
    found.push(...check(manifest));
    notActedOn.add(manifest);
    addWorkload(workloads, manifest);
    files.add(manifest);
    objects++;
  }
  return {
    zone: { name: zone.name, objects, files: files.files(), workloads },
    found: [...found, ...notActedOn.problems()],
  };
}

/** Ids that would change their workload against what an earlier synth wrote to `folder`. */
export async function recreatedIds(
  folder: string,
  zones: readonly SynthesizedZone[],
): Promise<(MovedId & { readonly zone: string })[]> {
  const moved: (MovedId & { zone: string })[] = [];
  for (const { name, files, workloads } of zones) {
    for (const extension of ['yaml', 'json']) {
      const path = join(folder, `${name}.${extension}`);
      const written = await contentOf(path);
      const same = files.some((file) => file.name === `${name}.${extension}` && written?.equals(file.content));
      if (!written || same) continue;
      const before = objectsIn(written.toString());
      if (!before) {
        const message = `${path}:1:1: not readable any more, so that no one can tell which ids would be recreated`;
        throw new UserError(message, { hint: 'restore the file, or remove it' });
      }
      moved.push(...movedIds(before, workloads).map((id) => ({ ...id, zone: name })));
    }
  }
  return moved;
}
