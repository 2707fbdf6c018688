import { diffReleases } from '../../artifacts/diff.js';
import type { ReleaseDifference } from '../../artifacts/diff.js';
import { printable } from '../../artifacts/printable.js';
import { readReleases } from '../../artifacts/state.js';
import type { Volume } from '../../artifacts/volume.js';
import { UserError } from '../../synth/user-error.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { volumeAt } from './ls.js';
import { bytesText } from './progress-view.js';

export interface DiffOptions {
  readonly output?: 'json';
}

/** Shows what changes from one release on a volume to another. */
export async function diffArtifacts(folder: string, from: string, to: string, options: DiffOptions): Promise<ExitCode> {
  const volume = volumeAt(folder);
  const differences = await diffReleases(volume, await idOf(volume, from), await idOf(volume, to));
  if (options.output === 'json') process.stdout.write(`${JSON.stringify(differences, undefined, 2)}\n`);
  else process.stdout.write(`${[...differences.map(lineOf), summaryOf(differences)].join('\n')}\n`);
  return EXIT.done;
}

const SIGNS = { added: '+', removed: '-', changed: '~', mode: 'x' } as const;

function lineOf({ change, path, before, after }: ReleaseDifference): string {
  const sizes = [before, after].flatMap((size) => (size === undefined ? [] : [bytesText(size)])).join(' -> ');
  return `${SIGNS[change]} ${printable(path, { lines: false })}${sizes === '' ? '' : `  (${sizes})`}`;
}

function summaryOf(differences: readonly ReleaseDifference[]): string {
  const count = (wanted: ReleaseDifference['change']): number =>
    differences.filter(({ change }) => change === wanted).length;
  return `${count('added')} added, ${count('removed')} removed, ${count('changed')} changed, ${count('mode')} with another mode`;
}

/** @throws UserError when no release, or more than one, begins so */
async function idOf(volume: Volume, named: string): Promise<string> {
  const all = (await readReleases(volume)).map(({ release }) => release);
  const found = all.filter((release) => release.startsWith(named));
  if (found.length === 1 && named !== '') return found[0]!;
  const known = all.map((release) => release.slice(0, 10)).join(', ') || 'none';
  throw new UserError(
    `${printable(named, { lines: false })}: ${found.length > 1 ? 'several releases begin so' : 'no release on this volume'}`,
    {
      hint: `name one of: ${known}`,
    },
  );
}
