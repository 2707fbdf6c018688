import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { CertificateMaker } from '../../cluster/api-server/http/certificate-maker.js';
import { AUTHORITY, type HttpFace } from '../../cluster/api-server/http/face.js';
import { PROFILES } from '../../cluster/api-server/profile.js';
import { fastClock } from '../../cluster/fast-clock.js';
import { DataError } from '../../cluster/persistence/data-error.js';
import { DataFolder } from '../../cluster/persistence/data-folder.js';
import type { FolderJournal } from '../../cluster/persistence/folder-journal.js';
import { systemClock, type Clock } from '../../kube/clock.js';
import { UserError } from '../../synth/user-error.js';
import { say } from './say.js';

/** What a kubeconfig leads to: while it is the same, an exported KUBECONFIG stays good. */
interface Identity {
  readonly token: string;
  readonly authority: { readonly cert: string; readonly key: string };
  readonly port?: number;
}

const IDENTITY = 'identity.json';

/** Lives with the cluster that is kept in a folder. @throws UserError where it is none of ours, in use, damaged, or cannot be written */
export async function withData<T>(folder: string, live: (data: DevData) => Promise<T>): Promise<T> {
  const data = await DevData.open(folder);
  try {
    return await live(data);
  } catch (error) {
    throw data.reasonFor(error);
  } finally {
    await data.close();
  }
}

/** A folder in which a cluster outlives its process: what one run takes from the run before. */
export class DevData {
  readonly token: string;
  readonly authority: CertificateMaker;
  private readonly port: number | undefined;

  private constructor(
    private readonly folder: DataFolder,
    private readonly state: { trouble?: DataError | undefined },
    identity: Identity,
  ) {
    this.token = identity.token;
    this.port = identity.port;
    this.authority = new CertificateMaker(AUTHORITY, identity.authority);
  }

  /** @throws UserError where it is none of ours, another process has it, or it is damaged */
  static async open(folder: string): Promise<DevData> {
    const state: { trouble?: DataError | undefined } = {};
    const onTrouble = (trouble: DataError | undefined): void => {
      state.trouble = trouble;
      say(trouble ? `${trouble.message}\n  ${trouble.hint}` : `${folder}: what is written is kept again`);
    };
    try {
      const opened = await DataFolder.open(folder, { kubernetes: PROFILES['1.34'].version, onTrouble });
      try {
        return new DevData(opened, state, identityIn(opened));
      } catch (error) {
        await opened.close();
        throw error;
      }
    } catch (error) {
      throw error instanceof DataError ? asUserError(error) : error;
    }
  }

  get journal(): FolderJournal {
    return this.folder.journal;
  }

  /** It stays, since it stays good. */
  get kubeconfig(): string {
    return join(this.folder.path, 'kubeconfig');
  }

  /** The cluster's time never goes back: after a run that was fast it is ahead of the machine's. */
  clock(speed: number): Clock {
    const { at } = this.journal;
    return speed === 1 && at <= systemClock.now() ? systemClock : fastClock(speed, systemClock, at);
  }

  /** On the port that was asked for; without one on that of the last run, or else on any, which is remembered. */
  async listen(asked: number, listen: (port: number) => Promise<HttpFace>): Promise<HttpFace> {
    const { port: last = 0 } = this;
    const face = await listen(asked || last).catch((error: unknown) => {
      if (asked !== 0 || last === 0 || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      say(`port ${last} of the last run is taken: a kubeconfig from then does not lead here, the new one does`);
      return listen(0);
    });
    const { token, authority } = this;
    this.folder.put(IDENTITY, identityOf(token, authority, Number(new URL(face.url).port)));
    return face;
  }

  /** Why a run failed, where it is that nothing could be kept. */
  reasonFor(error: unknown): unknown {
    const { trouble } = this.state;
    return error instanceof DataError ? asUserError(error) : trouble ? asUserError(trouble) : error;
  }

  async close(): Promise<void> {
    await this.folder.close();
  }
}

function identityIn(folder: DataFolder): Identity {
  const found = folder.get(IDENTITY);
  if (found === undefined) {
    const identity = identityOf(randomBytes(24).toString('base64url'), new CertificateMaker(AUTHORITY));
    folder.put(IDENTITY, identity);
    return identity;
  }
  const { token, authority, port } = found as Partial<Identity>;
  if (typeof token === 'string' && typeof authority?.cert === 'string' && typeof authority.key === 'string')
    return { token, authority, ...(typeof port === 'number' && { port }) };
  throw new DataError(`${join(folder.path, IDENTITY)}: no identity of a cluster`, {
    hint: 'remove the file, and a new one is made; a kubeconfig from before is no good then',
  });
}

function identityOf(token: string, { cert, key }: CertificateMaker, port?: number): Identity {
  return { token, authority: { cert, key }, ...(port !== undefined && { port }) };
}

function asUserError(error: DataError): UserError {
  return new UserError(error.message, { hint: error.hint, cause: error.cause });
}
