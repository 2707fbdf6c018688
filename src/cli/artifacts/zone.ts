import { dirname } from 'node:path';
import { artifactVolumes } from '../../../constructs/model/artifacts.js';
import { lockedDocument, lockProblems } from '../../../constructs/model/lock.js';
import type { ZoneDocument } from '../../../constructs/model/resolve.js';
import type { ArtifactVolume } from '../../../constructs/model/zone.js';
import { refuse } from '../../synth/refuse.js';
import { UserError } from '../../synth/user-error.js';
import { readTexts } from '../../synth/zone-file/files.js';
import { readLock } from '../../synth/zone-file/locks.js';
import { readArtifacts } from '../../synth/zone-file/read-artifacts.js';

/** The volumes of the zones in a file. */
export interface FileVolumes {
  readonly zone: string;
  readonly volumes: readonly ArtifactVolume[];
}

/** @throws UserError with every mistake in what the file says about artifacts */
export async function volumesIn(file: string): Promise<FileVolumes[]> {
  const lock = await readLock(dirname(file));
  const zones = await zonesIn(file);
  refuse(zones.flatMap((zone) => lockProblems(zone, lock).map((problem) => ({ ...problem, file }))));
  return zones.map((zone) => ({ zone: zone.metadata.name, volumes: artifactVolumes(lockedDocument(zone, lock).spec) }));
}

/** The zones of a file or a program, as they were declared. */
export async function zonesIn(file: string): Promise<ZoneDocument[]> {
  if (/\.[cm]?[jt]s$/.test(file)) {
    const { declaredZones } = await import('../../synth/program/declared-zones.js');
    return declaredZones(file);
  }
  const [text] = await readTexts([file]);
  const { documents, problems } = await readArtifacts(text!);
  refuse(problems);
  return [...documents];
}

/**
 * The one volume that is meant.
 *
 * @param named by `--volume`: `NAME` or `ZONE/NAME`
 * @throws UserError where there is none, or where it could be several
 */
export function oneVolume(
  file: string,
  zones: readonly FileVolumes[],
  named: string | undefined,
): { readonly zone: string; readonly volume: ArtifactVolume } {
  const all = zones.flatMap(({ zone, volumes }) => volumes.map((volume) => ({ zone, volume })));
  const matching = all.filter(
    ({ zone, volume }) => named === undefined || named === volume.name || named === `${zone}/${volume.name}`,
  );
  if (matching.length === 1) return matching[0]!;
  const names = all.map(({ zone, volume }) => (zones.length > 1 ? `${zone}/${volume.name}` : volume.name)).join(', ');
  if (all.length === 0)
    throw new UserError(`${file}: no zone in it has artifacts`, { hint: 'add an entry to `spec.artifacts`' });
  const said = named === undefined ? 'it opens several volumes' : `no volume, or several, named ${named}`;
  throw new UserError(`${file}: ${said}`, { hint: `name one with --volume: ${names}` });
}
