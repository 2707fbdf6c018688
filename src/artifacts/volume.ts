import { join } from 'node:path';
import { ArtifactError, codeOf } from './error.js';
import { makeFolder } from './make-folder.js';

/**
 * Where everything lies on a volume. `releases`, `live` and `state.json` are for others; the rest is ours alone:
 *
 * - `store/ab/<rest of the sha256>`: contents, hard-linked into releases
 * - `index/<id>.jsonl`: what a release holds
 * - `work/`: what is being made; whatever stands there after a kill is used again or removed
 * - `edited/<id>/`: files of testers that a new release took the place of in `live`
 */
export class Volume {
  readonly releases: string;
  readonly live: string;
  readonly state: string;
  readonly store: string;
  readonly index: string;
  readonly work: string;
  readonly edited: string;

  /** @param folder the root of the volume */
  constructor(readonly folder: string) {
    this.releases = join(folder, 'releases');
    this.live = join(folder, 'live');
    this.state = join(folder, 'state.json');
    this.store = join(folder, 'store');
    this.index = join(folder, 'index');
    this.work = join(folder, 'work');
    this.edited = join(folder, 'edited');
  }

  release(id: string): string {
    return join(this.releases, id);
  }

  indexOf(id: string): string {
    return join(this.index, `${id}.jsonl`);
  }

  /** Makes the folders that are missing. */
  async prepare(): Promise<void> {
    try {
      for (const folder of [this.releases, this.store, this.index, this.work]) await makeFolder(folder);
    } catch (error) {
      throw onVolume(error, this.folder);
    }
  }
}

/** A failure of the file system as the user reads it. What was complete before stays as it is. */
export function onVolume(error: unknown, folder: string): unknown {
  if (!isOfVolume(error)) return error;
  const said = SAID[codeOf(error)!]!;
  const { path = folder } = error as NodeJS.ErrnoException;
  return new ArtifactError(`${path}: ${said.message}`, { hint: said.hint, cause: error });
}

/** Whether it is the file system that failed, and no server. */
export const isOfVolume = (error: unknown): boolean =>
  Object.hasOwn(SAID, codeOf(error) ?? '') && (error as NodeJS.ErrnoException).syscall !== 'connect';

const SAID: Readonly<Record<string, { readonly message: string; readonly hint: string }>> = {
  ENOSPC: {
    message: 'no space is left on the volume; complete releases and files that were fetched so far stay',
    hint: 'make the volume larger, or free space with `gamezone artifacts gc`; then run the command again: it goes on where it stopped',
  },
  EDQUOT: {
    message: 'the quota of the volume is used up; complete releases and files that were fetched so far stay',
    hint: 'raise it, or free space with `gamezone artifacts gc`; then run the command again: it goes on where it stopped',
  },
  EACCES: {
    message: 'no permission; complete releases stay',
    hint: 'let the user of this process write to the volume (in a pod: `fsGroup` or `runAsUser`)',
  },
  EPERM: {
    message: 'not permitted; complete releases stay',
    hint: 'let the user of this process write to the volume (in a pod: `fsGroup` or `runAsUser`)',
  },
  EROFS: { message: 'the volume is read-only', hint: 'mount it for writing' },
  ENOTDIR: { message: 'a file stands where a folder is needed', hint: 'move it away, or name another folder' },
};
