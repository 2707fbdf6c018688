import type { Pin } from '../../../constructs/model/release.js';
import type { SourceEntry } from '../entry.js';
import type { Progress } from '../progress.js';
import type { Secrets } from '../secrets.js';
import type { Stored } from '../store.js';

/** Where files come from. Each kind does these three things and nothing else. */
export interface Source {
  /** As messages call it; without credentials. */
  readonly name: string;

  /**
   * Finds out what the reference means now; asks nobody where it is pinned.
   *
   * @throws ArtifactError when the reference does not exist, or nobody answers
   */
  resolve(): Promise<Pin>;

  /**
   * What there is under `subPath`.
   *
   * @throws ArtifactError when there is nothing, or when it is not any more what the pin says
   */
  list(pin: Pin): Promise<Listing>;

  /** Fetches files, in whatever order suits the source, and hands each to the sink. */
  fetch(entries: readonly SourceEntry[], sink: Sink): Promise<void>;

  /** The target of a link, where the listing did not say it. */
  readTargets(entries: readonly SourceEntry[]): Promise<ReadonlyMap<SourceEntry, string>>;

  close(): Promise<void>;
}

export interface Listing {
  readonly entries: readonly SourceEntry[];
  /** What was left out, for a person to know. */
  readonly notes: readonly string[];
}

/** Takes files in. Several may arrive at the same time. */
export interface Sink {
  /** @throws ArtifactError where a digest is not the one that was told, or a limit is exceeded */
  receive(entry: SourceEntry, content: AsyncIterable<Uint8Array>, verify?: Verify): Promise<void>;
  /** A file whose bytes were put on the volume by other means, complete and verified. */
  adopt(entry: SourceEntry, path: string, stored: Stored): Promise<void>;
  /** Whether a file was fetched by an earlier run, and is nothing to be done about. */
  readonly folder: string;
}

/** What the source says about a content, to be compared with what arrived. */
export interface Verify {
  readonly algorithm: 'md5' | 'sha1' | 'sha256';
  /** In hexadecimal. */
  readonly digest: string;
}

/** What every source is given. */
export interface SourceContext {
  readonly secrets: Secrets;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** A folder for what makes the next sync quicker; it may vanish between two runs. */
  readonly cache: string;
  /** How many files are fetched at the same time, where the source can. */
  readonly concurrency: number;
}
