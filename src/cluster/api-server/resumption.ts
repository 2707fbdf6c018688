import { events } from '../../kube/resource.js';
import type { Core } from './core.js';
import { at, text } from './json.js';
import { keyOfStored } from './storage/collection.js';

/** Milliseconds. Source: --event-ttl of a real API server. */
const EVENT_LIFE = 3_600_000;

/** What an earlier process has left and this one does not serve, and what has had its time meanwhile. */
export function forgetWhatIsOver(core: Core): void {
  const { storage, catalog, clock } = core;
  const served = new Set(catalog.all().map(({ id }) => id));
  for (const id of storage.ids) if (!served.has(id)) storage.drop(id);
  const collection = core.collection(catalog.resource(events));
  for (const event of [...collection.values()]) {
    const last = [
      at(event, 'series', 'lastObservedTime'),
      at(event, 'lastTimestamp'),
      event.metadata.creationTimestamp,
    ];
    const times = last.map((time) => Date.parse(text(time))).filter((time) => !Number.isNaN(time));
    if (Math.max(...times) < clock.now() - EVENT_LIFE) storage.remove(collection, keyOfStored(event));
  }
}
