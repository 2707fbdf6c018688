import { ArtifactError } from './error.js';
import { shownPath } from './printable.js';

/** One file, or one link, of a source. */
export interface SourceEntry {
  /** Below the folder that was asked for, parts joined by `/`. */
  readonly path: string;
  readonly kind: 'file' | 'link';
  readonly executable: boolean;
  /** In bytes, where the source says it beforehand. */
  readonly size?: number;
  /**
   * What names the content: the same identity is the same content for ever, whichever source it comes from. Of a link it is
   * absent until the target was read.
   */
  readonly identity: string;
  /** Where a link leads, once it is known. */
  readonly target?: string;
  /** How the source itself calls the object, such as a key or a depot path with its revision. */
  readonly address: string;
}

/** Of a release itself, in its root: no source may have it. */
export const MARKER = '.gamezone-release';

const LONGEST_PART = 255;
const LONGEST_PATH = 3500;

/**
 * Refuses a path that could leave the release, or that no file system takes.
 *
 * @param source as messages call it
 * @throws ArtifactError with the source and the path
 */
export function checkPath(path: string, source: string): void {
  const wrong = wrongPath(path);
  if (wrong === undefined) return;
  throw new ArtifactError(`${source}: ${shownPath(path)}: ${wrong}`, {
    fault: 'input',
    hint: 'rename it in the source, or take a folder without it (`subPath`)',
  });
}

function wrongPath(path: string): string | undefined {
  if (path === '') return 'the name is empty';
  if (path.startsWith('/')) return 'the path is absolute';
  if (path.includes('\0')) return 'the name has a NUL character';
  if (path.includes('\uFFFD')) return 'the name is not UTF-8';
  if (/\p{Surrogate}/u.test(path)) return 'the name is not Unicode';
  if (Buffer.byteLength(path) > LONGEST_PATH) return `the path is longer than ${LONGEST_PATH} bytes`;
  for (const part of path.split('/')) {
    if (part === '..' || part === '.') return `the path has \`${part}\` and could leave the release`;
    if (part === '') return 'the path has an empty part';
    if (Buffer.byteLength(part) > LONGEST_PART) return `a part of the path is longer than ${LONGEST_PART} bytes`;
  }
  return undefined;
}

/** What git keeps beside the files of a checkout, credentials of the one who made it included. */
export const isGitFolder = (path: string): boolean => path.split('/').some((part) => /^\.git$/i.test(part));
