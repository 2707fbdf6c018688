import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { sambaConfig } from '../../../constructs/manifests/samba-config.js';
import { messageOf } from '../../artifacts/error.js';
import { UserError } from '../../synth/user-error.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { wholeNumber } from './amounts.js';

export interface SmbConfOptions {
  readonly user: string;
  readonly systemUser?: string;
  readonly port: string;
  readonly state?: string;
}

/** Prints the configuration that shares a volume with testers. */
export function printSambaConfig(folder: string, { user, systemUser, port, state }: SmbConfOptions): ExitCode {
  const share = {
    folder: resolve(folder),
    loginUser: user,
    systemUser: systemUser ?? userInfo().username,
    port: wholeNumber('--port', port, 1, 65535),
    ...(state !== undefined && { stateFolder: resolve(state) }),
  };
  let text: string;
  try {
    text = sambaConfig(share);
  } catch (error) {
    throw new UserError(messageOf(error), { cause: error });
  }
  process.stdout.write(text);
  return EXIT.done;
}
