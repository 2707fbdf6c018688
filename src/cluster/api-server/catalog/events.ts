import type { Stored } from '../../../kube/objects.js';
import { frozen, type Json } from '../json.js';
import type { Conversion } from './served-resource.js';

/** The names of the fields of an Event in `events.k8s.io/v1`, and in `v1`, in which Events are stored. */
const NAMES: readonly (readonly [events: string, core: string])[] = [
  ['regarding', 'involvedObject'],
  ['note', 'message'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
  ['reportingController', 'reportingComponent'],
];

const shown = new WeakMap<object, Stored>();

export const eventConversion: Conversion = {
  fromStored(object) {
    const known = shown.get(object);
    if (known) return known;
    const event = frozen({
      ...withoutEmpty(renamed(object as unknown as Json, 1, 0)),
      apiVersion: 'events.k8s.io/v1',
    }) as unknown as Stored;
    shown.set(object, event);
    return event;
  },
  toStored: (object) => {
    const core = renamed(object, 0, 1);
    // What `v1` always writes.
    return { involvedObject: {}, source: {}, firstTimestamp: null, lastTimestamp: null, ...core, apiVersion: 'v1' };
  },
};

/** `v1` writes who reports even where nobody does. */
function withoutEmpty(event: Json): Json {
  const isEmpty = (name: string): boolean => event[name] === '';
  return Object.fromEntries(Object.entries(event).filter(([name]) => !(/^reporting/.test(name) && isEmpty(name))));
}

function renamed(object: Json, from: 0 | 1, to: 0 | 1): Json {
  const names = new Map(NAMES.map((pair) => [pair[from], pair[to]]));
  return Object.fromEntries(
    Object.entries(object).flatMap(([name, value]) => (value === undefined ? [] : [[names.get(name) ?? name, value]])),
  );
}
