import { join } from 'node:path';
import { folderWith, gamezone } from './command-line.js';
import { zoneFile } from './zones.js';

/** A folder with one zone file, and synth over it into `dist` beside it. */
export function workspace(text = zoneFile()) {
  const folder = folderWith({ 'zone.yaml': text });
  const dist = join(folder, 'dist');
  const source = join(folder, 'zone.yaml');
  const synth = async (...options: readonly string[]) => {
    const outcome = await gamezone('synth', source, '-o', dist, ...options);
    return { ...outcome, err: outcome.err.replaceAll(`${folder}/`, '') };
  };
  return { folder, dist, source, synth };
}
