import type { Invariant } from './invariant.js';
import type { Write } from './timeline.js';

/** I9, at all times: a write of ours changes something. `unanswered` are those which no version came out of. */
export const changesNothing = ({ verb, resource, subresource, name }: Write): string =>
  `${verb} ${[resource, subresource].filter(Boolean).join('/')} ${name} changed nothing`;

/** I9, in a span in which nobody does anything: nothing but reads and renewals of Leases. */
export function steadiness(): Invariant & { begin(at: number): void; end(): void } {
  let steadySince: number | undefined;
  return {
    name: 'I9',
    begin: (at) => void (steadySince = at),
    end: () => void (steadySince = undefined),
    write: ({ isOurs, at, verb, resource, name }) =>
      isOurs && resource !== 'leases' && steadySince !== undefined && at >= steadySince
        ? `${verb} ${resource} ${name} in a steady state`
        : undefined,
  };
}
