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

/** What a hook template adds; one that is declared elsewhere has no spec. */
export interface AddedTemplate {
  readonly name: string;
  readonly spec?: Record<string, unknown>;
}

/** Something added, and whether it was judged before: as part of a zone file. */
export type Added<What> = What & { readonly judged: boolean };

/** What a part of a zone file says in these props; else what they themselves say. */
export function added<What extends object>(props: object, otherwise: () => What): Added<What> {
  const said = saidIn<What>(props);
  return said ? { ...said, judged: true } : { ...otherwise(), judged: false };
}
