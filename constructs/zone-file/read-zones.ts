import { zoneManifests } from '../manifests/zone.js';
import { resolveZone } from '../model/resolve.js';
import type { ZoneDocument } from '../model/resolve.js';
import { objectCheckWith } from '../../src/synth/check-objects.js';
import { refuse } from '../../src/synth/refuse.js';
import type { ZoneFile } from '../../src/synth/zone-file/read.js';
import { reservedName } from './reserved-name.js';
import { OBJECT_SCHEMAS, readZoneFilesNow } from '../../src/synth/zone-file/read-now.js';

/**
 * The documents of a zone file, judged as `gamezone synth` judges them: first the file, then the objects that it becomes.
 *
 * @throws UserError with every mistake
 */
export function readZones(file: ZoneFile): ZoneDocument[] {
  const { zones, problems } = readZoneFilesNow([file]);
  refuse(problems);
  refuse(
    zones.flatMap((read) => {
      const check = objectCheckWith(read, OBJECT_SCHEMAS);
      const refused = [...zoneManifests(resolveZone(read.document))].flatMap((manifest) => check(manifest));
      return [...refused, ...reservedName(read.document)].map((problem) => ({
        ...problem,
        file: read.file,
        position: read.locate(problem.path),
      }));
    }),
  );
  return zones.map(({ document }) => document);
}
