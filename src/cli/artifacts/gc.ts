import { collect } from '../../artifacts/collect.js';
import { isReleaseId } from '../../artifacts/state.js';
import { Secrets } from '../../artifacts/secrets.js';
import { UserError } from '../../synth/user-error.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { wholeNumber } from './amounts.js';
import { failing } from './failing.js';
import { volumeAt } from './ls.js';
import { bytesText } from './progress-view.js';
import { untilSignal } from './until-signal.js';

export interface GcOptions {
  readonly inUse?: readonly string[];
  readonly keep: string;
  readonly dryRun?: boolean;
  readonly output?: 'json';
}

/** Removes the releases that nobody needs. Which ones pods use, only its caller can know. */
export function collectReleases(folder: string, options: GcOptions): Promise<ExitCode> {
  return failing(new Secrets(), async () => {
    const keep = wholeNumber('--keep', options.keep, 0, 100_000);
    const inUse = options.inUse ?? [];
    const wrong = inUse.find((id) => !isReleaseId(id) && !/^[0-9a-f]{10,63}$/.test(id));
    if (wrong !== undefined)
      throw new UserError(`--in-use ${wrong}: not the id of a release`, {
        hint: 'write what the annotation gamezone.dev/artifacts of a pod says, or its first ten characters',
      });
    const volume = volumeAt(folder);
    const { signal, forget } = untilSignal();
    try {
      const onWait = (holder: string): void => void process.stderr.write(`waiting: ${holder} works on ${folder}\n`);
      const { removed, kept, freed } = await collect({
        volume,
        inUse,
        keep,
        dryRun: options.dryRun === true,
        signal,
        onWait,
      });
      if (options.output === 'json') {
        process.stdout.write(`${JSON.stringify({ removed: removed.map(({ release }) => release), kept, freed })}\n`);
        return EXIT.done;
      }
      const verb = options.dryRun === true ? 'would remove' : 'removed';
      for (const { release, why } of kept) process.stdout.write(`kept ${release.slice(0, 10)}: ${why}\n`);
      for (const { release, made } of removed)
        process.stdout.write(`${verb} ${release.slice(0, 10)}, made ${made.slice(0, 10)}\n`);
      process.stdout.write(`${verb} ${removed.length} releases, ${bytesText(freed)}\n`);
      return EXIT.done;
    } finally {
      forget();
    }
  });
}
