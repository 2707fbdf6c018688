import { shownPath } from '../printable.js';
import type { SourceEntry } from '../entry.js';
import { ArtifactError } from '../error.js';
import { GitError } from './git-command.js';
import type { Git } from './git-command.js';
import type { Sink } from './source.js';

/** What stands in the repository in place of a large file. */
export interface Pointer {
  readonly sha256: string;
  readonly size: number;
}

/** A pointer is at most this long (git-lfs' own limit). */
export const POINTER_LIMIT = 1024;

/** Format: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md */
export function isPointer(bytes: Buffer): Pointer | undefined {
  if (bytes.length > POINTER_LIMIT || !bytes.subarray(0, 8).equals(VERSION)) return undefined;
  const text = bytes.toString('utf8');
  const [, sha256, size] = /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n(?:ext-.*\n)*oid sha256:([0-9a-f]{64})\nsize (\d+)\n$/.exec(text) ?? []; // prettier-ignore
  return sha256 === undefined ? undefined : { sha256, size: Number(size) };
}

const VERSION = Buffer.from('version ');

/** The large files among those that are fetched: git-lfs gets them, since it knows where they are and how to ask. */
export class LfsFiles {
  private readonly files: { readonly entry: SourceEntry; readonly pointer: Pointer; readonly bytes: Buffer }[] = [];

  constructor(
    private readonly git: Git,
    private readonly source: string,
  ) {}

  add(entry: SourceEntry, pointer: Pointer, bytes: Buffer): void {
    this.files.push({ entry, pointer, bytes });
  }

  /** @throws ArtifactError where git-lfs is not there: a pointer is not what the game wants to read */
  async fetch(sink: Sink): Promise<void> {
    if (this.files.length === 0) return;
    await this.demandLfs();
    for (const { entry, pointer, bytes } of this.files) {
      const content = this.git.output(['lfs', 'smudge'], bytes.toString('utf8'));
      await sink.receive(entry, content, { algorithm: 'sha256', digest: pointer.sha256 });
    }
  }

  private async demandLfs(): Promise<void> {
    try {
      await this.git.run(['lfs', 'version']);
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      const { path } = this.files[0]!.entry;
      throw new ArtifactError(
        `${this.source}: ${shownPath(path)} and ${this.files.length - 1} more lie in Git LFS, and git-lfs is not installed`,
        { hint: 'install git-lfs; the image of `gamezone artifacts sync` has it', cause: error },
      );
    }
  }
}
