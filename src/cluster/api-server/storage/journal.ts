import type { Stored } from '../../../kube/objects.js';

/** A write, as it is kept for the next process. */
export type Kept = (
  | { readonly object: Stored }
  | {
      /** Of what is deleted. */
      readonly key: string;
    }
) & {
  readonly revision: number;
  /** The time on the cluster's clock, milliseconds since 1970. */
  readonly at: number;
  /** The collection. */
  readonly of: string;
  /** Collections that were withdrawn since the write before, with all that was in them. */
  readonly dropped?: readonly string[];
};

/** All that is stored. */
export interface Contents {
  readonly revision: number;
  /** The time of the newest write, milliseconds since 1970. */
  readonly at: number;
  readonly collections: Iterable<readonly [of: string, objects: Iterable<Stored>]>;
}

/** Where a storage keeps what is written, so that it is there again when another process begins. */
export interface Journal {
  /** Of the newest write that earlier processes kept; 0 where there is none. */
  readonly revision: number;
  /** What earlier processes kept. Asked for once, before anything is written. */
  restore(): Contents;
  /**
   * Keeps a write. It is done, and anybody told of it, when this has returned.
   *
   * @param contents all that is stored, without this write
   * @throws where it could not be kept: it is not done then
   */
  keep(write: Kept, contents: () => Contents): void;
}
