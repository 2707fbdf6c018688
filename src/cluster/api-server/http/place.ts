import { noSuchPath } from '../refusal.js';

/** What a path of the API leads to. */
export interface Place {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  /** Absent: of the whole cluster, or of all namespaces. */
  readonly namespace?: string;
  /** Absent: the collection. */
  readonly name?: string;
  readonly subresource?: string;
}

/** Undefined for a path that leads to no resource. @throws Refusal 404 for one that is no path at all */
export function placeOf(path: string): Place | undefined {
  const [root, ...rest] = path.split('/').slice(1).map(decoded);
  if (root !== 'api' && root !== 'apis') return undefined;
  const [group, version, ...place] = root === 'api' ? ['', ...rest] : rest;
  if (group === undefined || version === undefined || place.length === 0) return undefined;
  const start = { group, version };
  if (place[0] !== 'namespaces' || place.length < 3) return { ...start, ...ofCollection(place) };
  // The subresources of a namespace itself.
  if (place.length === 3 && (place[2] === 'status' || place[2] === 'finalize'))
    return { ...start, ...ofCollection(place) };
  return { ...start, ...ofCollection(place.slice(2)), namespace: place[1]! };
}

function ofCollection([plural = '', name, subresource, ...more]: readonly string[]): Pick<
  Place,
  'plural' | 'name' | 'subresource'
> {
  if (more.length > 0) throw noSuchPath();
  return {
    plural,
    ...(name !== undefined && { name }),
    ...(subresource !== undefined && { subresource }),
  };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw noSuchPath();
  }
}
