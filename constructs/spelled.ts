import type { ServiceEntry } from './model/resolve.js';

/** Where props carry a part of a zone file. A symbol, so that no program writes it by chance and no `.d.ts` shows it. */
const SAID = Symbol('gamezone.said');

/**
 * Props that say, word for word, what a part of a zone file says: a zone that was read from a file keeps everything in it,
 * what the props of a construct cannot say included.
 */
export const spelled = <Props>(said: object): Props => ({ [SAID]: said }) as Props;

/** The part of a zone file in these props; undefined for props that a program wrote. */
export const saidIn = <Said extends object>(props: object): Said | undefined => (props as { [SAID]?: Said })[SAID];

/** What a service adds to the document of its zone. */
export interface AddedService {
  readonly entries: ServiceEntry[];
}

/** What a volume of artifacts adds to the document of its zone. */
export interface AddedArtifacts {
  readonly name: string;
  readonly volume?: object;
  readonly entries: readonly object[];
}
