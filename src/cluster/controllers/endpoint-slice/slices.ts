import { isSame } from '../../json.js';
import type { Observed } from '../../../kube/store.js';
import type { Endpoint, EndpointPort, EndpointSlice } from '../objects.js';

type Seen = Observed<EndpointSlice>;

/** Endpoints of a slice. */
const MOST = 100;

/** Endpoints that have the same ports, and so can be in the same slices. */
export interface Group {
  readonly ports: readonly EndpointPort[];
  readonly endpoints: readonly Endpoint[];
}

export interface Changes {
  readonly create: readonly Group[];
  readonly update: readonly { readonly slice: Seen; readonly endpoints: readonly Endpoint[] }[];
  readonly remove: readonly Seen[];
}

/**
 * What makes the slices of one address type hold exactly these endpoints, with few writes: an endpoint stays where it is, new ones fill
 * what has room, and a slice without endpoints goes. A Service always has one slice, if need be an empty one without ports.
 */
export function changesOf(groups: readonly Group[], slices: readonly Seen[]): Changes {
  const filled = groups.filter(({ endpoints }) => endpoints.length > 0);
  const create: Group[] = [];
  const update: { slice: Seen; endpoints: readonly Endpoint[] }[] = [];
  const kept = new Set<Seen>();
  for (const group of filled) {
    const own = slices.filter((slice) => isSame(slice.ports ?? [], group.ports));
    const { stay, rest } = placedIn(own, group.endpoints);
    for (const [slice, endpoints] of stay) {
      kept.add(slice);
      if (!isSame(endpoints, slice.endpoints ?? [])) update.push({ slice, endpoints });
    }
    for (let at = 0; at < rest.length; at += MOST)
      create.push({ ports: group.ports, endpoints: rest.slice(at, at + MOST) });
  }
  if (kept.size === 0 && create.length === 0) {
    const placeholder = slices.find(
      ({ ports, endpoints }) => isSame(ports ?? [], []) && (endpoints ?? []).length === 0,
    );
    if (placeholder) kept.add(placeholder);
    else create.push({ ports: [], endpoints: [] });
  }
  return { create, update, remove: slices.filter((slice) => !kept.has(slice)) };
}

function placedIn(slices: readonly Seen[], endpoints: readonly Endpoint[]) {
  const left = new Map(endpoints.map((endpoint) => [identityOf(endpoint), endpoint]));
  const contents = slices.map((slice): [Seen, Endpoint[]] => {
    const here = (slice.endpoints ?? []).flatMap((endpoint) => {
      const wanted = left.get(identityOf(endpoint));
      left.delete(identityOf(endpoint));
      return wanted ?? [];
    });
    return [slice, here];
  });
  const rest = [...left.values()];
  for (const [, here] of contents) here.push(...rest.splice(0, MOST - here.length));
  return { stay: contents.filter(([, here]) => here.length > 0), rest };
}

function identityOf({ targetRef }: { readonly targetRef?: { readonly uid?: string } }): string {
  return targetRef?.uid ?? '';
}
