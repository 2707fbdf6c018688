import { existsSync } from 'node:fs';
import { readState } from '../../artifacts/state.js';
import { verifyRelease } from '../../artifacts/verify.js';
import { shownPath } from '../../artifacts/printable.js';
import { Volume } from '../../artifacts/volume.js';
import { UserError } from '../../synth/user-error.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { bytesText } from './progress-view.js';

export interface LsOptions {
  readonly output?: 'json';
  readonly verify?: boolean;
}

/** Shows what is on a volume. */
export async function listReleases(folder: string, options: LsOptions): Promise<ExitCode> {
  const volume = volumeAt(folder);
  const state = await readState(volume);
  if (options.output === 'json') process.stdout.write(`${JSON.stringify(state, undefined, 2)}\n`);
  else {
    const { releases, live, fetching } = state;
    const lines = releases.map(
      ({ release, made, files, bytes }) =>
        `${release.slice(0, 10)}  ${made.slice(0, 19).replace('T', ' ')}  ${String(files).padStart(7)} files  ${bytesText(bytes).padStart(10)}${live?.release === release ? '  live' : ''}`,
    );
    if (lines.length === 0) lines.push(`${folder}: no releases`);
    if (fetching)
      lines.push(`${fetching.release.slice(0, 10)}  being fetched since ${fetching.since}, or was when it was stopped`);
    process.stdout.write(`${lines.join('\n')}\n`);
  }
  if (options.verify !== true) return EXIT.done;
  let damaged = 0;
  for (const { release } of state.releases) {
    for await (const { path, why } of verifyRelease(volume, release)) {
      damaged++;
      process.stderr.write(`${release.slice(0, 10)}: ${shownPath(path)}: ${why}\n`);
    }
  }
  process.stderr.write(damaged === 0 ? 'every file is what it was\n' : `${damaged} files are not what they were\n`);
  return damaged === 0 ? EXIT.done : EXIT.failed;
}

/** @throws UserError where there is no volume */
export function volumeAt(folder: string): Volume {
  const volume = new Volume(folder);
  if (existsSync(volume.releases)) return volume;
  throw new UserError(`${folder}: no volume of artifacts (it has no releases folder)`, {
    hint: 'give the folder that `gamezone artifacts sync ZONE-FILE --to FOLDER` was told',
  });
}
