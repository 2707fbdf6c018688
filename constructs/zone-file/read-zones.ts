import { zoneManifests } from '../manifests/zone.js';
import { resolveZone } from '../model/resolve.js';
import type { ZoneDocument } from '../model/resolve.js';
import { objectCheckWith } from '../../src/synth/check-objects.js';
import { NotActedOn } from '../../src/synth/not-acted-on.js';
import type { LocatedProblem } from '../../src/synth/problem-report.js';
import { refuse } from '../../src/synth/refuse.js';
import type { ReadZone, ZoneFile } from '../../src/synth/zone-file/read.js';
import { OBJECT_SCHEMAS, readZoneFilesNow } from '../../src/synth/zone-file/read-now.js';
import type { Problem } from '../../src/api/problem.js';
import { reservedKey } from './reserved-key.js';

/** A zone file without mistakes. */
export interface ReadZones {
  readonly documents: readonly ZoneDocument[];
  readonly warnings: readonly LocatedProblem[];
}

/**
 * A zone file, judged as `gamezone synth` judges it: first the file, then the objects that it becomes.
 *
 * @throws UserError with every mistake
 */
export function readZones(file: ZoneFile): ReadZones {
  const { zones, problems } = readZoneFilesNow([file]);
  refuse(problems);
  const found = zones.flatMap((read) =>
    problemsOf(read).map((problem) => ({ ...problem, file: read.file, position: read.locate(problem.path) })),
  );
  refuse(found);
  return { documents: zones.map(({ document }) => document), warnings: [...problems, ...found] };
}

/** What is said of the objects of a zone, and the one thing that only constructs cannot do. */
function problemsOf(read: ReadZone): Problem[] {
  const manifests = [...zoneManifests(resolveZone(read.document))];
  const check = objectCheckWith(read, OBJECT_SCHEMAS);
  const notActedOn = new NotActedOn();
  for (const manifest of manifests) notActedOn.add(manifest);
  return [...manifests.flatMap(check), ...reservedKey(read.document, manifests), ...notActedOn.problems()];
}
