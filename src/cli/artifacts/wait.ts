import { Secrets } from '../../artifacts/secrets.js';
import { isReleaseId } from '../../artifacts/state.js';
import { Volume } from '../../artifacts/volume.js';
import { waitForRelease } from '../../artifacts/wait.js';
import { parseDuration } from '../../hooks/duration.js';
import { UserError } from '../../synth/user-error.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { failing } from './failing.js';
import { untilSignal } from './until-signal.js';

export interface WaitOptions {
  readonly in: string;
  readonly timeout: string;
}

/** Waits until a release is on a volume: what an init container runs before the game sees the folder. */
export function waitForArtifacts(release: string, options: WaitOptions): Promise<ExitCode> {
  return failing(new Secrets(), async () => {
    if (!isReleaseId(release))
      throw new UserError(`${release}: not the id of a release`, {
        hint: 'give its 64 hexadecimal digits, as the annotation gamezone.dev/artifacts has them',
      });
    const timeout = parseDuration(options.timeout);
    if (typeof timeout !== 'number')
      throw new UserError(`--timeout ${options.timeout}: ${timeout.message}`, { hint: timeout.hint });
    const { signal, forget } = untilSignal();
    try {
      process.stderr.write(`waiting for ${release.slice(0, 10)} in ${options.in}\n`);
      const there = await waitForRelease(new Volume(options.in), release, timeout, signal);
      if (there) {
        process.stderr.write(`it is there: ${there.files} files, made ${there.made}\n`);
        return EXIT.done;
      }
      process.stderr.write(`gamezone: after ${options.timeout} the release ${release} is not in ${options.in}\n  right: look at the Job that fetches it (\`kubectl logs job/...\`)\n`); // prettier-ignore
      return EXIT.waiting;
    } finally {
      forget();
    }
  });
}
