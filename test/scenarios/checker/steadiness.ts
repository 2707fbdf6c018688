import type { Invariant } from './invariant.js';
import type { Write } from './timeline.js';

/** I9, at all times: a write of ours changes something. `unanswered` are those which no version came out of. */
export const changesNothing = ({ verb, resource, subresource, name }: Write): string =>
  `${verb} ${[resource, subresource].filter(Boolean).join('/')} ${name} changed nothing`;

/** I9, in spans in which nobody does anything: nothing but reads and renewals of Leases. Writes are judged later than they are sent. */
export function steadiness(): Invariant & { begin(at: number): void; end(at: number): void } {
  const spans: { readonly from: number; to: number }[] = [];
  return {
    name: 'I9',
    begin: (at) => void spans.push({ from: at, to: Infinity }),
    end: (at) => {
      for (const span of spans) span.to = Math.min(span.to, at);
    },
    write: ({ isOurs, at, verb, resource, name }) =>
      isOurs && resource !== 'leases' && spans.some(({ from, to }) => from <= at && at < to)
        ? `${verb} ${resource} ${name} in a steady state`
        : undefined,
  };
}
