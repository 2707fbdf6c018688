import { ArtifactError } from '../../artifacts/error.js';
import type { Secrets } from '../../artifacts/secrets.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { Stopped } from './until-signal.js';

/** What a command about artifacts tells when it fails: never a credential. */
export async function failing(secrets: Secrets, run: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Stopped) {
      process.stderr.write(`gamezone: ${error.message}\n`);
      return EXIT.failed;
    }
    if (!(error instanceof ArtifactError)) throw error;
    const { message, hint, fault } = error;
    process.stderr.write(
      `gamezone: ${secrets.mask(message)}\n${hint === undefined ? '' : `  right: ${secrets.mask(hint)}\n`}`,
    );
    return fault === 'input' ? EXIT.usage : EXIT.failed;
  }
}
